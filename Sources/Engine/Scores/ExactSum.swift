/// A sum that does not depend on the order of its terms.
///
/// Terms are rounded to multiples of 2⁻⁶⁰ and added as integers, so that partial sums of any batches and
/// threads come together to the same bits. Terms of 2³⁰ and more, and those that are not finite, are summed
/// apart, in floating point.
struct ExactSum: Equatable, Sendable {
    private static let unit = 0x1p-60
    private static let most = 0x1p30

    private var units: Int128 = 0
    private var beyond = 0.0

    /// The sum of no terms.
    init() {}

    /// The sum so far.
    var value: Double { Double(units) * Self.unit + beyond }

    mutating func add(_ term: Double) {
        if abs(term) < Self.most {
            units += Int128((term / Self.unit).rounded())
        } else {
            beyond += term
        }
    }

    mutating func merge(_ other: ExactSum) {
        units += other.units
        beyond += other.beyond
    }
}
