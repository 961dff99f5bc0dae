import Engine
import Foundation
import Testing

@Suite struct RandomNumbersTests {
    private func moments(
        _ draw: (inout RandomNumbers) -> Double
    ) -> (mean: Double, variance: Double, least: Double, most: Double) {
        var random = RandomNumbers(seed: 7)
        let values = (0..<100_000).map { _ in draw(&random) }
        let mean = values.reduce(0, +) / 100_000
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
        return (mean, variance, values.min() ?? .nan, values.max() ?? .nan)
    }

    @Test("uniform numbers fill 0..<1 evenly")
    func uniform() {
        let found = moments { $0.uniform() }
        #expect(abs(found.mean - 0.5) < 0.005)
        #expect(abs(found.variance - 1.0 / 12) < 0.002)
        #expect(found.least >= 0 && found.most < 1)
    }

    @Test("truncated normal numbers have TensorFlow's deviation and end at two")
    func truncatedNormal() {
        let found = moments { $0.truncatedNormal() }
        #expect(abs(found.mean) < 0.01)
        #expect(abs(found.variance.squareRoot() - 0.879_625_66) < 0.005)
        #expect(found.least >= -2 && found.most <= 2 && found.most > 1.99)
    }

    @Test("beta numbers have the distribution's mean and variance", arguments: [0.2, 1])
    func beta(shape: Double) {
        let found = moments { $0.beta(shape) }
        #expect(abs(found.mean - 0.5) < 0.005)
        #expect(abs(found.variance - 0.25 / (2 * shape + 1)) < 0.003)
        #expect(found.least >= 0 && found.most <= 1)
    }

    @Test("a seed and a stream decide the sequence")
    func state() {
        var first = RandomNumbers(seed: 3, stream: 1)
        var second = RandomNumbers(seed: 3, stream: 1)
        var other = RandomNumbers(seed: 3, stream: 2)
        let values = (0..<8).map { _ in first.next() }
        #expect(values == (0..<8).map { _ in second.next() })
        #expect(values != (0..<8).map { _ in other.next() })
    }

    @Test("every part of every step has a sequence of its own")
    func parts() {
        var seen: Set<UInt64> = []
        for seed in [UInt64(0), 1, 7] {
            for step in 0..<40 {
                for part in 0..<16 {
                    var random = RandomNumbers(seed: seed, step: step, part: part)
                    var again = RandomNumbers(seed: seed, step: step, part: part)
                    let first = random.next()
                    #expect(first == again.next())
                    seen.insert(first)
                    seen.insert(random.next())
                }
            }
        }
        #expect(seen.count == 2 * 3 * 40 * 16)
    }
}
