import Pictures
import Testing

@Suite struct PictureDecoderTests {
    @Test("the goldens are all there")
    func goldens() {
        #expect(PictureGoldens.files.count == 12)
        #expect(PictureGoldens.prepared.count == 12 * 7)
    }

    @Test("decoded pixels equal TensorFlow's", arguments: PictureGoldens.files)
    func decoded(file: String) throws {
        let golden = try #require(PictureGoldens.results[file]?["decoded"])
        let picture = try PictureDecoder().decoded(PictureGoldens.bytes(file))
        #expect([picture.size.height, picture.size.width, 3] == golden.shape)
        #expect(PictureGoldens.hash(picture.pixels) == golden.sha256)
    }

    @Test("prepared pictures equal TensorFlow's", arguments: PictureGoldens.prepared)
    func prepared(file: String, type: String) throws {
        let golden = try #require(PictureGoldens.results[file]?[type])
        let preprocessing = try Preprocessing(name: type)
        #expect([preprocessing.imageSize, preprocessing.imageSize, 3] == golden.shape)
        let bytes = try PictureGoldens.bytes(file)
        let values = try PictureDecoder().prepared(bytes, as: preprocessing)
        #expect(PictureGoldens.hash(values) == golden.sha256)
    }

    @Test("planes of channels hold the same values", arguments: ["landscape-420.jpg", "gray.jpg"])
    func planes(file: String) throws {
        let bytes = try PictureGoldens.bytes(file)
        for type in ["imagenet", "inception_331"] {
            let preprocessing = try Preprocessing(name: type)
            let decoder = try PictureDecoder()
            let pixels = try decoder.prepared(bytes, as: preprocessing, layout: .nhwc)
            let planes = try decoder.prepared(bytes, as: preprocessing, layout: .nchw)
            let count = preprocessing.imageSize * preprocessing.imageSize
            let gathered = (0..<3 * count).map { planes[$0 % 3 * count + $0 / 3] }
            #expect(gathered == pixels)
        }
    }

    @Test("one decoder gives the same for picture after picture, good or bad")
    func reuse() throws {
        let decoder = try PictureDecoder()
        let preprocessing = try Preprocessing(name: "imagenet_096")
        for file in PictureGoldens.files + PictureGoldens.files.reversed() {
            #expect(throws: PictureError.self) {
                try decoder.decoded(PictureGoldens.bytes("truncated.jpg"))
            }
            let values = try decoder.prepared(PictureGoldens.bytes(file), as: preprocessing)
            let golden = try #require(PictureGoldens.results[file]?["imagenet_096"])
            #expect(PictureGoldens.hash(values) == golden.sha256)
        }
    }

    @Test("the tables of one picture do not serve the next")
    func tables() throws {
        let good = try PictureGoldens.bytes("small-upscaled.jpg")
        var bytes = good
        let table = try #require(
            bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDB }
        )
        bytes[table + 1] = 0xE5
        let decoder = try PictureDecoder()
        try decoder.decoded(good)
        #expect(throws: PictureKind(name: "damaged JPEG")) { try decoder.kind(of: bytes) }
    }

    @Test("what TensorFlow refuses is refused")
    func refused() throws {
        let decoder = try PictureDecoder()
        #expect(throws: PictureError.empty) {
            try decoder.decoded(PictureGoldens.bytes("empty.jpg"))
        }
        #expect(
            throws: PictureError.damaged(
                .gif,
                offset: 13,
                reason: "expected an extension, a frame or the end, found 0"
            )
        ) { try decoder.decoded(PictureGoldens.bytes("not-a-jpeg.jpg")) }
        #expect(
            throws: PictureError.damaged(.jpeg, offset: 40579, reason: "the data ends too early")
        ) { try decoder.decoded(PictureGoldens.bytes("truncated.jpg")) }
        let text = Array("neither".utf8)
        #expect(throws: PictureError.unknownFormat(start: text)) {
            try decoder.decoded(text)
        }
    }

    @Test(
        "a file that ends below what is seen is refused all the same",
        arguments: [1, 2, 10, 500]
    )
    func cutEnd(missing: Int) throws {
        let decoder = try PictureDecoder()
        let preprocessing = try Preprocessing(name: "imagenet")
        for file in ["landscape-420.jpg", "progressive-420.jpg", "restart.jpg", "really-png.jpg"] {
            let bytes = try PictureGoldens.bytes(file).dropLast(missing)
            #expect(throws: PictureError.self, "\(file)") {
                try decoder.prepared(Array(bytes), as: preprocessing)
            }
        }
    }

    @Test("the size comes from the header")
    func size() throws {
        let decoder = try PictureDecoder()
        for file in PictureGoldens.files {
            let shape = try #require(PictureGoldens.results[file]?["decoded"]).shape
            let bytes = try PictureGoldens.bytes(file)
            let size = try unsafe decoder.size(of: bytes.span.bytes)
            #expect(size == PictureSize(width: shape[1], height: shape[0]))
        }
    }

    @Test("errors are sentences")
    func descriptions() {
        #expect(
            "\(PictureError.damaged(.jpeg, offset: 7, reason: "the data ends too early"))"
                == "damaged JPEG picture at byte 7: the data ends too early"
        )
        #expect(
            "\(PictureError.windowOutside(PictureWindow(x: 1, y: 2, width: 3, height: 4), PictureSize(width: 3, height: 9)))"
                == "a window of 3x4 pixels at 1,2 does not lie inside a picture of 3x9"
        )
    }
}
