import Pictures
import TestSupport
import Testing

/// Parts of a preparation against TensorFlow 2.15's own values.
@Suite struct PreprocessingPartsTests {
    /// Parts, said in a closure.
    private static func parts(
        _ change: (inout PreprocessingParts) -> Void
    ) -> PreprocessingParts {
        var parts = PreprocessingParts()
        change(&parts)
        return parts
    }

    private static let folder = "pictures/parts"

    private func picture() throws -> Picture {
        Picture(
            size: PictureSize(width: 26, height: 19),
            pixels: try Fixture.bytes("\(Self.folder)/picture.rgb")
        )
    }

    private func expected(_ name: String) throws -> [Float] {
        let bytes = try Fixture.bytes("\(Self.folder)/\(name).f32")
        return stride(from: 0, to: bytes.count, by: 4).map { place in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << (8 * $1) })
        }
    }

    private func compare(_ name: String, _ preprocessing: Preprocessing, within bound: Float) throws
    {
        let (found, wanted) = (try preprocessing.prepare(picture()), try expected(name))
        #expect(found.count == wanted.count)
        let worst = zip(found, wanted).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst <= bound, "\(name): \(worst)")
    }

    @Test(
        "every rule, smaller and larger, within 1e-6 of the largest value",
        arguments: ResizeRule.allCases,
        [11, 32]
    )
    func rules(rule: ResizeRule, side: Int) throws {
        var parts = PreprocessingParts()
        parts.rule = rule
        let preprocessing = try Preprocessing(name: "raw", imageSize: side, parts: parts)
        try compare("\(rule.rawValue)-\(side)", preprocessing, within: 255e-6)
        if rule.method == .nearest {
            #expect(try preprocessing.prepare(picture()) == expected("\(rule.rawValue)-\(side)"))
        }
    }

    @Test("the shorter side, then a cut; scale, means and deviations")
    func center() throws {
        var parts = PreprocessingParts()
        (parts.cropMode, parts.cropShare) = (.center, 0.75)
        parts.rule = .bilinearHalfPixel
        parts.pixelScale = PreprocessingParts.number("1/255")
        parts.mean = [0.485, 0.456, 0.406]
        parts.deviation = [0.229, 0.224, 0.225]
        let name = try Preprocessing(name: "raw", imageSize: 24, parts: parts)
        try compare("center", name, within: 5e-6)
        // Whatever the name says of a part, the part goes before it.
        for other in ["keras_caffe", "imagenet_096", "efficientnet", "slim_inception"] {
            var parts = parts
            parts.isReversed = false
            let preprocessing = try Preprocessing(name: other, imageSize: 24, parts: parts)
            try compare("center", preprocessing, within: 5e-6)
        }
    }

    @Test("the middle of each side, by area; one mean for all, blue first")
    func squash() throws {
        var parts = PreprocessingParts()
        (parts.cropMode, parts.cropShare) = (.squash, 0.6)
        (parts.rule, parts.mean, parts.isReversed) = (.area, [110], true)
        let preprocessing = try Preprocessing(name: "raw", imageSize: 16, parts: parts)
        try compare("squash", preprocessing, within: 255e-6)
    }

    @Test("a square in the middle, bicubic with centres")
    func square() throws {
        var parts = PreprocessingParts()
        (parts.cropMode, parts.cropShare) = (.square, 0.8)
        (parts.rule, parts.pixelScale, parts.mean) = (.bicubicHalfPixel, 2 / 255, [1])
        let preprocessing = try Preprocessing(name: "raw", imageSize: 20, parts: parts)
        try compare("square", preprocessing, within: 5e-6)
    }

    @Test("all of the shorter side, the nearest pixels, one deviation")
    func nearest() throws {
        var parts = PreprocessingParts()
        (parts.cropMode, parts.cropShare) = (.center, 1)
        (parts.rule, parts.deviation) = (.nearestAlignCorners, [64])
        let preprocessing = try Preprocessing(name: "raw", imageSize: 30, parts: parts)
        try compare("nearest", preprocessing, within: 1e-6)
    }

    @Test("a share alone keeps the name's way of cutting, a way alone its share")
    func halves() throws {
        var share = PreprocessingParts()
        share.cropShare = 0.5
        #expect(
            try Preprocessing(name: "imagenet", parts: share).framing == .shorterSide(448)
        )
        #expect(try Preprocessing(name: "hub", parts: share).framing == .middle(share: 0.5))
        #expect(
            try Preprocessing(name: "efficientnet", parts: share).framing
                == .middleSquare(share: 0.5)
        )
        var way = PreprocessingParts()
        way.cropMode = .squash
        #expect(try Preprocessing(name: "imagenet", parts: way).framing == .middle(share: 0.875))
        way.cropMode = .center
        #expect(try Preprocessing(name: "imagenet", parts: way).framing == .shorterSide(256))
        #expect(try Preprocessing(name: "hub", parts: way).framing == .shorterSide(224))
    }

    @Test(
        "what may not be as it was meant is said, with the flag that settles it",
        arguments: [
            ("imagenet", Self.parts { $0.mean = [0.485, 0.456, 0.406] }, "--pixel-scale=1/255"),
            ("hub", Self.parts { $0.mean = [123.68, 116.78, 103.94] }, "--pixel-scale=1"),
            ("raw", Self.parts { $0.deviation = [0.229] }, "--pixel-scale=1"),
            ("keras_tf", Self.parts { $0.cropShare = 0.875 }, "--crop-mode=center"),
            ("hub", Self.parts { $0.cropMode = .center }, "--crop-pct=1"),
            ("imagenet", Self.parts { $0.pixelScale = 1 / 255 }, "--mean"),
            ("keras_torch", Self.parts { ($0.pixelScale, $0.mean) = (1, [120]) }, "--std"),
        ]
    )
    func doubts(
        name: String,
        parts: PreprocessingParts,
        flag: String
    ) throws {
        #expect(try Preprocessing(name: name).doubts.isEmpty)
        let doubts = try Preprocessing(name: name, parts: parts).doubts
        #expect(doubts.count == 1 && doubts[0].contains(flag), "\(doubts)")
    }

    @Test(
        "what no preparation can have is refused",
        arguments: [
            (Self.parts { $0.cropShare = 0 }, "crop_pct"),
            (Self.parts { $0.cropShare = .nan }, "crop_pct"),
            (Self.parts { $0.pixelScale = 0 }, "pixel_scale"),
            (Self.parts { $0.pixelScale = 1e300 }, "pixel_scale"),
            (Self.parts { $0.mean = [1, 2] }, "mean"),
            (Self.parts { $0.mean = [.infinity] }, "mean"),
            (Self.parts { $0.deviation = [0] }, "std"),
            (Self.parts { $0.deviation = [1, 1, -1] }, "std"),
            (Self.parts { $0.deviation = [1e-300] }, "std"),
        ]
    )
    func impossible(
        parts: PreprocessingParts,
        flag: String
    ) throws {
        #expect {
            try Preprocessing(name: "raw", parts: parts)
        } throws: { error in
            guard case PictureError.impossiblePart(let name, _, _) = error else { return false }
            return name == flag
        }
    }

    @Test("numbers may be fractions, and lists have one or three")
    func texts() {
        #expect(PreprocessingParts.number("1/4") == 0.25)
        #expect(PreprocessingParts.number("2.5e-1") == 0.25)
        for text in ["", "1/", "/2", "1/0", "1/2/3", "x", "nan", "inf"] {
            #expect(PreprocessingParts.number(text) == nil, "\(text)")
        }
        #expect(PreprocessingParts.channels("1, 2,3/4") == [1, 2, 0.75])
        #expect(PreprocessingParts.channels("0.5") == [0.5])
        for text in ["", "1,2", "1,2,3,4", "1,,3"] {
            #expect(PreprocessingParts.channels(text) == nil, "\(text)")
        }
    }
}
