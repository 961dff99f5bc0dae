import Checkpoint
import Data
import Engine
import Foundation
import Networks
import Pictures
import TestSupport

/// Four steps of a set-up that the reference implementation took; see `fixtures/training`.
struct GoldenTraining: Decodable, Sendable {
    struct Loss: Decodable, Sendable {
        let cls_loss_type: String
        let label_smoothing: Double
    }

    struct Step: Decodable, Sendable {
        let cross_entropy: Double
        let distillation: Double
        let weight_decay: Double
        let loss: Double
        let learning_rate: Double
        let logits_before: [Double]
    }

    struct Variable: Decodable, Sendable {
        let shape: [Int]
        let norm: Double
        let mean: Double
        let index: [Int]
        let sample: [Double]
    }

    let variant: String
    let num_filters: Int
    let num_classes: Int
    let image_size: Int
    let batch: Int
    let bn_momentum: Double
    let weight_decay: Double
    let momentum: Float
    let kd_temp: Double
    let mixup_type: Int
    let loss_scale: Float
    let loss: Loss
    let start: String
    let steps: [Step]
    let variables_after: [String: Variable]

    static let names = [
        "softmax", "smoothing", "sigmoid", "distill", "mixup1", "mixup2", "loss-scale", "vanilla",
        "se-resnetd",
    ]

    static func load(_ name: String) throws -> GoldenTraining {
        try Fixture.json("training/\(name).json", as: GoldenTraining.self)
    }

    var configuration: ModelConfiguration {
        var model = ModelConfiguration()
        model.width = num_filters
        model.classes = num_classes
        model.batchNormDecay = bn_momentum
        switch variant {
        case "assemble-50":
            model.version = 2
            model.usesSelectiveKernel = true
            model.antiAliasesConvolutions = true
        case "se-d-50":
            model.usesSqueezeExcitation = true
            model.usesResNetD = true
        default: break
        }
        return model
    }

    var settings: TrainingSettings {
        get throws {
            // The length that all of the set-ups state: 80 pictures an epoch in batches of 16, two epochs.
            var settings = TrainingSettings(
                learningRate: LearningRate(
                    base: 0.01,
                    decay: .cosine,
                    length: TrainingLength(images: 80, batch: 16, epochs: 2)
                )
            )
            settings.momentum = momentum
            settings.lossScale = loss_scale
            settings.loss.classification =
                LossSettings.Classification(rawValue: loss.cls_loss_type) ?? .softmax
            settings.loss.labelSmoothing = loss.label_smoothing
            settings.loss.distillationTemperature = kd_temp
            settings.loss.weightDecay = weight_decay
            settings.mixup = Mixup(rawValue: mixup_type) ?? .none
            return settings
        }
    }
}

/// A golden training, repeated by our engine.
struct RepeatedTraining {
    let golden: GoldenTraining
    let names: VariableNames
    let reports: [Trainer.Report]
    /// The first picture's logits before each step.
    let logits: [[Float]]
    /// Every variable afterwards, under its name in checkpoints.
    let variables: [String: WeightTensor]

    /// The logits that the reference was given for the pictures of a step.
    static func teacherLogits(_ step: Int, count: Int) -> [Float] {
        Uniform.values("teacher/\(step)", count: count).map { ($0 - 0.5) * 8 }
    }

    struct Failure: Error {}

    /// `distilled` are the pictures' records with the teacher's logits in them, where these are not made up here.
    init(
        _ name: String,
        math: TrainingMath = .exact,
        checkpointing: Bool = false,
        bfloat16Gain: BFloat16Gain? = nil,
        distilled: String? = nil
    ) throws {
        golden = try GoldenTraining.load(name)
        let network = try FamilyNetwork(golden.configuration, imageSize: golden.image_size)
        names = VariableNames(network)
        let folder = Fixture.path(golden.start)
        let index = try FileManager.default.contentsOfDirectory(atPath: folder)
            .first { $0.hasSuffix(".index") }
        guard let index else { throw Failure() }
        let reader = try BundleReader(prefix: "\(folder)/\(index.dropLast(6))")
        var settings = try golden.settings
        settings.options.math = math
        settings.options.checkpointsActivations = checkpointing
        settings.options.bfloat16Gain = bfloat16Gain
        let batch = golden.mixup_type == 1 ? golden.batch / 2 : golden.batch
        let trainer = try Trainer(
            network.graph,
            weights: Weights(names, from: reader),
            batch: batch,
            settings: settings
        )
        var records = PictureRecords(
            files: [distilled ?? Fixture.path("training/pictures.tfrecord")],
            teacherClasses: distilled == nil ? nil : golden.num_classes
        )
        let preparer = PicturePreparer(
            try Preprocessing(name: "imagenet_096"),
            layout: .nchw
        )
        var reports: [Trainer.Report] = []
        var logits: [[Float]] = []
        for step in golden.steps.indices {
            let pictures = try (0..<golden.batch).compactMap { _ in try records.next() }
            let failures = unsafe trainer.withPictures {
                unsafe preparer.prepare(pictures.map(\.bytes), into: $0)
            }
            guard failures.allSatisfy({ $0 == nil }) else { throw Failure() }
            let classes = golden.num_classes
            let teacher =
                distilled == nil
                ? Self.teacherLogits(step, count: golden.batch * classes)
                : pictures.flatMap { $0.teacherLogits ?? [] }
            reports.append(
                try trainer.step(
                    labels: pictures.compactMap(\.label),
                    teacherLogits: golden.kd_temp > 0 ? teacher : nil,
                    mixture: MixupWeights(
                        first: Uniform.values("lambda1/\(step)", count: golden.batch / 2),
                        second: Uniform.values("lambda2/\(step)", count: golden.batch / 2)
                    )
                )
            )
            logits.append(Array(trainer.logits.prefix(classes)))
        }
        self.reports = reports
        self.logits = logits
        let weights = trainer.weights
        var variables: [String: WeightTensor] = [:]
        let slots = Dictionary(uniqueKeysWithValues: trainer.slots.map { ($0.key, $0.tensor) })
        for variable in names.variables {
            let key = ParameterKey(
                node: variable.parameter.key.node,
                role: variable.parameter.key.role
            )
            variables[variable.name] = weights[key]
            variables["\(variable.name)/\(VariableNames.momentumSlot)"] = slots[key]
        }
        self.variables = variables
    }

    /// The largest relative error of any term of the loss at any step.
    var worstLoss: Double {
        zip(reports, golden.steps).flatMap { report, step in
            [
                Self.relative(report.loss.crossEntropy, step.cross_entropy),
                Self.relative(report.loss.distillation, step.distillation),
                Self.relative(report.loss.weightDecay, step.weight_decay),
                Self.relative(report.loss.total, step.loss),
            ]
        }.max() ?? .infinity
    }

    var worstRate: Double {
        zip(reports, golden.steps).map {
            Self.relative(Double($0.learningRate), $1.learning_rate)
        }.max() ?? .infinity
    }

    /// The largest error of a logit of the first picture, over the largest logit, before the first step and before any.
    var worstLogits: (first: Double, any: Double) {
        let errors = zip(logits, golden.steps).map { ours, step in
            let scale = step.logits_before.map(abs).max() ?? 0
            return (zip(ours, step.logits_before).map { abs(Double($0) - $1) }.max() ?? .infinity)
                / scale
        }
        return (errors.first ?? .infinity, errors.max() ?? .infinity)
    }

    private static func relative(_ ours: Double, _ theirs: Double) -> Double {
        abs(ours - theirs) / max(abs(theirs), 1e-12)
    }

    /// Of weights and moving statistics: the worst error of a norm and of a sample, and where.
    func worstVariable() throws -> (norm: (String, Double), sample: (String, Double)) {
        var norm = ("none", 0.0)
        var sample = ("none", 0.0)
        for (name, expected) in golden.variables_after
        where !name.hasSuffix("/\(VariableNames.momentumSlot)") && name != VariableNames.globalStep
        {
            guard let tensor = variables[name], tensor.shape == expected.shape else {
                throw Failure()
            }
            let values = tensor.values.map(Double.init)
            let ours = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let error = Self.relative(ours, expected.norm)
            if !(error <= norm.1) { norm = (name, error) }
            let scale = max(expected.sample.map(abs).max() ?? 0, 1e-3)
            for (index, value) in zip(expected.index, expected.sample) {
                let error = abs(values[index] - value) / scale
                if !(error <= sample.1) { sample = (name, error) }
            }
        }
        return (norm, sample)
    }

    /// The norm of the difference of all slots' samples, over the norm of them all.
    func slotError() throws -> Double {
        var difference = 0.0
        var total = 0.0
        for (name, expected) in golden.variables_after
        where name.hasSuffix("/\(VariableNames.momentumSlot)") {
            guard let tensor = variables[name], tensor.shape == expected.shape else {
                throw Failure()
            }
            let values = tensor.values
            for (index, value) in zip(expected.index, expected.sample) {
                difference += (Double(values[index]) - value) * (Double(values[index]) - value)
                total += value * value
            }
        }
        return (difference / total).squareRoot()
    }
}
