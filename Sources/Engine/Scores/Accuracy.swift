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

extension Accuracy: Codable {
    private enum CodingKeys: CodingKey { case correct, count }

    /// Reads counts; what cannot have been counted is refused.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        correct = try values.decode(Int.self, forKey: .correct)
        count = try values.decode(Int.self, forKey: .count)
        try DecodingError.check(count: count, decoder)
        guard (0...count).contains(correct) else {
            throw DecodingError.unusable("\(correct) of \(count) right answers", decoder)
        }
    }
}
