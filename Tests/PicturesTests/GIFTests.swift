import Pictures
import TestSupport
import Testing

@Suite struct GIFTests {
    @Test("a single frame becomes RGB", arguments: MadePicture.names(".gif"))
    func pixels(name: String) throws {
        #expect(try MadePicture.difference(name) == nil)
    }

    @Test("every kind is there")
    func count() { #expect(MadePicture.names(".gif").count == 6) }

    @Test("several frames are refused, as TensorFlow refuses them")
    func animated() throws {
        let bytes = try Fixture.bytes("pictures/made/animated.gif")
        let decoder = try PictureDecoder()
        #expect(throws: PictureError.animated) { try decoder.decoded(bytes) }
    }

    @Test("a frame away from the corner is refused")
    func offCorner() throws {
        let bytes = try Fixture.bytes("pictures/made/off-corner.gif")
        let decoder = try PictureDecoder()
        #expect(
            throws: PictureError.damaged(
                .gif,
                offset: 35,
                reason: "the frame does not fill the canvas"
            )
        ) { try decoder.decoded(bytes) }
    }

    @Test("an early end is refused at every length")
    func truncation() throws {
        let bytes = try Fixture.bytes("pictures/made/interlaced.gif")
        let decoder = try PictureDecoder()
        for length in 4..<bytes.count {
            #expect(throws: PictureKind(name: "damaged GIF"), "\(length) bytes") {
                try decoder.kind(of: Array(bytes.prefix(length)))
            }
        }
    }

    @Test("a colour beyond the table is refused")
    func colourOutside() throws {
        var bytes = try Fixture.bytes("pictures/made/one-bit.gif")
        let frame = 13 + 6 + 9 + 10
        #expect(bytes[frame] == 2, "the code size, which allows four colours where there are two")
        bytes.replaceSubrange((frame + 1)..., with: [0x02, 0b1110_0100, 0b1, 0x00, 0x3B])
        bytes[frame - 5] = 1
        bytes[frame - 4] = 0
        bytes[frame - 3] = 1
        bytes[frame - 2] = 0
        let decoder = try PictureDecoder()
        #expect(throws: PictureKind(name: "damaged GIF")) {
            try decoder.kind(of: bytes)
        }
    }
}
