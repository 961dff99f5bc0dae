internal import CZlib

/// The first bytes of what a member of a zip file was compressed from; fewer where it ends or is damaged.
///
/// - Parameters:
///   - bytes: Bytes compressed by raw deflate.
///   - limit: The most bytes that are wanted.
/// - Returns: At most `limit` bytes.
package func inflatedStart(_ bytes: RawSpan, limit: Int) -> [UInt8] {
    var stream = unsafe z_stream()
    let version = ZLIB_VERSION
    // A negative number of window bits asks for deflate without a header.
    guard
        unsafe inflateInit2_(
            &stream,
            -MAX_WBITS,
            version,
            Int32(MemoryLayout<z_stream>.size)
        ) == Z_OK
    else { return [] }
    defer { unsafe _ = inflateEnd(&stream) }
    return unsafe bytes.withUnsafeBytes { input in
        unsafe [UInt8](unsafeUninitializedCapacity: limit) { target, filled in
            unsafe stream.next_in = UnsafeMutablePointer(
                mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self)
            )
            // Stored blocks take a few bytes more than they hold; anything else takes less.
            unsafe stream.avail_in = uInt(min(input.count, 2 * limit + 1024))
            unsafe stream.next_out = target.baseAddress
            unsafe stream.avail_out = uInt(limit)
            unsafe _ = inflate(&stream, Z_SYNC_FLUSH)
            filled = unsafe limit - Int(stream.avail_out)
        }
    }
}
