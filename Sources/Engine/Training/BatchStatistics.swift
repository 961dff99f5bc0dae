internal import Base

/// What a batch norm saw in the last batch, and the moving statistics that follow the batches of a step.
@safe
final class BatchStatistics {
    let node: String
    /// `[channel]`.
    let mean: Storage
    /// `[channel]`, biased: the mean of the squared distances.
    let variance: Storage
    let movingMean: TrainedParameter
    let movingVariance: TrainedParameter
    let channels: Int
    private let decay: Double
    private let valueCount: Int
    /// The means and the variances of the batches that were counted, added up.
    private var sums: (means: [Float], variances: [Float])
    private var batches = 0

    /// `count` is the number of values of one channel in a batch.
    init(
        node: String,
        channels: Int,
        decay: Double,
        count: Int,
        movingMean: TrainedParameter,
        movingVariance: TrainedParameter
    ) {
        self.node = node
        self.channels = channels
        self.decay = decay
        valueCount = count
        let zeros = [Float](repeating: 0, count: channels)
        sums = (zeros, zeros)
        self.movingMean = movingMean
        self.movingVariance = movingVariance
        // Primitives may touch whole vector registers.
        mean = Storage(byteCount: (channels + 15) / 16 * 64)
        variance = Storage(byteCount: (channels + 15) / 16 * 64)
    }

    /// Whether all of them are numbers.
    var isFinite: Bool {
        (0..<channels).allSatisfy {
            unsafe mean.floats[$0].isFinite && variance.floats[$0].isFinite
        }
    }

    /// Counts the last batch among those of this step.
    func count() {
        for channel in 0..<channels {
            unsafe sums.means[channel] += mean.floats[channel]
            unsafe sums.variances[channel] += variance.floats[channel]
        }
        batches += 1
    }

    /// Counts batches that several ranks saw, by the sums of their means and variances.
    func count(means: [Float], variances: [Float], batches: Int) {
        sums = (means, variances)
        self.batches = batches
    }

    /// Lets the moving statistics follow the mean of the batches that were counted, which are then forgotten.
    ///
    /// The variance that they follow is the unbiased one. Those that are frozen stay.
    ///
    /// - SeeAlso: TensorFlow's fused batch norm and `assign_moving_average`, whose results several GPUs average.
    func updateMovingStatistics() {
        guard batches > 0 else { return }
        let correction = Float(Double(valueCount) / Double(max(valueCount - 1, 1)))
        follow(movingMean, sums.means, factor: 1)
        follow(movingVariance, sums.variances, factor: correction)
        forget()
    }

    /// Forgets the batches that were counted.
    func forget() {
        for channel in 0..<channels { (sums.means[channel], sums.variances[channel]) = (0, 0) }
        batches = 0
    }

    private func follow(_ moving: TrainedParameter, _ sums: [Float], factor: Float) {
        guard !moving.isFrozen else { return }
        let share = Float(1 - decay)
        let values = unsafe moving.values.floats
        for channel in 0..<channels {
            let seen = sums[channel] / Float(batches) * factor
            unsafe values[channel] -= (values[channel] - seen) * share
        }
    }
}
