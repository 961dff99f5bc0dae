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
    private static func train(_ ranks: any Communicator, parts: Int) throws -> Trained {
        let graph = try TrainerTests.graph()
        var random = RandomNumbers(seed: 5)
        let trainer = try Trainer(
            graph,
            weights: .initial(for: graph, using: &random),
            batch: 4,
            settings: TrainerTests.settings {
                $0.mixup = .twice
                $0.largestGradientNorm = 0.5
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
}
