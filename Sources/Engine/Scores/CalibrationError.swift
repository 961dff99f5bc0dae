/// How far stated confidence is from the share of right answers: the expected calibration error of ten bins.
///
/// A bin holds the confidences above its lower bound, up to and with its upper one; the bounds are the float32
/// values of 0.1, 0.2, … as in the published evaluation, and 0 belongs to the first bin. A confidence that is
/// not a number belongs to none.
public struct CalibrationError: Equatable, Sendable {
    private struct Bin: Equatable, Sendable, Codable {
        var count = 0
        var correct = 0
        var confidence = ExactSum()
    }

    /// How many bins there are.
    public static let binCount = 10
    private static let bounds = (1..<binCount).map { Float(Double($0) / Double(binCount)) }

    private var bins = [Bin](repeating: Bin(), count: binCount)

    /// No predictions so far.
    public init() {}

    private enum CodingKeys: CodingKey { case bins }

    /// How many predictions fell into a bin.
    public var count: Int { bins.reduce(0) { $0 + $1.count } }

    /// What fell into each bin, from the least confidence to the most: how many, and the means of both; nil where nothing did.
    public var reliability: [(count: Int, confidence: Double, accuracy: Double)?] {
        bins.map { bin in
            bin.count == 0
                ? nil
                : (
                    bin.count, bin.confidence.value / Double(bin.count),
                    Double(bin.correct) / Double(bin.count)
                )
        }
    }

    /// The mean distance between confidence and accuracy, weighted by the bins' shares.
    ///
    /// Not a number before the first prediction.
    public var value: Double {
        let distances = bins.map { abs(Double($0.correct) - $0.confidence.value) }
        return distances.reduce(0, +) / Double(count)
    }

    /// Counts a prediction made with a confidence of 0...1.
    public mutating func add(confidence: Float, isCorrect: Bool) {
        guard confidence >= 0, confidence <= 1 + 1e-7 else { return }
        let index = Self.bounds.firstIndex { confidence <= $0 } ?? Self.binCount - 1
        bins[index].count += 1
        bins[index].correct += isCorrect ? 1 : 0
        bins[index].confidence.add(Double(confidence))
    }

    /// Counts the predictions that another has counted.
    public mutating func merge(_ other: CalibrationError) {
        for index in bins.indices {
            bins[index].count += other.bins[index].count
            bins[index].correct += other.bins[index].correct
            bins[index].confidence.merge(other.bins[index].confidence)
        }
    }
}

extension CalibrationError: Codable {
    /// Reads the bins.
    public init(from decoder: any Decoder) throws {
        bins = try decoder.container(keyedBy: CodingKeys.self).decode([Bin].self, forKey: .bins)
        guard bins.count == Self.binCount else {
            throw DecodingError.unusable("\(bins.count) bins of confidence", decoder)
        }
        for bin in bins {
            try DecodingError.check(count: bin.count, decoder)
            guard (0...bin.count).contains(bin.correct) else {
                throw DecodingError.unusable("\(bin.correct) of \(bin.count) right", decoder)
            }
        }
    }
}
