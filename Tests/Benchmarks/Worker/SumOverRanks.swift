import Base
import Engine

/// Sums of gradients over all ranks that `mpirun` has started, as training has them: one line by the first rank with the
/// median seconds.
struct SumOverRanks {
    private let ranks: MPI
    private let count: Int
    private let runs: Int
    private let type: SumType

    init(_ options: WorkerOptions) throws {
        ThreadCount.set(1)
        count = try options.count("megabytes", default: 100) << 18
        runs = try options.count("runs", default: 20)
        type = try options.choice("type", default: .float32)
        ranks = try MPI(path: options.text("library"))
    }

    func run() throws {
        let sum = OrderedSum(buckets: [count], ranks, type: type)
        let clock = ContinuousClock()
        var seconds: [Double] = []
        // The first two touch the memory.
        for run in 0..<runs + 2 {
            unsafe sum.values.floats.update(repeating: Float(ranks.rank))
            ranks.barrier()
            let start = clock.now
            sum.add(0, begins: true, ends: true)
            if run > 1 { seconds.append((clock.now - start) / .seconds(1)) }
        }
        if ranks.isFirst { print(seconds.sorted()[runs / 2]) }
        ranks.finish()
    }
}
