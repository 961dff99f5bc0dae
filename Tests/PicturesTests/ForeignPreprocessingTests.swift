import Pictures
import TestSupport
import Testing

/// How pictures are prepared for networks of other families.
@Suite struct ForeignPreprocessingTests {
    /// One colour, so that no resize matters.
    private func prepared(_ name: String) throws -> [Float] {
        let size = PictureSize(width: 40, height: 30)
        let pixels = (0..<(40 * 30)).flatMap { (_: Int) -> [UInt8] in [255, 128, 0] }
        let picture = Picture(size: size, pixels: pixels)
        return Array(try Preprocessing(name: name).prepare(picture).prefix(3))
    }

    @Test(
        "values are what the networks were trained with",
        arguments: [
            ("slim_inception_32", [1, 128 * 2 / 255 - 1, -1]),
            ("slim_vgg_32", [255 - 123.68, 128 - 116.78, -103.94]),
            ("keras_tf_32", [1, 128 / 127.5 - 1, -1]),
            ("keras_caffe_32", [-103.939, 128 - 116.779, 255 - 123.68]),
            (
                "keras_torch_32",
                [(1 - 0.485) / 0.229, (128.0 / 255 - 0.456) / 0.224, -0.406 / 0.225]
            ),
            ("hub_32", [1, 128.0 / 255, 0]),
            (
                "efficientnet_32",
                [(1 - 0.485) / 0.229, (128.0 / 255 - 0.456) / 0.224, -0.406 / 0.225]
            ), ("raw_32", [255, 128, 0]),
        ] as [(String, [Float])]
    )
    func values(name: String, expected: [Float]) throws {
        for (found, wanted) in zip(try prepared(name), expected) {
            #expect(abs(found - wanted) <= 1e-5 * max(abs(wanted), 1), "\(name): \(found)")
        }
    }

    /// Smaller and larger than what is cut out, against TensorFlow's own.
    @Test("EfficientNet's: a square from the middle, bicubic", arguments: [24, 40, 64])
    func bicubic(side: Int) throws {
        let folder = "pictures/efficientnet"
        let picture = Picture(
            size: PictureSize(width: 71, height: 53),
            pixels: try Fixture.bytes("\(folder)/picture.rgb")
        )
        let bytes = try Fixture.bytes("\(folder)/\(side).f32")
        let expected = stride(from: 0, to: bytes.count, by: 4).map { place in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << (8 * $1) })
        }
        let preprocessing = try Preprocessing(name: "efficientnet_\(side)")
        let found = try preprocessing.prepare(picture)
        #expect(found.count == expected.count)
        let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst <= 5e-6, "\(worst)")
    }

    @Test("a name may end in a size")
    func sizes() throws {
        #expect(try Preprocessing(name: "slim_inception").imageSize == 299)
        #expect(try Preprocessing(name: "hub_331").imageSize == 331)
        #expect(try Preprocessing(name: "keras_tf", imageSize: 160).imageSize == 160)
        for name in ["hub_", "hub_1", "hubris", "raw_12345", "keras_tf_a12"] {
            #expect(throws: PictureError.unknownPreprocessing(name)) {
                try Preprocessing(name: name)
            }
        }
    }
}
