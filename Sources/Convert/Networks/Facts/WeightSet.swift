/// Which of the values in a checkpoint are the weights.
public enum WeightSet: String, Sendable, CaseIterable {
    /// The variables as trained.
    case raw
    /// The moving averages of the trained variables; moving statistics have none, and stay.
    case movingAverages = "ema"
}
