/// What a batch norm saw in the last batch, and the moving statistics that follow it.
@safe
final class BatchStatistics {
    let node: String
    /// `[channel]`.
    let mean: Storage
    /// `[channel]`, biased: the mean of the squared distances.
    let variance: Storage
    let movingMean: TrainedParameter
    let movingVariance: TrainedParameter
    private let channels: Int
    private let decay: Double
    private let count: Int

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
        self.count = count
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

    /// Lets the moving statistics follow the batch; the variance that they follow is the unbiased one.
    ///
    /// - SeeAlso: TensorFlow's fused batch norm and `assign_moving_average`.
    func updateMovingStatistics() {
        let share = Float(1 - decay)
        let correction = Float(Double(count) / Double(max(count - 1, 1)))
        let means = unsafe movingMean.values.floats
        let variances = unsafe movingVariance.values.floats
        for channel in 0..<channels {
            unsafe means[channel] -= (means[channel] - mean.floats[channel]) * share
            unsafe variances[channel] -=
                (variances[channel] - variance.floats[channel] * correction) * share
        }
    }
}
