import Pictures
import TestSupport
import Testing

/// Whatever the bytes are, a decoder throws or returns.
@Suite struct HostilePictureTests {
    /// Files small enough to try thousands of variants.
    static let files = [
        "images/one-pixel.jpg", "images/small-upscaled.jpg", "made/interlaced.gif",
        "made/colours-256.gif", "made/palette-4-alpha.png", "made/grey-2-interlaced.png",
        "made/rgb-alpha-16-interlaced.png",
    ]

    private func attempt(_ decoder: PictureDecoder, _ bytes: [UInt8], as type: Preprocessing) {
        _ = try? decoder.decoded(bytes)
        _ = try? decoder.prepared(bytes, as: type)
        _ = try? unsafe decoder.decode(
            bytes.span.bytes,
            window: PictureWindow(x: 1, y: 1, width: 2, height: 1)
        )
    }

    @Test("every truncation of a small file throws", arguments: files)
    func truncation(file: String) throws {
        let bytes = try Fixture.bytes("pictures/\(file)")
        let decoder = try PictureDecoder()
        for length in 0..<bytes.count {
            #expect(throws: PictureError.self, "\(length) bytes") {
                try decoder.decoded(Array(bytes.prefix(length)))
            }
        }
    }

    @Test("flipped bits never trap", arguments: files)
    func flips(file: String) throws {
        let bytes = try Fixture.bytes("pictures/\(file)")
        let decoder = try PictureDecoder()
        let preprocessing = try Preprocessing(name: "imagenet", imageSize: 16)
        var random = Uniform("flips/\(file)")
        for _ in 0..<600 {
            var broken = bytes
            for _ in 0..<Int((random.next() ?? 0) * 4) + 1 {
                let place = Int((random.next() ?? 0) * Float(bytes.count))
                broken[place] ^= 1 << UInt8((random.next() ?? 0) * 8)
            }
            attempt(decoder, broken, as: preprocessing)
        }
        #expect(throws: Never.self) { try decoder.decoded(bytes) }
    }

    @Test("bytes of a header replaced by extremes never trap", arguments: files)
    func extremes(file: String) throws {
        let bytes = try Fixture.bytes("pictures/\(file)")
        let decoder = try PictureDecoder()
        let preprocessing = try Preprocessing(name: "imagenet", imageSize: 16)
        for place in 0..<min(bytes.count, 400) {
            for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
                var broken = bytes
                broken[place] = value
                attempt(decoder, broken, as: preprocessing)
            }
        }
        #expect(throws: Never.self) { try decoder.decoded(bytes) }
    }

    @Test("a JPEG that claims more pixels than its bytes can hold is refused before any is decoded")
    func bomb() throws {
        var bytes = try Fixture.bytes("pictures/images/small-upscaled.jpg")
        let frame = try #require(
            bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 }
        )
        for offset in [5, 7] {
            bytes[frame + offset] = 0xFD
            bytes[frame + offset + 1] = 0xE8
        }
        let refusal = PictureError.tooLarge(width: 65000, height: 65000, byteCount: bytes.count)
        #expect(throws: refusal) { try PictureDecoder().decoded(bytes) }
    }

    @Test("a progressive JPEG with more scans than its size warrants is refused")
    func scans() throws {
        let bytes = try Fixture.bytes("pictures/images/progressive-420.jpg")
        let last = try #require(
            bytes.indices.dropLast().last { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA }
        )
        let scan = bytes[last..<bytes.count - 2]
        var repeated = Array(bytes.dropLast(2))
        for _ in 0..<600 { repeated += scan }
        repeated += [0xFF, 0xD9]
        #expect(throws: PictureKind(name: "damaged JPEG")) {
            try PictureDecoder().kind(of: repeated)
        }
    }

    @Test("a GIF that claims more pixels than its bytes can hold is refused")
    func gifBomb() throws {
        var bytes = try Fixture.bytes("pictures/made/one-bit.gif")
        let frame = 13 + 6 + 9
        #expect(bytes[frame] == 0x2C)
        for offset in 5...8 { bytes[frame + offset] = 0xFF }
        let refusal = PictureError.tooLarge(width: 65535, height: 65535, byteCount: bytes.count)
        #expect(throws: refusal) { try PictureDecoder().decoded(bytes) }
    }

    @Test("a PNG that claims more pixels than its bytes can hold is refused")
    func pngBomb() throws {
        let bytes = try Fixture.bytes("pictures/made/huge.png")
        let refusal = PictureError.tooLarge(width: 60000, height: 60000, byteCount: bytes.count)
        #expect(throws: refusal) { try PictureDecoder().decoded(bytes) }
    }

    @Test("the longest and thinnest pictures are prepared without making them large")
    func thin() throws {
        // One row of 12,000 grey pixels: a resize of the whole would be three million columns wide.
        let bytes = try Fixture.bytes("pictures/made/thin.png")
        let values = try PictureDecoder().prepared(bytes, as: Preprocessing(name: "imagenet"))
        #expect(values.allSatisfy { $0.isFinite })
    }
}
