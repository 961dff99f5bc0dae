import CPictures

/// NumPy's legacy generator, `numpy.random.RandomState`, number for number.
///
/// The logarithms and exponentials in it are the C library's.
public struct NumPyRandom: Sendable {
    var state = PicturesRandom()

    /// The generator after `seed(seed)`.
    public init(seed: UInt32) {
        unsafe pictures_twister_seed(&state.twister, seed)
    }

    /// The next 32 bits.
    public mutating func word() -> UInt32 { unsafe pictures_twister_word(&state.twister) }

    /// `uniform(low, high)`.
    public mutating func uniform(_ low: Double = 0, _ high: Double = 1) -> Double {
        var value = 0.0
        unsafe pictures_random_doubles(&state.twister, &value, 1)
        return low + (high - low) * value
    }

    /// `random_sample(count)`.
    public mutating func uniforms(_ count: Int) -> [Double] {
        var values = [Double](repeating: 0, count: count)
        unsafe pictures_random_doubles(&state.twister, &values, count)
        return values
    }

    /// `normal(size=count)`; the second of a pair is kept for the next call.
    public mutating func normals(_ count: Int) -> [Double] {
        var values = [Double](repeating: 0, count: count)
        unsafe pictures_random_normals(&state, &values, count)
        return values
    }

    /// `randint(low, high)`: one of `range`.
    ///
    /// - Precondition: the range is not empty and no longer than 2³².
    public mutating func integer(in range: Range<Int>) -> Int {
        precondition(!range.isEmpty && range.count - 1 <= UInt32.max, "an integer in \(range)")
        var drawn: UInt32 = 0
        unsafe pictures_random_integers(&state.twister, UInt32(range.count - 1), &drawn, 1)
        return range.lowerBound + Int(drawn)
    }

    /// `poisson(mean)`.
    ///
    /// - Precondition: the mean is at least 0 and below 2³⁰.
    public mutating func poisson(_ mean: Double) -> Int {
        precondition(mean >= 0 && mean < 0x1p30, "a mean of \(mean)")
        return Int(unsafe pictures_random_poisson(&state.twister, mean))
    }

    /// `choice([True, False], p=[chance, 1 - chance])`.
    public mutating func choice(_ chance: Double) -> Bool {
        uniform() < Self.normalized(chance)
    }

    /// `shuffle(values)`: an index drawn for each place from the last to the second.
    public mutating func shuffle<Value>(_ values: inout [Value]) {
        for last in stride(from: values.count - 1, to: 0, by: -1) {
            values.swapAt(last, integer(in: 0..<last + 1))
        }
    }

    /// A chance as NumPy compares with it: over the sum of the chance and its opposite.
    static func normalized(_ chance: Double) -> Double { chance / (chance + (1 - chance)) }
}

extension NumPyRandom {
    /// Where in its 624 words the generator stands; 624 where it will make the next ones.
    package var position: Int { Int(state.twister.position) }

    /// Whether the second of a pair of normal numbers waits.
    package var hasSpare: Bool { state.has_spare }

    /// The 624 words as little-endian bytes.
    package var keyBytes: [UInt8] {
        unsafe withUnsafeBytes(of: state.twister.key) { unsafe Array($0) }
    }
}
