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
        try unsafe file(quality: quality) { file, count, message in
            unsafe cjpeg_write(
                pixels,
                UInt32(size.width),
                UInt32(size.height),
                Int32(quality),
                file,
                count,
                message.baseAddress,
                message.count
            )
        }
    }

    /// The picture as a JPEG file with halved colour planes and Huffman tables of its own.
    ///
    /// The bytes are those of Pillow's `save(quality=quality, optimize=True)` over a library of the variant.
    ///
    /// - Parameters:
    ///   - quality: 1...100; the published corruptions take 85.
    ///   - variant: Whose arithmetic the colour planes have.
    ///   - isSmall: Whether the tables are the file's own. Others take less time and more bytes, and decode to the same pixels.
    /// - Returns: The bytes of the file.
    /// - Throws: ``PictureError``, as ``jpeg(quality:)`` does.
    /// - Precondition: the quality is within its range.
    public func optimizedJPEG(
        quality: Int,
        variant: JPEGVariant,
        isSmall: Bool = true
    ) throws(PictureError) -> [UInt8] {
        var coefficients: [Int16] = []
        if variant == .ijg9 { coefficients = self.coefficients(quality: quality, variant) }
        return try unsafe file(quality: quality) { file, count, message in
            let (width, height) = (UInt32(size.width), UInt32(size.height))
            switch variant {
            case .turbo:
                return unsafe cjpeg_write_plain(
                    pixels,
                    width,
                    height,
                    Int32(quality),
                    isSmall,
                    file,
                    count,
                    message.baseAddress,
                    message.count
                )
            case .ijg9:
                return unsafe cjpeg_write_coefficients(
                    coefficients,
                    width,
                    height,
                    Int32(quality),
                    isSmall,
                    file,
                    count,
                    message.baseAddress,
                    message.count
                )
            }
        }
    }

    /// Has a file written and takes it over.
    private func file(
        quality: Int,
        _ write: (
            UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>,
            UnsafeMutablePointer<Int>,
            UnsafeMutableBufferPointer<CChar>
        ) -> Bool
    ) throws(PictureError) -> [UInt8] {
        precondition((1...100).contains(quality), "quality \(quality)")
        let sides = 1...Self.longestSide
        guard sides.contains(size.width), sides.contains(size.height) else {
            throw .tooLarge(width: size.width, height: size.height, byteCount: pixels.count)
        }
        var file: UnsafeMutablePointer<UInt8>?
        var count = 0
        var message = [CChar](repeating: 0, count: 256)
        let isWritten = unsafe message.withUnsafeMutableBufferPointer { message in
            unsafe write(&file, &count, message)
        }
        guard isWritten, let start = unsafe file else {
            let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw .damaged(.jpeg, offset: 0, reason: String(decoding: text, as: UTF8.self))
        }
        defer { unsafe cjpeg_free(start) }
        return unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }
}
