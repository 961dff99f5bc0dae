import Pictures
import Testing
import TestSupport

@Suite struct PNGWriterTests {
    @Test("a picture comes back from a PNG as it was", arguments: [(1, 1), (3, 257), (640, 33)])
    func roundTrip(width: Int, height: Int) throws {
        var state: UInt32 = 1
        let pixels = (0..<(3 * width * height)).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        }
        let picture = Picture(size: PictureSize(width: width, height: height), pixels: pixels)
        let file = try picture.png()
        let decoded = try unsafe PictureDecoder().decode(file.span.bytes)
        #expect(decoded == picture)
        let stored = try picture.png(isSmall: false)
        #expect(stored.count > 3 * width * height)
        #expect(try unsafe PictureDecoder().decode(stored.span.bytes) == picture)
    }
}
