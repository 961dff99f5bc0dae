/// A mean of the values that are there.
public struct PartialMean: Equatable, Sendable {
    /// The mean.
    public let value: Double
    /// How many values it is of.
    public let count: Int
    /// How many there should be.
    public let total: Int

    /// Whether no value is missing.
    public var isWhole: Bool { count == total }

    /// The mean of the values that are not nil; nil where all are.
    public init?(_ values: [Double?]) {
        let there = values.compactMap(\.self)
        guard !there.isEmpty else { return nil }
        value = there.reduce(0, +) / Double(there.count)
        count = there.count
        total = values.count
    }
}
