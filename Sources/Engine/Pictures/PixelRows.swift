/// Decoded pixels that lie in a scratch: a window of a picture, 8-bit RGB.
///
/// Good until the scratch is used again.
@safe
struct PixelRows {
    /// The bytes that must be readable beyond the last pixel.
    static let slack = 16

    /// Which part of the picture this is.
    let window: PictureWindow
    /// From row to row, in bytes.
    let stride: Int
    /// The first pixel of the first row.
    let start: UnsafePointer<UInt8>

    /// The pixels without what lies between the rows.
    func copy() -> Picture {
        let rowBytes = 3 * window.width
        let pixels = unsafe [UInt8](unsafeUninitializedCapacity: rowBytes * window.height) {
            buffer,
            count in
            for row in 0..<window.height {
                let source = unsafe UnsafeBufferPointer(
                    start: start + row * stride,
                    count: rowBytes
                )
                let first = row * rowBytes
                _ = unsafe buffer[first..<first + rowBytes].initialize(fromContentsOf: source)
            }
            count = rowBytes * window.height
        }
        return Picture(
            size: PictureSize(width: window.width, height: window.height),
            pixels: pixels
        )
    }
}
