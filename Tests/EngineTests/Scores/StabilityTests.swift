import Checkpoint
import Engine
import TestSupport
import Testing

/// Logits of videos, and what the benchmark's own functions make of them; see `fixtures/corruptions`.
private struct StabilityGolden: Decodable {
    struct Case: Decodable {
        let logits: String
        let perturbation: String
        let difficulty: Int
        let flips, topFive, zipf: Double

        enum CodingKeys: String, CodingKey {
            case logits, perturbation, difficulty
            case flips = "flip_prob"
            case topFive = "top5_distance"
            case zipf = "zipf_distance"
        }
    }

    struct Videos: Decodable {
        let classes, videos, frames: Int
        let cases: [Case]
    }

    struct Rates: Decodable {
        let fp, fr: [String: Double]
        let mfr10, mfr14: Double
    }

    let videos: Videos
    let rates: Rates

    enum CodingKeys: String, CodingKey {
        case videos = "imagenet_p"
        case rates = "mfr"
    }

    static func load() throws -> StabilityGolden {
        try Fixture.json("corruptions/metrics.json", as: StabilityGolden.self)
    }

    /// The logits of all videos, frame by frame.
    func logits(_ file: String) throws -> [Float] {
        let count = videos.videos * videos.frames * videos.classes
        let stream = try Fixture.bytes("corruptions/\(file).zlib")
        let bytes = try ZlibStream.decompressed(stream, limit: 4 * count + 256).suffix(4 * count)
        try #require(bytes.count == 4 * count)
        return (0..<count).map { index in
            let start = bytes.startIndex + 4 * index
            let word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * $1) }
            return Float(bitPattern: word)
        }
    }
}

@Suite struct StabilityTests {
    @Test("flips and distances are those of the benchmark's own functions")
    func benchmark() throws {
        let golden = try StabilityGolden.load()
        #expect(golden.videos.cases.count == 12)
        let (frames, classes) = (golden.videos.frames, golden.videos.classes)
        for expected in golden.videos.cases {
            let logits = try golden.logits(expected.logits)
            let perturbation = try #require(Perturbation(rawValue: expected.perturbation))
            var parts = [Stability(), Stability()]
            for video in 0..<golden.videos.videos {
                var comparison = FrameComparison(perturbation, difficulty: expected.difficulty)
                for frame in 0..<frames {
                    let start = (video * frames + frame) * classes
                    comparison.add(logits.span.extracting(start..<start + classes))
                }
                #expect(comparison.finish(&parts[video % 2]))
            }
            var stability = parts[1]
            stability.merge(parts[0])
            #expect(stability.videos == golden.videos.videos)
            let figures = [
                (stability.flipProbability, expected.flips),
                (stability.topFiveDistance, expected.topFive),
                (stability.zipfDistance, expected.zipf),
            ]
            for (figure, expected) in figures {
                #expect(abs(try #require(figure) - expected) < 1e-12)
            }
        }
    }

    @Test("of equal logits the lower class comes first")
    func ties() {
        var stability = Stability()
        var comparison = FrameComparison(.rotate)
        comparison.add([1, 1, 0, 0, 0, 0, 0].span)
        comparison.add([0, 1, 1, 0, 0, 0, 0].span)
        #expect(comparison.finish(&stability))
        // 0 1 2 3 4 become 2 0 1 3 4.
        #expect(stability.flipProbability == 1)
        #expect(stability.topFiveDistance == 4)
    }

    @Test("noise is compared with the first frame, all else with the one before")
    func references() {
        func flips(_ perturbation: Perturbation, difficulty: Int = 1) -> Double? {
            var stability = Stability()
            var comparison = FrameComparison(perturbation, difficulty: difficulty)
            for best in [0, 1, 1, 0, 2] {
                let logits = (0..<3).map { Float($0 == best ? 1 : 0) }
                comparison.add(logits.span)
            }
            return comparison.finish(&stability) ? stability.flipProbability : nil
        }
        #expect(flips(.gaussianNoise) == 0.75)
        #expect(flips(.gaussianNoise, difficulty: 3) == 0.75)
        #expect(flips(.tilt) == 0.75)
        #expect(flips(.tilt, difficulty: 2) == 1)
        #expect(flips(.tilt, difficulty: 3) == 0.5)
        #expect(flips(.tilt, difficulty: 5) == nil)
    }

    @Test("a video without a comparison is not counted")
    func short() {
        var stability = Stability()
        var comparison = FrameComparison(.shear)
        comparison.add([0, 1].span)
        #expect(!comparison.finish(&stability))
        #expect(stability == Stability())
        #expect(stability.flipProbability == nil)
    }

    @Test("flip rates are over AlexNet's, their mean over ten")
    func rates() throws {
        let golden = try StabilityGolden.load()
        var stabilities: [Perturbation: Stability] = [:]
        for perturbation in Perturbation.allCases {
            // As many frames as give the chance to five digits.
            let flips = Int((try #require(golden.rates.fp[perturbation.rawValue]) * 1e5).rounded())
            stabilities[perturbation] = Self.stability(flips: flips, of: 100_000)
        }
        let rates = FlipRates(stabilities)
        for perturbation in Perturbation.allCases {
            let expected = try #require(golden.rates.fr[perturbation.rawValue])
            #expect(abs(try #require(rates.rate(perturbation)) - expected) < 1e-12)
        }
        #expect(Perturbation.benchmark.count == 10 && Perturbation.validation.count == 4)
        let ten = try #require(rates.mean(over: Perturbation.benchmark))
        #expect(abs(ten.value - golden.rates.mfr10) < 1e-12 && ten.isWhole)
        let all = try #require(rates.mean(over: Perturbation.allCases))
        #expect(abs(all.value - golden.rates.mfr14) < 1e-12)
        stabilities[.snow] = nil
        let nine = try #require(FlipRates(stabilities).mean(over: Perturbation.benchmark))
        #expect(nine.count == 9 && nine.total == 10)
        #expect(FlipRates([:]).mean(over: Perturbation.benchmark) == nil)
    }

    /// One video that flips so often.
    private static func stability(flips: Int, of comparisons: Int) -> Stability {
        var stability = Stability()
        var comparison = FrameComparison(.gaussianNoise)
        comparison.add([1, 0].span)
        for index in 0..<comparisons {
            comparison.add((index < flips ? [0, 1] as [Float] : [1, 0]).span)
        }
        _ = comparison.finish(&stability)
        return stability
    }
}
