#if canImport(Glibc)
    internal import Glibc
#endif

/// The mean over pictures of a cross entropy, in nats.
///
/// Softmax: `ln Σ exp(logit) - logit of the label`; with label smoothing e the label has probability 1 - e + e / classes, and
/// every other class e / classes. Sigmoid: the sum of the cross entropies of all classes, each by itself.
public struct CrossEntropy: Equatable, Sendable {
    /// How logits are compared with the label.
    public let classification: LossSettings.Classification
    /// How much of the label's probability all classes share.
    public let labelSmoothing: Double
    private var sum = ExactSum()
    /// How many predictions there were.
    public private(set) var count = 0

    private enum CodingKeys: CodingKey { case classification, labelSmoothing, sum, count }

    /// No predictions so far.
    ///
    /// - Precondition: `0 <= labelSmoothing && labelSmoothing <= 1`.
    public init(
        _ classification: LossSettings.Classification = .softmax,
        labelSmoothing: Double = 0
    ) {
        self.classification = classification
        precondition((0...1).contains(labelSmoothing), "a label smoothing of \(labelSmoothing)")
        self.labelSmoothing = labelSmoothing
    }

    /// The mean; not a number before the first prediction.
    public var value: Double { sum.value / Double(count) }

    /// Counts a row of logits.
    ///
    /// - Precondition: the label is a class.
    public mutating func add(_ logits: Span<Float>, label: Int) {
        add(logits, label: label, softmax: RowSoftmax(logits))
    }

    mutating func add(_ logits: Span<Float>, label: Int, softmax: RowSoftmax) {
        precondition(logits.indices.contains(label), "label \(label) of \(logits.count) classes")
        count += 1
        guard classification == .softmax else {
            return sum.add(
                logits.indices.reduce(0) { total, index in
                    let value = Double(logits[index])
                    return total + Self.softPlus(index == label ? -value : value)
                }
            )
        }
        var expected = (1 - labelSmoothing) * Double(logits[label])
        if labelSmoothing > 0 {
            let total = logits.indices.reduce(0) { $0 + Double(logits[$1]) }
            expected += labelSmoothing * total / Double(logits.count)
        }
        sum.add(softmax.logSum - expected)
    }

    /// ln(1 + exp(value)), which is -ln of the sigmoid of -value.
    private static func softPlus(_ value: Double) -> Double {
        max(value, 0) + log1p(exp(-abs(value)))
    }

    /// Counts the predictions that another has counted.
    public mutating func merge(_ other: CrossEntropy) {
        sum.merge(other.sum)
        count += other.count
    }
}

extension CrossEntropy: Codable {
    /// Reads the sum.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let name = try values.decode(String.self, forKey: .classification)
        let smoothing = try values.decode(Double.self, forKey: .labelSmoothing)
        guard let kind = LossSettings.Classification(rawValue: name), (0...1).contains(smoothing)
        else {
            throw DecodingError.unusable("a loss of '\(name)', smoothed by \(smoothing)", decoder)
        }
        self.init(kind, labelSmoothing: smoothing)
        sum = try values.decode(ExactSum.self, forKey: .sum)
        count = try values.decode(Int.self, forKey: .count)
        try DecodingError.check(count: count, decoder)
    }

    /// Writes the sum.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(classification.rawValue, forKey: .classification)
        try values.encode(labelSmoothing, forKey: .labelSmoothing)
        try values.encode(sum, forKey: .sum)
        try values.encode(count, forKey: .count)
    }
}
