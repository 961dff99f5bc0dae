#if canImport(Glibc)
    internal import Glibc
#endif

/// Random numbers that a seed determines.
///
/// - SeeAlso: xoshiro256**, <https://prng.di.unimi.it>.
public struct RandomNumbers: RandomNumberGenerator, Hashable, Sendable {
    private var state: [UInt64]

    /// The sequence that belongs to a seed.
    public init(seed: UInt64) {
        var mixer = seed
        state = (0..<4).map { _ in
            mixer &+= 0x9E37_79B9_7F4A_7C15
            var word = mixer
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
    }

    /// The sequence that belongs to one of several uses of a seed, which do not disturb each other.
    public init(seed: UInt64, stream: UInt64) {
        self.init(seed: seed &+ (stream &+ 1) &* 0xD1B5_4A32_D192_ED03)
    }

    /// The sequence that belongs to one part of one step, whoever computes it.
    public init(seed: UInt64, step: Int, part: Int) {
        var generator = RandomNumbers(seed: seed, stream: 2 + UInt64(step))
        self.init(seed: generator.next(), stream: UInt64(part))
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        func rotated(_ word: UInt64, _ count: UInt64) -> UInt64 {
            word << count | word >> (64 - count)
        }
        let result = rotated(state[1] &* 5, 7) &* 9
        let shifted = state[1] << 17
        state[2] ^= state[0]
        state[3] ^= state[1]
        state[1] ^= state[2]
        state[0] ^= state[3]
        state[2] ^= shifted
        state[3] = rotated(state[3], 45)
        return result
    }

    /// The next number in 0..<1, a multiple of 2^-53.
    public mutating func uniform() -> Double {
        Double(next() >> 11) / 9_007_199_254_740_992
    }

    /// The next number in 0..<1, a multiple of 2^-24.
    public mutating func uniformFloat() -> Float {
        Float(next() >> 40) / 16_777_216
    }

    /// The next number of a normal distribution around 0 with standard deviation 1.
    public mutating func normal() -> Double {
        // 1 - u is never 0.
        (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
    }

    /// The next normal number that is not farther than two standard deviations from 0.
    public mutating func truncatedNormal() -> Double {
        while true {
            let value = normal()
            if abs(value) <= 2 { return value }
        }
    }

    /// The next number in 0...1 of the beta distribution with both parameters `shape`.
    ///
    /// - Precondition: `0 < shape && shape <= 1`.
    /// - SeeAlso: M. D. Jöhnk, Erzeugung von betaverteilten und gammaverteilten Zufallszahlen, 1964.
    public mutating func beta(_ shape: Double) -> Double {
        precondition(shape > 0 && shape <= 1, "beta distribution with parameter \(shape)")
        while true {
            let first = pow(uniform(), 1 / shape)
            let second = pow(uniform(), 1 / shape)
            let sum = first + second
            if sum <= 1, sum > 0 { return first / sum }
        }
    }
}
