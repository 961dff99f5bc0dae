/// What a file may claim about its extents before memory or time is spent on it.
///
/// A picture may have fewer than 2²⁹ values (TensorFlow's own limit), and at most 2¹⁴ pixels for each byte
/// of its file. The densest honest files stay below that: PNG reaches 8,256 (one bit a pixel, deflate's
/// best of 1032), GIF 2,730, JPEG 512 in a scan. The same bound, divided by the pixels, limits the scans
/// of a progressive JPEG, each of which costs a pass over the whole picture.
enum PictureLimits {
    static let values = 1 << 29
    static let pixelsPerByte = 1 << 14
    static let scans = 500

    /// Throws unless a file of `byteCount` bytes may hold a picture of this size.
    static func check(
        _ size: PictureSize,
        channels: Int,
        byteCount: Int
    ) throws(PictureError) {
        let (pixels, tooMany) = size.width.multipliedReportingOverflow(by: size.height)
        let (values, tooManyValues) = pixels.multipliedReportingOverflow(by: channels)
        guard !tooMany, !tooManyValues, size.width > 0, size.height > 0, values < Self.values,
            pixels / pixelsPerByte <= byteCount
        else {
            throw .tooLarge(width: size.width, height: size.height, byteCount: byteCount)
        }
    }

    /// The most scans that a JPEG of this size, which ``check(_:channels:byteCount:)`` let pass, may have.
    static func scans(of size: PictureSize, byteCount: Int) -> Int {
        let pixels = size.width * size.height
        let (work, tooMuch) = byteCount.multipliedReportingOverflow(by: pixelsPerByte)
        return tooMuch ? scans : min(scans, max(1, work / pixels))
    }
}
