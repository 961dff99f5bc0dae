/// Accuracy against labels of which a picture may have several, or none.
///
/// A picture without labels is not counted. An answer is right if it is among the labels ("Are we done with ImageNet?").
public struct ReassessedAccuracy: Equatable, Sendable, Codable {
    /// Whether the largest logit is one of the labels'.
    public private(set) var accuracy = Accuracy()
    /// Whether one of the five largest logits is.
    public private(set) var topFive = Accuracy()

    /// No pictures so far.
    public init() {}

    /// Counts a picture that has labels.
    ///
    /// - Precondition: the labels are classes.
    public mutating func add(_ logits: Span<Float>, labels: [Int]) {
        guard !labels.isEmpty else { return }
        accuracy.add(labels.contains(Ranking.best(logits)))
        topFive.add(labels.contains { Ranking.isInTop(5, label: $0, logits: logits) })
    }

    /// Counts the pictures that another has counted.
    public mutating func merge(_ other: ReassessedAccuracy) {
        accuracy.merge(other.accuracy)
        topFive.merge(other.topFive)
    }
}
