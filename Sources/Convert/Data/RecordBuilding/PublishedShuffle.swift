internal import Pictures

/// The order into which the published builders put their pictures.
///
/// They call Python's `random.seed(12345)` and `random.shuffle`: MT19937, seeded by `init_by_array` with the words of the
/// seed, and for each place from the last to the second an index drawn by rejection from as many bits as it has.
package struct PublishedShuffle {
    /// The seed of every published builder.
    static let seed: UInt64 = 12345

    private var generator: MersenneTwister

    init(seed: UInt64) {
        let words = [UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)]
        generator = MersenneTwister(words: words[1] == 0 ? [words[0]] : words)
    }

    /// The places `0..<count` in their new order.
    package static func order(_ count: Int, seed: UInt64) -> [Int] {
        var generator = PublishedShuffle(seed: seed)
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, generator.index(below: last + 1))
        }
        return order
    }

    /// A number from 0 up to `bound`, drawn as Python draws it.
    mutating func index(below bound: Int) -> Int {
        let bits = Int.bitWidth - bound.leadingZeroBitCount
        while true {
            let drawn = value(bits: bits)
            if drawn < bound { return drawn }
        }
    }

    private mutating func value(bits: Int) -> Int {
        guard bits > 32 else { return Int(word() >> UInt32(32 - bits)) }
        let low = Int(word())
        return low | Int(word() >> UInt32(64 - bits)) << 32
    }

    /// The next 32 bits.
    mutating func word() -> UInt32 { generator.word() }
}

extension Array {
    /// The elements in the order into which the published builders put so many.
    func shuffledAsPublished(seed: UInt64) -> [Element] {
        PublishedShuffle.order(count, seed: seed).map { self[$0] }
    }
}
