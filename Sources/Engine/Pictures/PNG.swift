import CPNG

/// libpng's reader.
///
/// Owns one `CPNGReader`.
@safe
struct PNG: ~Copyable {
    private let reader: OpaquePointer

    init() throws(PictureError) {
        guard let reader = unsafe cpng_create() else { throw .outOfMemory(byteCount: 0) }
        unsafe self.reader = reader
    }

    deinit { unsafe cpng_destroy(reader) }

    /// Reads the header.
    ///
    /// The bytes must stay until the pixels are read.
    func open(_ bytes: UnsafeRawBufferPointer) throws(PictureError) -> PictureSize {
        var (width, height) = (UInt32(0), UInt32(0))
        let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard unsafe cpng_open(reader, start, bytes.count, &width, &height) else { throw failure() }
        return PictureSize(width: Int(width), height: Int(height))
    }

    /// Decodes the whole opened file, whose size ``PictureLimits`` let pass, into the scratch.
    func read(_ size: PictureSize, scratch: inout Scratch) throws(PictureError) -> PixelRows {
        let stride = 3 * size.width
        let pixels = unsafe try scratch.room(for: stride * size.height + PixelRows.slack)
        let bytes = unsafe pixels.assumingMemoryBound(to: UInt8.self)
        guard unsafe cpng_read(reader, bytes, stride) else { throw failure() }
        return unsafe PixelRows(window: PictureWindow(whole: size), stride: stride, start: bytes)
    }

    private func failure() -> PictureError {
        .damaged(
            .png,
            offset: unsafe cpng_offset(reader),
            reason: unsafe String(cString: cpng_message(reader))
        )
    }
}
