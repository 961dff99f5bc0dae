internal import Glibc

/// The mean of T² times the cross entropy of softmax(logits / T) against softmax(teacher / T), in nats.
public struct DistillationLoss: Equatable, Sendable {
    /// T.
    public let temperature: Double
    private var sum = ExactSum()
    /// How many predictions there were.
    public private(set) var count = 0

    private enum CodingKeys: CodingKey { case temperature, sum, count }

    /// No predictions so far.
    ///
    /// - Precondition: the temperature is positive.
    public init(temperature: Double) {
        precondition(temperature > 0, "a temperature of \(temperature)")
        self.temperature = temperature
    }

    /// The mean; not a number before the first prediction.
    public var value: Double { sum.value / Double(count) }

    /// Counts a row of logits beside the teacher's.
    ///
    /// - Precondition: there are as many of both.
    public mutating func add(_ logits: Span<Float>, teacher: Span<Float>) {
        precondition(logits.count == teacher.count, "\(logits.count) and \(teacher.count) classes")
        let student = Self.logProbabilities(logits, temperature)
        let target = Self.logProbabilities(teacher, temperature)
        let entropy = zip(student, target).reduce(0) { $0 - exp($1.1) * $1.0 }
        sum.add(temperature * temperature * entropy)
        count += 1
    }

    /// Counts the predictions that another has counted.
    public mutating func merge(_ other: DistillationLoss) {
        sum.merge(other.sum)
        count += other.count
    }

    /// ln softmax(logits / T).
    private static func logProbabilities(_ logits: Span<Float>, _ temperature: Double) -> [Double] {
        let scaled = logits.indices.map { Double(logits[$0]) / temperature }
        let most = scaled.max() ?? 0
        let logSum = most + log(scaled.reduce(0) { $0 + exp($1 - most) })
        return scaled.map { $0 - logSum }
    }
}

extension DistillationLoss: Codable {
    /// Reads the sum.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let temperature = try values.decode(Double.self, forKey: .temperature)
        guard temperature > 0 else {
            throw DecodingError.unusable("a temperature of \(temperature)", decoder)
        }
        self.init(temperature: temperature)
        sum = try values.decode(ExactSum.self, forKey: .sum)
        count = try values.decode(Int.self, forKey: .count)
        try DecodingError.check(count: count, decoder)
    }
}
