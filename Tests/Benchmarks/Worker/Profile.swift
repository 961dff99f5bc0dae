import Engine

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
        var best = try executor.runMeasured()
        for _ in 1..<max(runs, 2) {
            let steps = try executor.runMeasured()
            for (index, step) in steps.enumerated() where step.duration < best[index].duration {
                best[index] = step
            }
        }
        var sums: [String: (seconds: Double, operations: Int, count: Int)] = [:]
        for step in best {
            print(
                row(
                    step.seconds,
                    step.gigaflops,
                    "\(step.node) \(step.kind) \(step.implementation)"
                )
            )
            let kind = "\(step.kind) \(step.implementation)"
            let sum = sums[kind, default: (0, 0, 0)]
            sums[kind] = (
                sum.seconds + step.seconds, sum.operations + step.operations, sum.count + 1
            )
        }
        print("\nms, GFLOP/s, steps")
        for (kind, sum) in sums.sorted(by: { $0.value.seconds > $1.value.seconds }) {
            let speed = Double(sum.operations) / sum.seconds / 1e9
            print(row(sum.seconds, speed, "\(sum.count) x \(kind)"))
        }
        let total = best.reduce(0) { $0 + $1.seconds }
        print(row(total, Double(best.reduce(0) { $0 + $1.operations }) / total / 1e9, "in all"))
    }

    private func row(_ seconds: Double, _ speed: Double, _ what: String) -> String {
        "\(rounded(seconds * 1e3, to: 3)) \(rounded(speed, to: 1)) \(what)"
    }

    private func rounded(_ value: Double, to digits: Int) -> String {
        let scale = digits == 1 ? 10.0 : 1000
        let text = "\((value * scale).rounded() / scale)"
        return String(repeating: " ", count: max(0, 10 - text.count)) + text
    }
}
