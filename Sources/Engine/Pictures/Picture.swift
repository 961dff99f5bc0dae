/// The extents of a picture, in pixels.
public struct PictureSize: Equatable, Hashable, Sendable {
    /// Columns.
    public var width: Int
    /// Rows.
    public var height: Int

    /// A size of `width` columns and `height` rows.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}

/// A rectangle of a picture, in pixels.
public struct PictureWindow: Equatable, Hashable, Sendable {
    /// The first column.
    public var x: Int
    /// The first row.
    public var y: Int
    /// Columns.
    public var width: Int
    /// Rows.
    public var height: Int

    /// A rectangle that begins at column `x` and row `y`.
    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// The rectangle that is the whole picture.
    public init(whole size: PictureSize) {
        self.init(x: 0, y: 0, width: size.width, height: size.height)
    }

    /// Whether it holds a pixel and lies inside a picture of this size.
    func fits(_ size: PictureSize) -> Bool {
        x >= 0 && y >= 0 && width > 0 && height > 0 && width <= size.width
            && height <= size.height && x <= size.width - width && y <= size.height - height
    }
}

/// A decoded picture: `[height, width, 3]` bytes, red, green and blue side by side.
public struct Picture: Equatable, Sendable {
    /// Its extents.
    public let size: PictureSize
    /// `3 * size.width * size.height` values of 0...255, row by row.
    public internal(set) var pixels: [UInt8]

    /// A picture of pixels that are there already.
    ///
    /// - Precondition: there are three for each place.
    public init(size: PictureSize, pixels: [UInt8]) {
        precondition(
            pixels.count == 3 * size.width * size.height,
            "\(pixels.count) values for \(size.width)x\(size.height) pixels of three channels"
        )
        self.size = size
        self.pixels = pixels
    }
}
