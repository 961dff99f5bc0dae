import Foundation
import Pictures
import TestSupport
import Testing

/// The published training preprocessings beside TensorFlow 1.14, and what is drawn for them.
@Suite("Pictures in training")
struct TrainingDistortionTests {
    struct Golden: Decodable, Sendable {
        struct Case: Decodable, Sendable {
            let file: String
            let picture: String
            let resized: Int?
            let start: [Int]?
            let window: [Int]?
            let mirrored: Bool
            let colours: [String: Float]?
        }

        let side: Int
        let cases: [Case]
    }

    private func crop(_ golden: Golden.Case, _ side: Int, in size: PictureSize) -> ResizedCrop {
        guard let window = golden.window else {
            let resized = golden.resized ?? side
            let start = golden.start ?? [0, 0]
            return ResizedCrop(
                window: PictureWindow(whole: size),
                resized: PictureSize(width: resized, height: resized),
                crop: PictureWindow(x: start[1], y: start[0], width: side, height: side),
                isMirrored: golden.mirrored
            )
        }
        let colours = golden.colours ?? [:]
        let brightness = colours["brightness"] ?? 0
        return ResizedCrop(
            window: PictureWindow(x: window[1], y: window[0], width: window[3], height: window[2]),
            resized: PictureSize(width: side, height: side),
            isMirrored: golden.mirrored,
            colours: colours["saturation"].map { .saturation(brightness: brightness, factor: $0) }
                ?? .chroma(
                    brightness: brightness,
                    blue: colours["cb"] ?? 0,
                    red: colours["cr"] ?? 0
                )
        )
    }

    @Test("equal TensorFlow's, given the draws", arguments: 0..<8)
    func golden(index: Int) throws {
        let json = Data(try Fixture.bytes("augment/training/expected.json"))
        let golden = try JSONDecoder().decode(Golden.self, from: json)
        let chosen = golden.cases[index]
        let name = chosen.window == nil ? "reid" : "inception_331"
        let preprocessing = try Preprocessing(name: name, imageSize: golden.side)
        let expected = try GoldenArray("augment/training/\(chosen.file)").values
        let bytes = try Fixture.bytes("pictures/images/\(chosen.picture)")
        let decoder = try PictureDecoder()
        for layout in [PixelLayout.nhwc, .nchw] {
            var output = [Float](repeating: .nan, count: 3 * golden.side * golden.side)
            var span = output.mutableSpan
            try unsafe decoder.prepareResized(
                bytes.span.bytes,
                as: preprocessing,
                layout: layout,
                into: &span,
                choose: { crop(chosen, golden.side, in: $0) }
            )
            let plane = golden.side * golden.side
            let values = output.indices.map { place in
                layout == .nhwc ? output[place] : output[place % 3 * plane + place / 3]
            }
            // Hue and saturation go through divisions, which the compilers order differently.
            let isSaturated = chosen.colours?["saturation"] != nil
            let worst = zip(values, expected).map { abs($0 - $1) }.max() ?? .nan
            if isSaturated {
                #expect(worst <= 3e-7)
            } else {
                #expect(values == expected, "\(worst)")
            }
        }
    }

    /// How often each tenth of a range is drawn.
    private func histogram(_ values: [Float], _ range: ClosedRange<Float>) -> [Int] {
        var counts = [Int](repeating: 0, count: 10)
        for value in values {
            let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
            counts[min(max(Int(share * 10), 0), 9)] += 1
        }
        return counts
    }

    @Test("of reid are of both sizes, mirrored half of the time, and cut out anywhere")
    func sizes() throws {
        var random = SplitMix64(seed: 4)
        let size = PictureSize(width: 500, height: 400)
        let crops = (0..<4000).compactMap { _ in
            PictureDistortion.Style.twoSizes.crop(of: size, side: 224, using: &random)
        }
        let larger = crops.filter { $0.resized.width == 256 }
        #expect(abs(larger.count - 2000) < 150)
        #expect(abs(crops.count(where: \.isMirrored) - 2000) < 150)
        #expect(crops.allSatisfy { $0.crop.width == 224 && $0.crop.height == 224 })
        #expect(Set(larger.map(\.crop.x)) == Set(0...32))
        #expect(Set(larger.map(\.crop.y)) == Set(0...32))
        #expect(
            crops.filter { $0.resized.width == 224 }.allSatisfy { $0.crop.x == 0 && $0.crop.y == 0 }
        )
    }

    @Test("of inception have colours from the whole of their ranges, all as often")
    func colours() throws {
        var random = SplitMix64(seed: 9)
        let fast = ColourDistortion(isFast: true, blueRange: 0.2, redRange: 0.05)
        var (brightness, blue, red): ([Float], [Float], [Float]) = ([], [], [])
        var factors: [Float] = []
        for _ in 0..<5000 {
            if case .chroma(let shift, let one, let other) = fast.draw(using: &random) {
                brightness.append(shift)
                blue.append(one)
                red.append(other)
            }
            let slow = ColourDistortion(isFast: false)
            if case .saturation(let shift, let factor) = slow.draw(using: &random) {
                brightness.append(shift)
                factors.append(factor)
            }
        }
        for (values, range) in [
            (brightness, Float(-32) / 255...32 / 255), (blue, -0.2...0.2), (red, -0.05...0.05),
            (factors, 0.5...1.5),
        ] {
            #expect(values.allSatisfy(range.contains))
            let expected = values.count / 10
            for count in histogram(values, range) { #expect(abs(count - expected) < expected / 5) }
        }
    }

    @Test("of inception are windows of at least a tenth")
    func windows() throws {
        var random = SplitMix64(seed: 2)
        let size = PictureSize(width: 300, height: 200)
        let style = PictureDistortion.Style.colours(ColourDistortion(), .colours)
        for _ in 0..<500 {
            let crop = try #require(style.crop(of: size, side: 331, using: &random))
            #expect(crop.window.width * crop.window.height >= 6000)
            #expect(crop.resized == PictureSize(width: 331, height: 331))
            #expect(crop.colours != nil)
        }
    }
}
