/// What a file may claim about its extents before memory or time is spent on it.
///
/// A picture may have fewer than 2²⁹ values, which is TensorFlow's own limit for JPEGs, and only so many pixels
/// for each byte of its file, a few times what the densest honest files have: JPEG 512 in a scan (one bit for a
/// block of 64), PNG 8,256 (one bit a pixel, deflate's best of 1032), GIF 2,730. A pixel may be visited by the
/// scans of a progressive JPEG so often that this adds up to 2¹⁴ visits for each byte.
enum PictureLimits {
    static let values = 1 << 29
    static let visitsPerByte = 1 << 14
    static let scans = 500

    private static func pixelsPerByte(_ format: PictureFormat) -> Int {
        switch format {
        case .jpeg: 1 << 11
        case .png, .gif: 1 << 14
        }
    }

    /// Throws unless a file of `byteCount` bytes may hold a picture of this size.
    static func check(
        _ size: PictureSize,
        format: PictureFormat,
        channels: Int = 3,
        byteCount: Int
    ) throws(PictureError) {
        let (pixels, tooMany) = size.width.multipliedReportingOverflow(by: size.height)
        let (values, tooManyValues) = pixels.multipliedReportingOverflow(by: channels)
        guard !tooMany, !tooManyValues, size.width > 0, size.height > 0, values < Self.values,
            pixels / pixelsPerByte(format) <= byteCount
        else {
            throw .tooLarge(width: size.width, height: size.height, byteCount: byteCount)
        }
    }

    /// The most scans that a JPEG of this size may have, which must be a size that was let pass.
    static func scans(of size: PictureSize, byteCount: Int) -> Int {
        let pixels = size.width * size.height
        let (visits, tooMany) = byteCount.multipliedReportingOverflow(by: visitsPerByte)
        return tooMany ? scans : min(scans, max(1, visits / pixels))
    }
}
