internal import CJPEG

extension Picture {
    /// The longest side of a JPEG.
    private static let longestSide = 65_500

    /// The picture as a JPEG file with halved colour planes.
    ///
    /// The bytes are those of TensorFlow's `encode_jpeg(format='rgb')`, which uses the same library.
    ///
    /// - Parameter quality: 1...100; the published record builders take 100.
    /// - Returns: The bytes of the file.
    /// - Throws: ``PictureError/tooLarge(width:height:byteCount:)``, or ``PictureError/damaged(_:offset:reason:)`` with what
    ///   libjpeg says.
    /// - Precondition: the quality is within its range.
    public func jpeg(quality: Int = 100) throws(PictureError) -> [UInt8] {
        precondition((1...100).contains(quality), "quality \(quality)")
        let sides = 1...Self.longestSide
        guard sides.contains(size.width), sides.contains(size.height) else {
            throw .tooLarge(width: size.width, height: size.height, byteCount: pixels.count)
        }
        var file: UnsafeMutablePointer<UInt8>?
        var count = 0
        var message = [CChar](repeating: 0, count: 256)
        let isWritten = unsafe cjpeg_write(
            pixels,
            UInt32(size.width),
            UInt32(size.height),
            Int32(quality),
            &file,
            &count,
            &message,
            message.count
        )
        guard isWritten, let start = unsafe file else {
            let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw .damaged(.jpeg, offset: 0, reason: String(decoding: text, as: UTF8.self))
        }
        defer { unsafe cjpeg_free(start) }
        return unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }
}
