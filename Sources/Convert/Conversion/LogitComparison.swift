/// Two networks' logits for the same pictures, one row for each picture.
public struct LogitComparison: Equatable, Sendable {
    /// The pictures.
    public let pictureCount: Int
    /// The largest difference of two logits.
    public let largestDifference: Float
    /// The largest difference of a logit over the largest logit of its row.
    public let largestRelativeDifference: Float
    /// The pictures whose largest logit is the same one.
    public let sameArgmaxCount: Int

    /// The relative difference that float32 arithmetic in another order stays below.
    public static let tolerance: Float = 1e-5

    /// Compares rows of `classes` logits.
    ///
    /// - Precondition: both have the same number of whole rows.
    package init(_ first: [Float], _ second: [Float], classes: Int) {
        precondition(
            first.count == second.count && classes > 0 && first.count.isMultiple(of: classes),
            "\(first.count) and \(second.count) logits of \(classes) classes"
        )
        var (difference, relative): (Float, Float) = (0, 0)
        var same = 0
        for row in 0..<(first.count / classes) {
            let one = Array(first[(row * classes)..<((row + 1) * classes)])
            let other = Array(second[(row * classes)..<((row + 1) * classes)])
            var largest: Float = 0
            for (left, right) in zip(one, other) where left.bitPattern != right.bitPattern {
                let error = (left - right).magnitude
                largest = max(largest, error.isNaN ? .infinity : error)
            }
            let scale = one.map(\.magnitude).max() ?? 0
            difference = max(difference, largest)
            relative = max(relative, largest == 0 ? 0 : largest / scale)
            if Self.argmax(one) == Self.argmax(other) { same += 1 }
        }
        pictureCount = first.count / classes
        largestDifference = difference
        largestRelativeDifference = relative.isNaN ? .infinity : relative
        sameArgmaxCount = same
    }

    /// The smallest relative tolerance that the difference stays below, to one digit, rounded up.
    public var passingTolerance: Float {
        guard largestRelativeDifference > 0 else { return 0 }
        var power: Float = 1e-9
        while power < 1, power < largestRelativeDifference { power *= 10 }
        guard power > 1e-9 else { return power }
        let step = power / 10
        return min(power, (largestRelativeDifference / step).rounded(.up) * step)
    }

    /// Whether the difference is what float32 arithmetic in another order makes, and every argmax agrees.
    public var isPassed: Bool {
        largestRelativeDifference <= Self.tolerance && sameArgmaxCount == pictureCount
    }

    /// Whether the first leaves less to be desired.
    public static func isBetter(_ first: LogitComparison, _ second: LogitComparison) -> Bool {
        guard first.isPassed == second.isPassed else { return first.isPassed }
        return first.largestRelativeDifference < second.largestRelativeDifference
    }

    private static func argmax(_ row: [Float]) -> Int {
        row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }
    }
}
