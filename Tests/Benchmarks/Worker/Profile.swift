import Engine
import ToolSupport

/// Prints the steps of a network, the fastest of a number of runs each, and their sums by kind.
struct Profile {
    private let executor: Executor
    private let runs: Int

    init(_ options: WorkerOptions) throws {
        executor =
            try options.has("graph")
            ? GraphWorker(options).executor : NetworkWorker(options).executor
        runs = try options.count("runs", default: 5)
    }

    func run() throws {
        try Self.print(runs: runs) { try executor.runMeasured() }
    }

    /// Prints what the steps of `runs` runs took, the fastest of each, beside what the machine can do.
    static func print(runs: Int, _ run: () throws -> [StepMeasurement]) throws {
        let text = try ProfileText()
        var best = try run()
        for _ in 1..<max(runs, 2) {
            for (index, step) in try run().enumerated()
            where step.duration < best[index].duration {
                best[index] = step
            }
        }
        Swift.print(text.text(best), terminator: "")
    }
}
