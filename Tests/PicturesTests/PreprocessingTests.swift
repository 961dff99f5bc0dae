import Pictures
import Testing

@Suite struct PreprocessingTests {
    @Test(
        "published spellings",
        arguments: [
            ("imagenet", 224, Preprocessing.Framing.shorterSide(256)),
            ("imagenet_224_256", 256, .shorterSide(292)),
            ("imagenet_224_256a", 256, .shorterSide(257)),
            ("imagenet_096", 96, .shorterSide(109)),
            ("imagenet_320a", 320, .shorterSide(321)),
            ("reid", 256, .square),
            ("reid_224", 224, .square),
            ("inception_331", 331, .middle(share: 0.875)),
            ("inception_600", 600, .middle(share: 0.875)),
        ]
    )
    func published(name: String, size: Int, framing: Preprocessing.Framing) throws {
        let preprocessing = try Preprocessing(name: name)
        #expect(preprocessing.name == name)
        #expect(preprocessing.imageSize == size)
        #expect(preprocessing.framing == framing)
        let isInception = name.hasPrefix("inception")
        #expect(preprocessing.dctMethod == (isInception ? .fast : .accurate))
        #expect(preprocessing.scale == (isInception ? Float(1.0 / 255) : 1))
        #expect(preprocessing.means == (isInception ? .none : .imagenet))
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "imagenet_", "imagenet_96", "imagenet_0960", "imagenet_+96", "imagenet_224a_",
            "imagenet_a", "imagenet_224_128", "Imagenet", "cifar", "imagenet_２２４",
        ]
    )
    func unknown(name: String) {
        #expect(throws: PictureError.unknownPreprocessing(name)) { try Preprocessing(name: name) }
    }

    @Test("the size can be replaced, within reason")
    func imageSize() throws {
        let preprocessing = try Preprocessing(name: "imagenet_224_256a", imageSize: 320)
        #expect(preprocessing.imageSize == 320)
        #expect(preprocessing.framing == .shorterSide(321))
        for size in [-1, 0, 7, 2049, .max] {
            #expect(throws: PictureError.imageSizeOutOfRange(size, 8...2048)) {
                try Preprocessing(name: "imagenet", imageSize: size)
            }
        }
        #expect(throws: PictureError.imageSizeOutOfRange(0, 8...2048)) {
            try Preprocessing(name: "imagenet_000")
        }
    }

    @Test("DCT methods by their published names")
    func dctMethods() throws {
        #expect(try DCTMethod(published: "INTEGER_FAST") == .fast)
        #expect(try DCTMethod(published: "INTEGER_ACCURATE") == .accurate)
        #expect(try DCTMethod(published: "") == .fast)
        #expect(throws: PictureError.unknownDCTMethod("FLOAT")) {
            try DCTMethod(published: "FLOAT")
        }
        let preprocessing = try Preprocessing(name: "imagenet", dctMethod: .fast)
        #expect(preprocessing.dctMethod == .fast)
    }

    @Test("the DCT method makes a difference")
    func methodsDiffer() throws {
        let bytes = try PictureGoldens.bytes("portrait-444.jpg")
        let decoder = try PictureDecoder()
        let accurate = try decoder.prepared(bytes, as: Preprocessing(name: "imagenet"))
        let fast = try decoder.prepared(
            bytes,
            as: Preprocessing(name: "imagenet", dctMethod: .fast)
        )
        #expect(accurate != fast)
    }
}
