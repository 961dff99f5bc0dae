import CPictures

/// MT19937, the source of Python's and NumPy's random numbers.
package struct MersenneTwister: Sendable {
    var state = PicturesTwister()

    /// The generator that `init_genrand` starts.
    package init(seed: UInt32) {
        unsafe pictures_twister_seed(&state, seed)
    }

    /// The generator that `init_by_array` starts.
    ///
    /// - Precondition: there is a word.
    package init(words: [UInt32]) {
        precondition(!words.isEmpty, "a seed of \(words.count) words")
        unsafe pictures_twister_seed_by_words(&state, words, words.count)
    }

    /// The next 32 bits.
    package mutating func word() -> UInt32 { unsafe pictures_twister_word(&state) }
}
