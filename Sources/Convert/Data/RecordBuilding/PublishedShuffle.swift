/// The order into which the published builders put their pictures.
///
/// They call Python's `random.seed(12345)` and `random.shuffle`: MT19937, seeded by `init_by_array` with the words of the
/// seed, and for each place from the last to the second an index drawn by rejection from as many bits as it has.
package struct PublishedShuffle {
    /// The seed of every published builder.
    static let seed: UInt64 = 12345

    private static let size = 624
    private var state: [UInt32]
    private var position = PublishedShuffle.size

    init(seed: UInt64) {
        let words = [UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)]
        let key = words[1] == 0 ? [words[0]] : words
        state = Self.start(key)
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
    mutating func word() -> UInt32 {
        if position == Self.size { twist() }
        var word = state[position]
        position += 1
        word ^= word >> 11
        word ^= (word << 7) & 0x9D2C_5680
        word ^= (word << 15) & 0xEFC6_0000
        return word ^ (word >> 18)
    }

    private mutating func twist() {
        for index in 0..<Self.size {
            let next = state[(index + 1) % Self.size]
            let mixed = (state[index] & 0x8000_0000) | (next & 0x7FFF_FFFF)
            state[index] =
                state[(index + 397) % Self.size] ^ (mixed >> 1)
                ^ (mixed & 1 == 0 ? 0 : 0x9908_B0DF)
        }
        position = 0
    }

    private static func start(_ key: [UInt32]) -> [UInt32] {
        var state = [UInt32](repeating: 0, count: size)
        func mixed(_ index: Int) -> UInt32 { state[index - 1] ^ (state[index - 1] >> 30) }
        state[0] = 19_650_218
        for index in 1..<size { state[index] = 1_812_433_253 &* mixed(index) &+ UInt32(index) }
        var (place, word) = (1, 0)
        func advance() {
            place += 1
            if place == size {
                state[0] = state[size - 1]
                place = 1
            }
        }
        for _ in 0..<max(size, key.count) {
            state[place] = (state[place] ^ (mixed(place) &* 1_664_525)) &+ key[word] &+ UInt32(word)
            word = (word + 1) % key.count
            advance()
        }
        for _ in 0..<(size - 1) {
            state[place] = (state[place] ^ (mixed(place) &* 1_566_083_941)) &- UInt32(place)
            advance()
        }
        state[0] = 0x8000_0000
        return state
    }
}

extension Array {
    /// The elements in the order into which the published builders put so many.
    func shuffledAsPublished(seed: UInt64) -> [Element] {
        PublishedShuffle.order(count, seed: seed).map { self[$0] }
    }
}
