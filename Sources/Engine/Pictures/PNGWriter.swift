internal import CPNG

extension Picture {
    /// The picture as a PNG file of eight bits a channel, without loss.
    ///
    /// - Parameter isSmall: Whether it is compressed.
    /// - Returns: The bytes of the file.
    /// - Throws: ``PictureError/damaged(_:offset:reason:)`` with what libpng says.
    public func png(isSmall: Bool = true) throws(PictureError) -> [UInt8] {
        var file: UnsafeMutablePointer<UInt8>?
        var count = 0
        var message = [CChar](repeating: 0, count: 256)
        let isWritten = unsafe cpng_write(
            pixels,
            UInt32(size.width),
            UInt32(size.height),
            isSmall,
            &file,
            &count,
            &message,
            message.count
        )
        guard isWritten, let start = unsafe file else {
            let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw .damaged(.png, offset: 0, reason: String(decoding: text, as: UTF8.self))
        }
        defer { unsafe cpng_free(start) }
        return unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }
}
