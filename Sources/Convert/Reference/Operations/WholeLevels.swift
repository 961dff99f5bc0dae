internal import Proto

/// Whole numbers that a range is spread over, and back.
struct WholeLevels {
    private let scale: Double
    private let inverse: Double
    private let range: ClosedRange<Double>?
    private let roundsUp: Bool

    init(_ call: OperationCall, bits: Int) throws(ReferenceError) {
        let node = call.node
        guard (2...32).contains(bits) else { throw ReferenceError("\(bits) bits") }
        let isSigned = try node.bool("signed_input", default: true)
        let isNarrow = try node.bool("narrow_range", default: false)
        let isGiven = try node.bool("range_given", default: Name(node.operation).isThird)
        let modes = ["HALF_TO_EVEN", "HALF_UP"]
        roundsUp = try node.word("round_mode", of: modes, default: modes[0]) == modes[1]
        let last = Double((1 << (isSigned ? bits - 1 : bits)) - 1)
        let first = isSigned ? -last - (isNarrow ? 0 : 1) : 0
        let values = isGiven ? [] : try call[0].floats()
        var (least, most) = (values.min() ?? 0, values.max() ?? 0)
        if isGiven { (least, most) = (try call[1].float(), try call[2].float()) }
        guard least <= most, least.isFinite, most.isFinite else {
            throw ReferenceError("levels from \(least) to \(most)")
        }
        let largest = Double(Float.greatestFiniteMagnitude)
        let fromLeast = first * least > 0 ? first / least : largest
        let fromMost = last * most > 0 ? last / most : largest
        if fromLeast < fromMost {
            (scale, inverse) = (fromLeast, least / first)
            most = last * inverse
        } else {
            (scale, inverse) = (fromMost, most / last)
            least = first * inverse
        }
        range = isGiven && least <= most ? least...most : nil
    }

    @Sendable func rounded(_ value: Double) -> Double {
        let inside = range.map { min(max(value, $0.lowerBound), $0.upperBound) } ?? value
        let scaled = inside * scale
        let whole = roundsUp ? (scaled + 0.5).rounded(.down) : scaled.rounded(.toNearestOrEven)
        return whole * inverse
    }
}

extension Name {
    /// The third form of the operation is given its range unless it says otherwise.
    fileprivate var isThird: Bool { self == "QuantizeAndDequantizeV3" }
}
