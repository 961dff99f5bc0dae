public import Networks
public import Proto

/// Which tensors are converted, under which names and types.
public struct ConversionRequest: Sendable {
    /// Patterns; where there are any, only tensors whose name contains a match of one.
    public var only: [String] = []
    /// Patterns; no tensor whose name contains a match of one.
    public var exclude: [String] = []
    /// Rules ``NameRule``, applied one after the other.
    public var renames: [String] = []
    /// The type of weights, nil for their own; statistics, slots and counters keep theirs.
    public var weightType: DataType?
    /// What a network's parameters are called, by their names in checkpoints; their kernels have the outputs first.
    public var parameterNames: [String: String] = [:]
    /// Which values are the weights.
    public var set = WeightSet.raw
    /// Whether optimiser slots, moving averages and counters are converted as well.
    public var keepsTrainingState = true
    /// Whether there may be nothing to convert, as what is written is more than its tensors.
    public var mayBeEmpty = false

    /// Everything, as it is.
    public init() {}
}
