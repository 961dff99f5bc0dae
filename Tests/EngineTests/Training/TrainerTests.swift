import Engine
import Networks
import TestSupport
import Testing

@Suite(.serialized)
struct TrainerTests {
    /// A network with batch norms of pictures and of vectors, attention and DropBlock.
    static func graph() throws -> Graph {
        var model = ModelConfiguration()
        model.version = 2
        model.width = 4
        model.classes = 5
        model.usesSelectiveKernel = true
        model.antiAliasesConvolutions = true
        return try Graph(model, imageSize: 64)
    }

    static func settings(
        _ change: (inout TrainingSettings) -> Void = { _ in }
    ) -> TrainingSettings {
        var settings = TrainingSettings(
            learningRate: LearningRate(
                base: 0.01,
                decay: .fixed,
                length: TrainingLength(images: 100, batch: 4, epochs: 2)
            )
        )
        settings.loss.weightDecay = 1e-3
        change(&settings)
        return settings
    }

    static func makeTrainer(
        weights: Weights? = nil,
        _ change: (inout TrainingSettings) -> Void = { _ in }
    ) throws -> Trainer {
        let graph = try graph()
        var random = RandomNumbers(seed: 5)
        return try Trainer(
            graph,
            weights: weights ?? .initial(for: graph, using: &random),
            batch: 4,
            settings: settings(change)
        )
    }

    static func fill(_ trainer: Trainer, _ name: String) {
        unsafe trainer.withPictures { target in
            let values = Uniform.values(name, count: target.count)
            for index in values.indices { unsafe target[index] = values[index] * 255 - 118 }
        }
    }

    static func labels(_ trainer: Trainer) -> [Int] { (0..<trainer.drawnCount).map { $0 % 5 } }

    static func step(_ trainer: Trainer) throws -> Trainer.Report {
        fill(trainer, "pictures \(trainer.step)")
        return try trainer.step(labels: labels(trainer))
    }

    static func values(_ trainer: Trainer) throws -> [ParameterKey: [Float]] {
        let weights = trainer.weights
        return Dictionary(
            uniqueKeysWithValues: try graph().parameters.map {
                ($0.key, weights[$0.key]?.values ?? [])
            }
        )
    }

    @Test("a training that was stopped and taken up again gives the same bytes")
    func resume() throws {
        let change: (inout TrainingSettings) -> Void = {
            $0.mixup = .twice
            $0.averageDecay = 0.9
        }
        let straight = try Self.makeTrainer(change)
        for _ in 0..<4 { _ = try Self.step(straight) }
        let first = try Self.makeTrainer(change)
        for _ in 0..<2 { _ = try Self.step(first) }
        let second = try Self.makeTrainer(weights: first.weights, change)
        var slots = Weights()
        for slot in first.slots { slots[slot.key] = slot.tensor }
        var averages = Weights()
        for average in first.averages { averages[average.key] = average.tensor }
        let taken = second.resume(
            at: first.step,
            slots: slots,
            averages: averages
        )
        #expect(taken == first.slots.count)
        for _ in 0..<2 { _ = try Self.step(second) }
        #expect(try Self.values(second) == Self.values(straight))
        #expect(second.slots.map(\.tensor.values) == straight.slots.map(\.tensor.values))
        #expect(second.averages.map(\.tensor.values) == straight.averages.map(\.tensor.values))
        #expect(second.step == 4)
    }

    @Test("steps follow the gradient as momentum says", arguments: [false, true])
    func momentum(looksAhead: Bool) throws {
        let trainer = try Self.makeTrainer { $0.looksAhead = looksAhead }
        var velocity: [ParameterKey: [Float]] = [:]
        for _ in 0..<2 {
            let before = try Self.values(trainer)
            _ = try Self.step(trainer)
            let after = try Self.values(trainer)
            for parameter in try Self.graph().parameters where parameter.key.role.isTrainable {
                let key = parameter.key
                let decay: Float = key.role == .kernel || key.role == .bias ? 1e-3 : 0
                let old = try #require(before[key])
                let gradient = try #require(trainer.gradient(of: key))
                let slope = zip(gradient, old).map { $0 + decay * $1 }
                let last = velocity[key] ?? [Float](repeating: 0, count: old.count)
                let now = zip(last, slope).map { 0.9 * $0 + $1 }
                let way = looksAhead ? zip(slope, now).map { $0 + 0.9 * $1 } : now
                let expected = zip(old, way).map { $0 - 0.01 * $1 }
                let scale = expected.map(abs).max() ?? 0
                for (ours, theirs) in zip(try #require(after[key]), expected) {
                    #expect(abs(ours - theirs) <= 1e-6 * max(scale, 1e-3))
                }
                velocity[key] = now
            }
        }
    }

    @Test("frozen parameters stay what they are, and the rest of the gradient is the same")
    func freezing() throws {
        let trainer = try Self.makeTrainer { settings in
            settings.isFrozen = { !$0.node.hasPrefix("head") && !$0.node.hasPrefix("group4") }
        }
        let free = try Self.makeTrainer()
        let before = try Self.values(trainer)
        _ = try Self.step(trainer)
        _ = try Self.step(free)
        let (after, other) = (try Self.values(trainer), try Self.values(free))
        for parameter in try Self.graph().parameters {
            let key = parameter.key
            let isFree = key.node.hasPrefix("head") || key.node.hasPrefix("group4")
            if isFree { #expect(after[key] == other[key], "\(key)") }
            #expect((after[key] == before[key]) == !isFree, "\(key)")
        }
    }

    @Test("a step that was abandoned between its parts leaves no trace")
    func abandoning() throws {
        let change: (inout TrainingSettings) -> Void = { $0.mixup = .twice }
        let straight = try Self.makeTrainer(change)
        let other = try Self.makeTrainer(change)
        for trainer in [straight, other] { _ = try Self.step(trainer) }
        Self.fill(other, "other pictures")
        try other.accumulate(labels: Self.labels(other))
        other.abandonStep()
        for trainer in [straight, other] { _ = try Self.step(trainer) }
        #expect(try Self.values(straight) == Self.values(other))
    }

    @Test("moving statistics follow the mean of the parts of a step, as of several GPUs")
    func accumulatedStatistics() throws {
        let key = ParameterKey(node: "stem/norm", role: .movingMean)
        // Two parts that are alike have the mean of one.
        let whole = try Self.makeTrainer()
        let parts = try Self.makeTrainer()
        _ = try Self.step(whole)
        Self.fill(parts, "pictures 0")
        try parts.accumulate(labels: Self.labels(parts))
        _ = try Self.step(parts)
        let (once, twice) = (try Self.values(whole)[key], try Self.values(parts)[key])
        for (first, second) in zip(try #require(once), try #require(twice)) {
            #expect(abs(first - second) <= 1e-6 * max(abs(first), 1e-3))
        }
    }

    @Test("fixed statistics are used and stay")
    func fixedStatistics() throws {
        let trainer = try Self.makeTrainer { $0.options.usesBatchStatistics = false }
        let before = try Self.values(trainer)
        _ = try Self.step(trainer)
        let after = try Self.values(trainer)
        for (key, values) in before where !key.role.isTrainable { #expect(after[key] == values) }
        let kernel = ParameterKey(node: "stem/conv", role: .kernel)
        #expect(after[kernel] != before[kernel])
    }

    @Test("accumulating a batch twice takes the step of that batch")
    func accumulation() throws {
        let once = try Self.makeTrainer()
        let twice = try Self.makeTrainer()
        for _ in 0..<2 {
            let report = try Self.step(once)
            Self.fill(twice, "pictures \(twice.step)")
            try twice.accumulate(labels: Self.labels(twice))
            let other = try Self.step(twice)
            #expect(report.loss == other.loss)
        }
        for slots in zip(once.slots, twice.slots) {
            #expect(slots.0.tensor.values == slots.1.tensor.values)
        }
    }

    @Test("a loss scale that is a power of two changes nothing")
    func lossScale() throws {
        let plain = try Self.makeTrainer()
        let scaled = try Self.makeTrainer { $0.lossScale = 256 }
        for _ in 0..<2 {
            #expect(try Self.step(plain).loss == Self.step(scaled).loss)
        }
        #expect(try Self.values(plain) == Self.values(scaled))
    }

    @Test("clipped gradients have the norm that is allowed")
    func clipping() throws {
        let trainer = try Self.makeTrainer { $0.largestGradientNorm = 0.125 }
        _ = try Self.step(trainer)
        let square = trainer.slots.flatMap(\.tensor.values).reduce(0) {
            $0 + Double($1) * Double($1)
        }
        #expect(abs(square.squareRoot() - 0.125) <= 1e-5)
        let free = try Self.makeTrainer { $0.largestGradientNorm = 1e6 }
        let plain = try Self.makeTrainer()
        _ = try Self.step(free)
        _ = try Self.step(plain)
        #expect(try Self.values(free) == Self.values(plain))
    }

    @Test("averages follow the weights")
    func averages() throws {
        let trainer = try Self.makeTrainer { $0.averageDecay = 0.75 }
        let start = try Self.values(trainer)
        _ = try Self.step(trainer)
        let after = try Self.values(trainer)
        for average in trainer.averages {
            let old = try #require(start[average.key])
            let new = try #require(after[average.key])
            for (index, value) in average.tensor.values.enumerated() {
                let expected = 0.75 * old[index] + 0.25 * new[index]
                #expect(abs(value - expected) <= 1e-6 * max(abs(expected), 1))
            }
        }
        #expect(trainer.averages.count == trainer.slots.count)
    }

    @Test("a loss that is no number changes nothing")
    func notANumber() throws {
        let trainer = try Self.makeTrainer()
        let before = try Self.values(trainer)
        Self.fill(trainer, "pictures")
        unsafe trainer.withPictures { unsafe $0[100] = .nan }
        let report = try trainer.step(labels: Self.labels(trainer))
        #expect(!report.isApplied && !report.gradientNorm.isFinite)
        let isUnchanged = try Self.values(trainer) == before
        #expect(isUnchanged)
        #expect(try Self.step(trainer).isApplied)
    }

    @Test("rates of single parameters are shares of the rate")
    func rateFactors() throws {
        let trainer = try Self.makeTrainer { settings in
            settings.rateFactor = { $0.node.hasPrefix("head") ? 1 : 0 }
        }
        let before = try Self.values(trainer)
        _ = try Self.step(trainer)
        let after = try Self.values(trainer)
        for parameter in try Self.graph().parameters where parameter.key.role.isTrainable {
            let key = parameter.key
            #expect((after[key] != before[key]) == key.node.hasPrefix("head"), "\(key)")
        }
    }

    @Test("DropBlock stands in the last two groups and makes steps differ by seed")
    func dropBlock() throws {
        var model = ModelConfiguration()
        model.width = 4
        model.classes = 5
        model.keepsLastResolution = true
        let plain = try Graph(model, imageSize: 112)
        let network = try FamilyNetwork(model, imageSize: 112, dropsBlocks: true)
        let graph = network.graph
        #expect(graph.parameters == plain.parameters)
        // Three for each block and one for the projection, in groups of 6 and 3 blocks.
        let layers = graph.nodes.filter { $0.layer is DropBlock }
        #expect(layers.count == 3 * 9 + 2)
        let sections = layers.map { network.places[$0.id]?.section }
        #expect(sections.allSatisfy { $0 == .group(3) || $0 == .group(4) })
        func losses(seed: UInt64) throws -> [Double] {
            var random = RandomNumbers(seed: 5)
            var settings = Self.settings { $0.seed = seed }
            settings.keepProbability = KeepProbability(
                start: 0.9,
                end: 0.7,
                length: settings.learningRate.length
            )
            let trainer = try Trainer(
                graph,
                weights: .initial(for: graph, using: &random),
                batch: 2,
                settings: settings
            )
            return try (0..<2).map { _ in
                Self.fill(trainer, "pictures")
                return try trainer.step(labels: [1, 2]).loss.crossEntropy
            }
        }
        let first = try losses(seed: 1)
        #expect(try losses(seed: 1) == first)
        #expect(try losses(seed: 2) != first)
    }

    @Test("activations that are computed again give the same bytes and take less memory")
    func checkpointing() throws {
        let kept = try Self.makeTrainer()
        let repeated = try Self.makeTrainer { $0.options.checkpointsActivations = true }
        for _ in 0..<2 {
            #expect(try Self.step(kept).loss == Self.step(repeated).loss)
        }
        #expect(try Self.values(kept) == Self.values(repeated))
        #expect(repeated.activationByteCount < kept.activationByteCount)
    }
}
