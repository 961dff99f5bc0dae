#if canImport(Glibc)
    internal import Glibc
#endif

/// How long a training is, counted as the published implementation counts.
public struct TrainingLength: Hashable, Sendable {
    /// Pictures of one epoch.
    public var images: Int
    /// Pictures of one step.
    public var batch: Int
    /// Epochs in all.
    public var epochs: Int

    /// A length.
    public init(images: Int, batch: Int, epochs: Int) {
        precondition(images > 0 && batch > 0, "\(images) pictures in batches of \(batch)")
        self.images = images
        self.batch = batch
        self.epochs = epochs
    }

    /// Steps of so many epochs, rounded down.
    public func steps(epochs: Double) -> Int {
        Int(Double(images) / Double(batch) * epochs)
    }

    /// Steps in all.
    public var steps: Int { steps(epochs: Double(epochs)) }
}

/// The learning rate at each step.
///
/// - SeeAlso: `learning_rate_with_decay` in clovaai/assembled-cnn, `functions/model_fns.py`.
public struct LearningRate: Hashable, Sendable {
    /// How the rate falls behind the warm-up.
    public enum Decay: Hashable, Sendable {
        /// It does not.
        case fixed
        /// Half a cosine to 0.
        case cosine
        /// Times `factor` every so many epochs.
        case exponential(factor: Float, epochs: Double)
        /// Straight to `end` within so many epochs.
        case polynomial(end: Float, epochs: Double)
        /// The base rate times one of the factors; each boundary, in epochs from the very start, begins another.
        case piecewise(boundaries: [Int], factors: [Float])
    }

    /// The rate at the end of the warm-up.
    public var base: Float
    /// How it falls.
    public var decay: Decay
    /// Epochs in which it rises from 0 to the base rate.
    public var warmupEpochs: Int
    /// How long the training is.
    public var length: TrainingLength

    /// A schedule.
    public init(base: Float, decay: Decay, warmupEpochs: Int = 0, length: TrainingLength) {
        self.base = base
        self.decay = decay
        self.warmupEpochs = warmupEpochs
        self.length = length
    }

    /// The rate at a step, counted from 0; computed in float32, as TensorFlow does.
    public func rate(at step: Int) -> Float {
        let warmup = length.steps(epochs: Double(warmupEpochs))
        if step < warmup { return base * Float(step) / Float(warmup) }
        let elapsed = step - warmup
        switch decay {
        case .fixed:
            return base
        case .cosine:
            let total = length.steps - warmup
            guard total > 0 else { return 0 }
            let share = Float(min(elapsed, total)) / Float(total)
            return base * (0.5 * (1 + cosf(Float.pi * share)))
        case .exponential(let factor, let epochs):
            let period = max(length.steps(epochs: epochs), 1)
            return base * powf(factor, Float(elapsed / period))
        case .polynomial(let end, let epochs):
            let period = max(length.steps(epochs: epochs), 1)
            let share = Float(min(elapsed, period)) * (1 / Float(period))
            return (base - end) * (1 - share) + end
        case .piecewise(let boundaries, let factors):
            let index =
                boundaries.firstIndex { step <= length.steps(epochs: Double($0)) }
                ?? boundaries.count
            return base * (index < factors.count ? factors[index] : factors.last ?? 1)
        }
    }
}

/// DropBlock's keep probability, which falls along a straight line over the whole training.
public struct KeepProbability: Hashable, Sendable {
    /// At the first step.
    public var start: Float
    /// At the last step.
    public var end: Float
    /// How long the training is.
    public var length: TrainingLength

    /// A schedule.
    public init(start: Float, end: Float, length: TrainingLength) {
        self.start = start
        self.end = end
        self.length = length
    }

    /// The keep probability at a step, counted from 0.
    public func value(at step: Int) -> Float {
        let total = length.steps
        guard total > 0 else { return end }
        let share = Float(min(step, total)) / Float(total)
        return (start - end) * (1 - share) + end
    }
}
