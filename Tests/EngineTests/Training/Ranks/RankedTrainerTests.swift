import Engine
import TestSupport
import Testing

@Suite("A trainer on several ranks", .serialized)
struct RankedTrainerTests {
    private struct Trained: Equatable {
        var values: [[UInt32]] = []
        var losses: [Double] = []
        var norms: [Double] = []
    }

    /// Takes steps of so many parts, of which this rank computes its own.
    private static func train(
        _ ranks: any Communicator,
        parts: Int,
        bucket: Int = 1 << 20,
        type: SumType = .float32,
        forgets: Bool = false
    ) throws -> Trained {
        let graph = try TrainerTests.graph()
        var random = RandomNumbers(seed: 5)
        let trainer = try Trainer(
            graph,
            weights: .initial(for: graph, using: &random),
            batch: 4,
            settings: TrainerTests.settings {
                $0.mixup = .twice
                $0.largestGradientNorm = 0.5
                $0.bucketBytes = bucket
                $0.sumType = type
                $0.options.checkpointsActivations = forgets
            },
            ranks: ranks
        )
        var trained = Trained()
        for step in 0..<3 {
            let own = Array(stride(from: ranks.rank, to: parts, by: ranks.count))
            for part in own {
                TrainerTests.fill(trainer, "step \(step), part \(part)")
                let labels = (0..<trainer.drawnCount).map { ($0 + part) % 5 }
                guard part == own.last else {
                    try trainer.accumulate(labels: labels)
                    continue
                }
                let report = try trainer.step(labels: labels)
                trained.losses.append(report.loss.total)
                trained.norms.append(report.gradientNorm)
            }
        }
        let weights = trainer.weights
        trained.values = graph.parameters.map {
            weights[$0.key]?.values.map(\.bitPattern) ?? []
        }
        return trained
    }

    @Test(
        "ends where one process does that computes all parts, to the bit",
        arguments: [(2, 2), (3, 3), (2, 4)]
    )
    func equality(shape: (ranks: Int, parts: Int)) throws {
        SteadyThreads.begin()
        defer { SteadyThreads.end() }
        let alone = try Self.train(Alone(), parts: shape.parts)
        let all = try Together.run(shape.ranks) { try Self.train($0, parts: shape.parts) }
        for trained in all { #expect(trained == alone) }
    }

    @Test(
        "whatever the buckets that are added up while the backward pass runs",
        arguments: [0, 1, 1000, 20_000],
        [SumType.float32, .bfloat16]
    )
    func buckets(bucket: Int, type: SumType) throws {
        SteadyThreads.begin()
        defer { SteadyThreads.end() }
        for forgets in [false, true] {
            let alone = try Self.train(Alone(), parts: 4, type: type, forgets: forgets)
            let all = try Together.run(2) {
                try Self.train($0, parts: 4, bucket: bucket, type: type, forgets: forgets)
            }
            for trained in all { #expect(trained == alone) }
        }
    }

    @Test("sums in bfloat16 are others, and near those in float32")
    func rounding() throws {
        SteadyThreads.begin()
        defer { SteadyThreads.end() }
        let exact = try Self.train(Alone(), parts: 2)
        let rounded = try Self.train(Alone(), parts: 2, type: .bfloat16)
        #expect(exact.values != rounded.values)
        // The first step's loss stands before any sum.
        #expect(exact.losses[0] == rounded.losses[0])
        #expect(abs(exact.losses[1] - rounded.losses[1]) <= 0.01 * exact.losses[1])
        #expect(abs(exact.norms[0] - rounded.norms[0]) <= 0.004 * exact.norms[0])
    }
}
