import Engine

/// Means over the steps of an epoch, as far as they were taken in this run.
struct EpochFigures {
    /// The means of an epoch that has ended; not numbers where no step of it counted.
    struct Ended {
        let epoch: Int
        let loss: Double
        let crossEntropy: Double
        let distillation: Double
        let picturesPerSecond: Double
    }

    private let length: TrainingLength
    private var epoch: Int
    private var sum = LossTerms()
    private var count = 0
    private var start = ContinuousClock.now

    /// Figures of the epoch that a step belongs to.
    init(_ length: TrainingLength, at step: Int) {
        self.length = length
        epoch = 0
        while epoch < length.epochs, length.steps(epochs: Double(epoch + 1)) <= step { epoch += 1 }
    }

    mutating func add(_ report: Trainer.Report) {
        guard report.isApplied else { return }
        sum.crossEntropy += report.loss.crossEntropy
        sum.distillation += report.loss.distillation
        sum.weightDecay += report.loss.weightDecay
        count += 1
    }

    /// Leaves out time in which something else was done.
    mutating func pause(_ duration: Duration) { start += duration }

    /// The figures of the epoch that ends behind so many steps; nil if none does.
    mutating func ended(at step: Int) -> Ended? {
        guard length.steps(epochs: Double(epoch + 1)) <= step else { return nil }
        epoch += 1
        let now = ContinuousClock.now
        let steps = Double(count)
        let seconds = max((now - start) / .seconds(1), 1e-9)
        defer {
            sum = LossTerms()
            count = 0
            start = now
        }
        return Ended(
            epoch: epoch,
            loss: sum.total / steps,
            crossEntropy: sum.crossEntropy / steps,
            distillation: sum.distillation / steps,
            picturesPerSecond: Double(count * length.batch) / seconds
        )
    }
}
