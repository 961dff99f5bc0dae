/// A small seedable source of random numbers: a value, so that a run can be repeated and resumed.
///
/// - SeeAlso: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
public struct SplitMix64: RandomNumberGenerator, Equatable, Sendable {
    /// Everything there is to save and restore.
    public private(set) var state: UInt64

    /// The source of a seed.
    public init(seed: UInt64) {
        state = seed
    }

    /// The source that belongs to a place, such as an epoch and a picture, under a seed.
    ///
    /// Sources of different places are unrelated, so that pictures can be drawn in any order and by any
    /// thread.
    public init(seed: UInt64, place: UInt64...) {
        state = seed
        for part in place { state = next() ^ part }
        state = next()
    }

    /// Sixty-four random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number in [0, 1), a multiple of 2⁻²⁴.
    public mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// One of `0..<bound`, all equally likely.
    ///
    /// - Precondition: `bound` is positive.
    public mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "a choice of \(bound)")
        let bound = UInt64(bound)
        let excess = (0 &- bound) % bound
        while true {
            let (high, low) = next().multipliedFullWidth(by: bound)
            if low >= excess { return Int(high) }
        }
    }

    /// True half of the time.
    public mutating func coin() -> Bool { next() >> 63 == 1 }
}
