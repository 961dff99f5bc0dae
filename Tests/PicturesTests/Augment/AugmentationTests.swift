import Pictures
import TestSupport
import Testing

/// What TensorFlow made of one picture, operation by operation.
struct AugmentGoldens {
    struct Case: Decodable {
        let op: String
        let level: Int
        let argument: Float?

        /// The operation: by its level, but for translations, which the goldens have at a tenth of the
        /// published length so that something of the picture stays.
        var augmentation: Augmentation? {
            switch (AugmentKind(rawValue: op), argument) {
            case (.translateX, let pixels?): .translateX(pixels: pixels)
            case (.translateY, let pixels?): .translateY(pixels: pixels)
            case (let kind, _): kind?.augmentation(signedLevel: level)
            }
        }
    }

    static let size = PictureSize(width: 40, height: 48)
    static let byteCount = 3 * 40 * 48

    let cases: [Case]
    private let input: [UInt8]
    private let outputs: [UInt8]

    init() throws {
        cases = try Fixture.json("augment/cases.json", as: [Case].self)
        input = Array(try Fixture.bytes("augment/input.npy").suffix(Self.byteCount))
        outputs = Array(try Fixture.bytes("augment/outputs.npy").suffix(105 * Self.byteCount))
    }

    var picture: Picture { Picture(size: Self.size, pixels: input) }

    func output(_ index: Int) -> [UInt8] {
        Array(outputs[index * Self.byteCount..<(index + 1) * Self.byteCount])
    }
}

@Suite struct AugmentationTests {
    @Test("every operation gives TensorFlow's bytes", arguments: 0..<105)
    func golden(index: Int) throws {
        let goldens = try AugmentGoldens()
        let golden = goldens.cases[index]
        let augmentation = try #require(golden.augmentation)
        var picture = goldens.picture
        augmentation.apply(to: &picture)
        let expected = goldens.output(index)
        let different = zip(picture.pixels, expected).count { $0 != $1 }
        #expect(different == 0, "\(golden.op) \(golden.level)")
    }

    @Test("there are 105 cases")
    func count() throws {
        #expect(try AugmentGoldens().cases.count == 105)
    }

    @Test("published lengths of translations and cutouts")
    func lengths() {
        #expect(AugmentKind.translateX.augmentation(signedLevel: 3) == .translateX(pixels: 75))
        #expect(AugmentKind.translateY.augmentation(signedLevel: -10) == .translateY(pixels: -250))
        var random = SplitMix64(seed: 0)
        let size = PictureSize(width: 7, height: 9)
        for _ in 0..<100 {
            let cutout = AugmentKind.cutout.augmentation(level: 4, size: size, using: &random)
            guard case .cutout(40, 0..<7, 0..<9) = cutout else {
                Issue.record("\(cutout)")
                return
            }
        }
    }

    @Test("a cutout greys what lies inside its square and the picture")
    func cutout() throws {
        let before = try AugmentGoldens().picture
        for (pad, x, y) in [(5, 20, 20), (10, 0, 0), (30, 39, 47), (0, 3, 3), (100, 20, 20)] {
            var after = before
            Augmentation.cutout(pad: pad, x: x, y: y).apply(to: &after)
            for row in 0..<48 {
                for column in 0..<40 {
                    let isInside =
                        (x - pad..<x + pad).contains(column)
                        && (y - pad..<y + pad).contains(row)
                    for index in 3 * (row * 40 + column)..<3 * (row * 40 + column) + 3 {
                        let expected = isInside ? 128 : before.pixels[index]
                        #expect(after.pixels[index] == expected)
                    }
                }
            }
        }
    }

    @Test("no operation traps on the smallest pictures", arguments: AugmentKind.allCases)
    func small(kind: AugmentKind) {
        var random = SplitMix64(seed: 1)
        for (width, height) in [(1, 1), (1, 3), (2, 2), (3, 1), (5, 4)] {
            let size = PictureSize(width: width, height: height)
            for level in 0...10 {
                var picture = Picture(
                    size: size,
                    pixels: (0..<3 * width * height).map { UInt8($0 * 4) }
                )
                kind.augmentation(level: level, size: size, using: &random).apply(to: &picture)
                #expect(picture.pixels.count == 3 * width * height)
            }
        }
    }
}
