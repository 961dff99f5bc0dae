import Pictures
import Testing
import TestSupport

/// What the published generator's framing makes of a file; see `fixtures/corruptions`.
private struct FramingGolden: Decodable, Sendable {
    let file: String
    let resize: Int
    let crop: Int
    let view: [Int]?
    let sha256: String?
    let turbo: String?

    enum CodingKeys: String, CodingKey {
        case file, resize, crop, sha256
        case view = "resized_w_h_left_top"
        case turbo = "sha256_turbo"
    }

    func bytes() throws -> [UInt8] {
        let folder = file == "c431x297.jpg" ? "corruptions" : "pictures/images"
        return try Fixture.bytes("\(folder)/\(file)")
    }
}

@Suite struct PillowFramingTests {
    @Test("squares are Pillow's to the bit, over both libraries", arguments: JPEGVariant.allCases)
    func squares(variant: JPEGVariant) throws {
        let goldens = try Fixture.json("corruptions/framing.json", as: [FramingGolden].self)
        #expect(goldens.count == 31)
        let decoder = try PillowDecoder(variant)
        for golden in goldens {
            let framing = PillowFraming(resize: golden.resize, crop: golden.crop)
            let bytes = try golden.bytes()
            guard let expected = variant == .turbo ? golden.turbo : golden.sha256 else {
                #expect(throws: PictureError.self) {
                    try decoder.decoded(bytes)
                }
                continue
            }
            let picture = try decoder.decoded(bytes)
            let square = framing.square(of: picture)
            #expect(PictureGoldens.hash(square.pixels) == expected, "\(golden.file)")
            guard let view = golden.view else { continue }
            let (resized, window) = framing.view(of: picture.size)
            #expect([resized.width, resized.height, window.x, window.y] == view)
        }
    }

    @Test("every length of a JPEG that is cut off is refused", arguments: JPEGVariant.allCases)
    func truncation(variant: JPEGVariant) throws {
        let decoder = try PillowDecoder(variant)
        for file in ["small-upscaled.jpg", "cmyk.jpg"] {
            let bytes = try Fixture.bytes("pictures/images/\(file)")
            for length in stride(from: 0, to: bytes.count - 64, by: 37) {
                #expect(throws: PictureError.self) {
                    try decoder.decoded(Array(bytes.prefix(length)))
                }
            }
        }
    }

    @Test("a JPEG with any byte changed is decoded or refused", arguments: JPEGVariant.allCases)
    func changes(variant: JPEGVariant) throws {
        let decoder = try PillowDecoder(variant)
        for file in ["small-upscaled.jpg", "odd-422.jpg", "progressive-420.jpg"] {
            let bytes = try Fixture.bytes("pictures/images/\(file)")
            let places = Array(0..<700) + Array(stride(from: 700, to: bytes.count, by: 997))
            for place in places where place < bytes.count {
                var changed = bytes
                changed[place] ^= UInt8(truncatingIfNeeded: 1 + place * 7 % 255)
                _ = try? decoder.decoded(changed)
            }
        }
    }
}
