/// The mean of `ln Σ exp(logit) - logit of the label`, in nats.
public struct CrossEntropy: Equatable, Sendable {
    private var sum = ExactSum()
    /// How many predictions there were.
    public private(set) var count = 0

    /// No predictions so far.
    public init() {}

    /// The mean; not a number before the first prediction.
    public var value: Double { sum.value / Double(count) }

    /// Counts a row of logits.
    ///
    /// - Precondition: the label is a class.
    public mutating func add(_ logits: Span<Float>, label: Int) {
        add(logits, label: label, softmax: Softmax(logits))
    }

    mutating func add(_ logits: Span<Float>, label: Int, softmax: Softmax) {
        precondition(logits.indices.contains(label), "label \(label) of \(logits.count) classes")
        sum.add(softmax.logSum - Double(logits[label]))
        count += 1
    }

    /// Counts the predictions that another has counted.
    public mutating func merge(_ other: CrossEntropy) {
        sum.merge(other.sum)
        count += other.count
    }
}
