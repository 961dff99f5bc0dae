import Pictures
import TestSupport
import Testing

/// The files of `fixtures/pictures/made`, whose pixels are known by construction.
struct MadePicture: Decodable, Sendable {
    let width: Int
    let height: Int
    let pixels: String

    static func all() throws -> [String: MadePicture] {
        try Fixture.json("pictures/made/expected.json", as: [String: MadePicture].self)
    }

    static func names(_ ending: String) -> [String] {
        ((try? all())?.keys.filter { $0.hasSuffix(ending) } ?? []).sorted()
    }

    /// What went wrong, or nil.
    static func difference(_ name: String) throws -> String? {
        guard let expected = try all()[name] else { return "no expectation" }
        let bytes = try Fixture.bytes("pictures/made/\(name)")
        let picture = try PictureDecoder().decoded(bytes)
        guard picture.size == PictureSize(width: expected.width, height: expected.height) else {
            return "\(picture.size)"
        }
        let digits = Array(expected.pixels.utf8)
        let pixels = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
        return zip(pixels, picture.pixels).enumerated().first { $0.element.0 != $0.element.1 }
            .map { "value \($0.offset) is \($0.element.1), expected \($0.element.0)" }
    }
}

@Suite struct PNGTests {
    @Test("every colour type and depth becomes RGB", arguments: MadePicture.names(".png"))
    func pixels(name: String) throws {
        #expect(try MadePicture.difference(name) == nil)
    }

    @Test("every kind is there")
    func count() { #expect(MadePicture.names(".png").count == 21) }

    @Test("an early end is refused at every length")
    func truncation() throws {
        let bytes = try Fixture.bytes("pictures/made/rgb-alpha-16-interlaced.png")
        let decoder = try PictureDecoder()
        for length in 8..<bytes.count {
            #expect(throws: PictureKind(name: "damaged PNG"), "\(length) bytes") {
                try decoder.kind(of: Array(bytes.prefix(length)))
            }
        }
    }
}

/// Which error it is, without where.
struct PictureKind: Error, Equatable {
    let name: String
}

extension PictureDecoder {
    /// Decodes, and says only in which format the damage is.
    func kind(of bytes: [UInt8]) throws {
        do { try decoded(bytes) } catch .damaged(let format, _, _) {
            throw PictureKind(name: "damaged \(format)")
        }
    }
}
