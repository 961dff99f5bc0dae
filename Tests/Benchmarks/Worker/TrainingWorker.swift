import Base
import Engine
import Networks
import TestSupport

/// Whole training steps of a network: forward, backward, and what the optimiser does.
///
/// What is timed begins with a batch of prepared pictures in memory and ends with the changed parameters.
final class TrainingWorker: Work {
    private let trainer: Trainer
    private let pictures: [Float]
    private let labels: [Int]
    let facts: [String: Double]
    /// The loss before the last step.
    private(set) var result: [Float] = []

    init(_ options: WorkerOptions) throws {
        ThreadCount.set(try options.count("threads", default: 2))
        let model: PublishedModel = try options.choice("network")
        let size = try options.count("image-size", default: 224)
        let batch = try options.count("batch", default: 16)
        var settings = TrainingSettings(
            learningRate: LearningRate(
                base: 0.01,
                decay: .fixed,
                length: TrainingLength(images: 1_281_167, batch: batch, epochs: 1)
            )
        )
        settings.loss.weightDecay = 1e-4
        settings.options.math = try options.choice("math", default: .fast)
        settings.options.checkpointsActivations = options.has("checkpoint-activations")
        let graph = try Graph(model.configuration, imageSize: size)
        var random = RandomNumbers(seed: 1)
        let clock = ContinuousClock()
        let start = clock.now
        trainer = try Trainer(
            graph,
            weights: .initial(for: graph, using: &random),
            batch: batch,
            settings: settings
        )
        facts = [
            "preparation": (clock.now - start) / .seconds(1),
            "activation_bytes": Double(trainer.activationByteCount),
        ]
        let count = batch * 3 * size * size
        pictures = Uniform.values("input", count: count).map { $0 * 255 - 118 }
        let classes = trainer.classes
        labels = (0..<batch).map { $0 * 37 % classes }
        try run()
    }

    private func fill() {
        unsafe trainer.withPictures { target in
            _ = unsafe target.update(fromContentsOf: pictures)
        }
    }

    func run() throws {
        fill()
        result = [Float(try trainer.step(labels: labels).loss.crossEntropy)]
    }

    private func measure() throws -> [StepMeasurement] {
        fill()
        return try trainer.measure(labels: labels)
    }

    /// Prints the time of each part of a step and of each kind of work; the fastest of `runs` steps each.
    func printProfile(runs: Int) throws {
        try Profile.print(runs: runs) { try measure() }
    }
}
