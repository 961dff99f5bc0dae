import Base
import Convert
import Data
import Engine
import Networks
import ToolSupport

// The steps of a training.
extension TrainingSetup {
    /// The ends of the cycles of training, each cut to the steps that it may have at most.
    ///
    /// The data of a cycle go on where the one before has stopped.
    static func evaluatedSteps(_ options: ParsedOptions, _ length: TrainingLength) -> [Int] {
        let ends = EvaluationSchedule.epochs(
            total: length.epochs,
            interval: options[FinetuneOptions.epochsBetweenEvaluations],
            fineFrom: options[FinetuneOptions.fineEvaluation]
        ).map { length.steps(epochs: Double($0)) }
        var (before, done) = (0, 0)
        return ends.map { end in
            done += min(end - before, options[FinetuneOptions.maxSteps] ?? .max)
            before = end
            return done
        }
    }

    /// The learning rate that was asked for.
    func learningRate(_ options: ParsedOptions) throws -> LearningRate {
        let decay: LearningRate.Decay
        switch options[FinetuneOptions.decayType] {
        case "cosine": decay = .cosine
        case "exponential":
            decay = .exponential(
                factor: Float(options[FinetuneOptions.decayFactor]),
                epochs: options[FinetuneOptions.epochsPerDecay]
            )
        case "polynomial":
            decay = .polynomial(
                end: Float(options[FinetuneOptions.endRate]),
                epochs: options[FinetuneOptions.epochsPerDecay]
            )
        case "piecewise":
            let boundaries = options[FinetuneOptions.boundaries]
            let factors = options[FinetuneOptions.factors]
            let isRising = zip(boundaries, boundaries.dropFirst()).allSatisfy(<)
            guard factors.count == boundaries.count + 1, isRising else {
                throw ToolError(
                    .usage,
                    "--piecewise-lr-boundary-epochs must rise, and --piecewise-lr-decay-rates have one value "
                        + "more: \(boundaries.count) and \(factors.count) were given"
                )
            }
            decay = .piecewise(boundaries: boundaries, factors: factors.map { Float($0) })
        default: decay = .fixed
        }
        return LearningRate(
            base: Float(options[FinetuneOptions.baseRate]),
            decay: decay,
            warmupEpochs: options[FinetuneOptions.warmup],
            length: length
        )
    }

    /// Everything about the steps.
    func settings(_ options: ParsedOptions, _ graph: Graph, _ names: VariableNames) throws
        -> TrainingSettings
    {
        var settings = TrainingSettings(learningRate: try learningRate(options))
        let isBFloat = options[FinetuneOptions.dtype] == .bf16
        settings.options.math =
            isBFloat ? .bf16 : TrainingMath(rawValue: options[FinetuneOptions.math]) ?? .fast
        guard settings.options.math.isAvailable else {
            throw ToolError(
                .usage,
                "\(options.spelling(of: FinetuneOptions.dtype))=bf16: \(EngineError.noBFloat16); use --dtype=fp32"
            )
        }
        settings.options.usesBatchStatistics = options[FinetuneOptions.trainsStatistics]
        settings.options.checkpointsActivations = options[FinetuneOptions.checkpointsActivations]
        settings.loss.classification = options[FinetuneOptions.classification]
        settings.loss.labelSmoothing = options[FinetuneOptions.labelSmoothing]
        settings.loss.distillationTemperature = options[FinetuneOptions.distillationTemperature]
        settings.loss.weightDecay = options[FinetuneOptions.weightDecay]
        if options[FinetuneOptions.usesDropBlock] {
            let range = options[FinetuneOptions.keepProbability]
            settings.keepProbability = KeepProbability(
                start: Float(range[0]),
                end: Float(range[1]),
                length: length
            )
        }
        settings.momentum = Float(options[FinetuneOptions.momentum])
        settings.looksAhead = options[FinetuneOptions.nesterov]
        settings.lossScale = Float(options[FinetuneOptions.lossScale])
        settings.largestGradientNorm = options[FinetuneOptions.clipNorm].map { Float($0) }
        settings.mixup = Mixup(rawValue: options[FinetuneOptions.mixup]) ?? .none
        settings.averageDecay = options[FinetuneOptions.averageDecay]
        // One part is no sum.
        let isRounded =
            options[FinetuneOptions.sumType] == "bf16" && FinetuneOptions.partCount(options) > 1
        settings.sumType = isRounded ? .bfloat16 : .float32
        settings.bucketBytes = Int(options[FinetuneOptions.bucketSize] * 1_048_576)
        settings.seed = UInt64(options[FinetuneOptions.seed])
        let frozen = try frozen(options, names)
        settings.isFrozen = { frozen.contains($0) }
        let (decay, depths) = (Float(options[FinetuneOptions.layerDecay]), graph.depths)
        let largest = graph.largestDepth
        if decay != 1 {
            settings.rateFactor = { key in
                (depths[key, default: largest]..<largest)
                    .reduce(1) { factor, _ in factor * decay }
            }
        }
        return settings
    }

    private func frozen(_ options: ParsedOptions, _ names: VariableNames) throws -> Set<
        ParameterKey
    > {
        var frozen: Set<ParameterKey> = []
        for text in options[FinetuneOptions.freeze] {
            guard let pattern = NamePattern(text) else {
                throw ToolError(.usage, "--freeze: '\(text)' is no regular expression")
            }
            let matched = names.parameters(matching: [pattern])
            guard !matched.isEmpty else {
                throw ToolError(.usage, "--freeze: no variable's name matches '\(text)'")
            }
            frozen.formUnion(matched)
        }
        guard !names.trainable.isSubset(of: frozen) else {
            throw ToolError(.usage, "--freeze: nothing is left to train")
        }
        return frozen
    }
}
