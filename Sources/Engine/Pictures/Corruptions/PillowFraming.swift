/// How the published generator cuts a square out of a picture: resized by Pillow's bilinear filter so that the shorter side
/// has a given length, then the middle.
public struct PillowFraming: Equatable, Sendable {
    /// The length of the shorter side, in pixels.
    public let resize: Int
    /// The side of the square.
    public let crop: Int

    /// A framing.
    ///
    /// - Precondition: the square is not larger than the resized picture, and its side is one of ``Corruptor/sides``.
    public init(resize: Int, crop: Int) {
        precondition(
            crop <= resize && Corruptor.sides.contains(crop),
            "a square of \(crop) from \(resize)"
        )
        self.resize = resize
        self.crop = crop
    }

    /// How large a picture becomes, and where its square begins.
    public func view(of size: PictureSize) -> (resized: PictureSize, window: PictureWindow) {
        var resized = PictureSize(width: resize, height: resize)
        if size.height > size.width {
            resized.height = Int(Double(resize) * (Double(size.height) / Double(size.width)))
        } else {
            resized.width = Int(Double(resize) * (Double(size.width) / Double(size.height)))
        }
        let window = PictureWindow(
            x: (resized.width - crop) / 2,
            y: (resized.height - crop) / 2,
            width: crop,
            height: crop
        )
        return (resized, window)
    }

    /// The square of a picture.
    public func square(of picture: Picture) -> Picture {
        let size = picture.size
        let (resized, window) = view(of: size)
        let columns = PillowAxis(
            .init(
                .bilinear,
                size.width,
                to: resized.width,
                crop: window.x..<window.x + crop
            )
        )
        var rows = PillowAxis(
            .init(
                .bilinear,
                size.height,
                to: resized.height,
                crop: window.y..<window.y + crop
            )
        )
        let needed = rows.moveToStart()
        let start = 3 * size.width * needed.lowerBound
        let source = Array(picture.pixels[start..<start + 3 * size.width * needed.count])
        var narrow = [UInt8](repeating: 0, count: 3 * crop * needed.count)
        columns.resampleRows(source, width: size.width, rows: needed.count, into: &narrow)
        var pixels = [UInt8](repeating: 0, count: 3 * crop * crop)
        rows.resampleColumns(narrow, width: crop, into: &pixels)
        return Picture(size: PictureSize(width: crop, height: crop), pixels: pixels)
    }
}
