/// Everything that an evaluation prints, counted picture by picture.
///
/// Sums are exact, so the figures do not depend on the batch size, the order, or how many parts are merged.
public struct Evaluation: Equatable, Sendable, Codable {
    /// Whether the largest logit is the label's.
    public private(set) var accuracy = Accuracy()
    /// Whether the label's logit is among the five largest.
    public private(set) var topFive = Accuracy()
    /// How honest the confidence is.
    public private(set) var calibrationError = CalibrationError()
    /// The mean loss.
    public private(set) var crossEntropy: CrossEntropy

    /// No pictures so far.
    public init(
        _ classification: LossSettings.Classification = .softmax,
        labelSmoothing: Double = 0
    ) {
        crossEntropy = CrossEntropy(classification, labelSmoothing: labelSmoothing)
    }

    /// How many pictures were counted.
    public var count: Int { accuracy.count }

    /// Counts a picture, and says which class has the largest logit.
    ///
    /// - Precondition: the label is a class.
    @discardableResult
    public mutating func add(_ logits: Span<Float>, label: Int) -> Int {
        precondition(logits.indices.contains(label), "label \(label) of \(logits.count) classes")
        let best = Ranking.best(logits)
        let softmax = RowSoftmax(logits)
        accuracy.add(best == label)
        topFive.add(Ranking.isInTop(5, label: label, logits: logits))
        calibrationError.add(confidence: softmax.confidence, isCorrect: best == label)
        crossEntropy.add(logits, label: label, softmax: softmax)
        return best
    }

    /// Counts the pictures that another has counted.
    public mutating func merge(_ other: Evaluation) {
        accuracy.merge(other.accuracy)
        topFive.merge(other.topFive)
        calibrationError.merge(other.calibrationError)
        crossEntropy.merge(other.crossEntropy)
    }
}
