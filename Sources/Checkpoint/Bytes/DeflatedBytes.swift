internal import CZlib

/// Bytes compressed by deflate, without a header of their own, as zip has them.
package enum DeflatedBytes {
    /// What deflate makes of one byte at most, so that a size that a file states can be believed.
    package static let largestRatio = 1032

    /// The first bytes, decompressed; fewer than `limit` where there are no more; nil if the bytes are damaged.
    package static func prefix(_ bytes: RawSpan, _ limit: Int) -> [UInt8]? {
        let (start, isWhole) = start(bytes, limit)
        return isWhole ? start : nil
    }

    /// At most `limit` of the first bytes, decompressed as far as they are not damaged, and whether nothing was wrong.
    package static func start(_ bytes: RawSpan, _ limit: Int) -> (bytes: [UInt8], isWhole: Bool) {
        var stream = unsafe z_stream()
        guard
            unsafe inflateInit2_(
                &stream,
                -MAX_WBITS,
                ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)
            ) == Z_OK
        else { return ([], false) }
        defer { unsafe inflateEnd(&stream) }
        var isWhole = true
        let output = unsafe bytes.withUnsafeBytes { source in
            unsafe [UInt8](unsafeUninitializedCapacity: limit) { target, filled in
                var (read, status) = (0, Z_OK)
                // zlib counts in 32 bits.
                let most = 1 << 30
                while status == Z_OK, filled < limit, read <= source.count {
                    let given = min(most, source.count - read)
                    let room = min(most, limit - filled)
                    unsafe stream.next_in = UnsafeMutablePointer(
                        mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    ).map { unsafe $0 + read }
                    unsafe stream.avail_in = UInt32(given)
                    unsafe stream.next_out = target.baseAddress.map { unsafe $0 + filled }
                    unsafe stream.avail_out = UInt32(room)
                    status = unsafe inflate(&stream, Z_NO_FLUSH)
                    let (taken, made) = unsafe (
                        given - Int(stream.avail_in), room - Int(stream.avail_out)
                    )
                    read += taken
                    filled += made
                    if taken == 0, made == 0 { break }
                }
                isWhole = status == Z_STREAM_END || (status == Z_OK && filled == limit)
            }
        }
        return (output, isWhole)
    }
}
