import Pictures
import TestSupport
import Testing

@Suite struct SplitMix64Tests {
    @Test("the published sequence of seed 1234567")
    func published() {
        var random = SplitMix64(seed: 1_234_567)
        let drawn = (0..<5).map { _ in random.next() }
        #expect(
            drawn == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ]
        )
    }

    @Test("the same generator as the golden numbers")
    func golden() {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in "input".utf8 { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        var random = SplitMix64(seed: state)
        let drawn = (0..<100).map { _ in random.uniform() }
        #expect(drawn == Uniform.values("input", count: 100))
    }

    @Test("places are unrelated, and repeatable")
    func places() {
        let drawn = (0..<100).flatMap { epoch in
            (0..<100).map { picture in SplitMix64(seed: 3, place: epoch, picture).state }
        }
        #expect(Set(drawn).count == 10_000)
        #expect(SplitMix64(seed: 3, place: 7, 9) == SplitMix64(seed: 3, place: 7, 9))
        #expect(SplitMix64(seed: 3, place: 7, 9) != SplitMix64(seed: 3, place: 9, 7))
        #expect(SplitMix64(seed: 3, place: 7, 9) != SplitMix64(seed: 4, place: 7, 9))
    }

    @Test("choices are even", arguments: [1, 2, 3, 7, 10])
    func even(bound: Int) {
        var random = SplitMix64(seed: 11)
        var counts = [Int](repeating: 0, count: bound)
        for _ in 0..<10_000 { counts[random.below(bound)] += 1 }
        let mean = 10_000 / bound
        #expect(counts.allSatisfy { abs($0 - mean) < 6 * Int(Double(mean).squareRoot()) })
    }
}
