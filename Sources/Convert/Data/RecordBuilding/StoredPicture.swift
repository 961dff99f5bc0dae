internal import Pictures

/// A picture file as it goes into a record.
struct StoredPicture {
    /// The file's bytes: as they were, or a new JPEG.
    let bytes: [UInt8]
    /// The extents.
    let size: PictureSize
    /// The format by the usual ending: `jpg`, `png` or `gif`.
    let format: String

    private static let quality = 100

    /// Decodes a picture to see that it is whole, and writes it anew where that is needed.
    ///
    /// New are, as in the published builders, what calls itself a JPEG and is none, JPEGs of four inks, and what is cut; all
    /// of quality 100. Everything else keeps its bytes.
    ///
    /// - Parameters:
    ///   - file: The bytes of the file.
    ///   - name: The file's name.
    ///   - cut: The box to which the picture is cut, in pixels.
    ///   - decoder: Decodes.
    /// - Throws: `PictureError`.
    init(
        _ file: RawSpan,
        name: String,
        cut: ListedPicture.Box?,
        _ decoder: PictureDecoder
    ) throws(PictureError) {
        let picture = try decoder.decode(file)
        if let cut {
            let part = Self.part(of: picture, cut)
            (bytes, size, format) = (try part.jpeg(quality: Self.quality), part.size, "jpg")
            return
        }
        size = picture.size
        let found = try PictureFormat(sniffing: file)
        let isCalledJPEG = [".jpg", ".jpeg"].contains { name.lowercased().hasSuffix($0) }
        let hasFourInks = try decoder.hasFourInks(file)
        if hasFourInks || (isCalledJPEG && found != .jpeg) {
            (bytes, format) = (try picture.jpeg(quality: Self.quality), "jpg")
        } else {
            bytes = unsafe file.withUnsafeBytes { unsafe [UInt8]($0) }
            format = found == .jpeg ? "jpg" : found.rawValue
        }
    }

    /// The part of a picture in a box, which may hang over its edges but not miss it.
    private static func part(of picture: Picture, _ box: ListedPicture.Box) -> Picture {
        let whole = picture.size
        let left = max(0, min(Int(box.left), whole.width - 1))
        let top = max(0, min(Int(box.top), whole.height - 1))
        let right = max(left + 1, min(Int(box.right), whole.width))
        let bottom = max(top + 1, min(Int(box.bottom), whole.height))
        var pixels: [UInt8] = []
        pixels.reserveCapacity(3 * (right - left) * (bottom - top))
        for row in top..<bottom {
            let start = 3 * (row * whole.width + left)
            pixels += picture.pixels[start..<(start + 3 * (right - left))]
        }
        return Picture(
            size: PictureSize(width: right - left, height: bottom - top),
            pixels: pixels
        )
    }
}
