/// The share of predictions that are right.
public struct Accuracy: Equatable, Sendable {
    /// How many were right.
    public private(set) var correct = 0
    /// How many there were.
    public private(set) var count = 0

    /// No predictions so far.
    public init() {}

    /// The share of right predictions; not a number before the first.
    public var value: Double { Double(correct) / Double(count) }

    /// Counts a prediction.
    public mutating func add(_ isCorrect: Bool) {
        correct += isCorrect ? 1 : 0
        count += 1
    }

    /// Counts the predictions that another has counted.
    public mutating func merge(_ other: Accuracy) {
        correct += other.correct
        count += other.count
    }
}
