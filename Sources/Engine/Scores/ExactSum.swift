/// A sum that does not depend on the order of its terms.
///
/// Terms are rounded to multiples of 2⁻⁶⁰ and added as integers, so that partial sums of any batches, threads and machines
/// come together to the same bits. Terms of 2³⁰ and more are multiples of 1 in a sum of their own, those of 2⁹⁰ and more
/// multiples of 2⁶⁰. What is not finite, or beyond 2¹⁵⁰, is summed apart, in floating point.
struct ExactSum: Equatable, Sendable {
    private static let units = [0x1p-60, 1, 0x1p60]
    private static let bounds = [0x1p30, 0x1p90, 0x1p150]

    private var sums: [Int128] = [0, 0, 0]
    private var beyond = 0.0

    /// The sum of no terms.
    init() {}

    /// The sum so far; not a number after more terms than can be counted.
    var value: Double {
        Double(sums[0]) * Self.units[0] + Double(sums[1]) + Double(sums[2]) * Self.units[2] + beyond
    }

    mutating func add(_ term: Double) {
        guard let level = Self.bounds.firstIndex(where: { abs(term) < $0 }) else {
            beyond += term
            return
        }
        add(Int128((term / Self.units[level]).rounded()), at: level)
    }

    mutating func merge(_ other: ExactSum) {
        for level in sums.indices { add(other.sums[level], at: level) }
        beyond += other.beyond
    }

    /// Sums of a file can be anything.
    private mutating func add(_ multiple: Int128, at level: Int) {
        let (sum, isTooLarge) = sums[level].addingReportingOverflow(multiple)
        if isTooLarge { beyond = .nan } else { sums[level] = sum }
    }
}

extension ExactSum: Codable {
    /// Four texts: the multiples of 2⁻⁶⁰, 1 and 2⁶⁰ in decimal, and the bits of the rest in hexadecimal.
    init(from decoder: any Decoder) throws {
        let texts = try [String](from: decoder)
        let multiples = texts.prefix(3).compactMap { Int128($0) }
        guard texts.count == 4, multiples.count == 3, let bits = UInt64(texts[3], radix: 16) else {
            throw DecodingError.unusable("a sum that is none", decoder)
        }
        sums = multiples
        beyond = Double(bitPattern: bits)
    }

    func encode(to encoder: any Encoder) throws {
        try (sums.map { "\($0)" } + [String(beyond.bitPattern, radix: 16)]).encode(to: encoder)
    }
}
