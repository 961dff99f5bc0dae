import Checkpoint
import Pictures
import TestSupport
import Testing

@Suite("A picture written as a JPEG")
struct JPEGWriterTests {
    /// What TensorFlow's encoder makes of a picture at one quality.
    struct Encoded: Decodable, Sendable {
        let byteCount: Int
        let sha256: String
    }

    private static func all() throws -> [String: [String: Encoded]] {
        try Fixture.json("pictures/encoded.json", as: [String: [String: Encoded]].self)
    }

    static let names = ((try? all())?.keys.sorted()) ?? []

    @Test("has the bytes that TensorFlow writes", arguments: names)
    func bytes(name: String) throws {
        let expected = try #require(try Self.all()[name])
        let file = try Fixture.bytes("pictures/images/\(name)")
        let picture = try unsafe PictureDecoder().decode(file.span.bytes)
        for (quality, encoded) in expected {
            let found = try picture.jpeg(quality: try #require(Int(quality)))
            #expect(found.count == encoded.byteCount)
            let digest = unsafe SHA256.hex(of: found.span.bytes)
            #expect(digest == encoded.sha256)
        }
    }

    @Test("every kind is there")
    func count() { #expect(Self.names.count == 12) }

    @Test("is refused where its sides are longer than a JPEG's can be")
    func tooLong() {
        let picture = Picture(
            size: PictureSize(width: 65_501, height: 1),
            pixels: [UInt8](repeating: 0, count: 3 * 65_501)
        )
        #expect(
            throws: PictureError.tooLarge(width: 65_501, height: 1, byteCount: 3 * 65_501)
        ) { try picture.jpeg() }
    }
}
