internal import CZlib

/// A zlib stream (RFC 1950) that lies in memory as a whole.
package enum ZlibStream {
    /// What can be wrong with a stream.
    package enum Fault: Error, Equatable {
        /// The stream breaks zlib's rules, ends too early, or its checksum is wrong.
        case malformed
        /// There is more in it than was allowed for.
        case tooLarge
    }

    private static let pieceSize = 1 << 16

    /// The bytes in a stream.
    ///
    /// Memory grows with what comes out, never with what is promised.
    ///
    /// - Parameters:
    ///   - stream: The compressed bytes; what follows the stream's end is not looked at.
    ///   - limit: The most bytes that may come out.
    /// - Returns: The bytes.
    /// - Throws: ``Fault``.
    package static func decompressed(
        _ stream: [UInt8],
        limit: Int
    ) throws(Fault) -> [UInt8] {
        var state = unsafe z_stream()
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(&state, MAX_WBITS, ZLIB_VERSION, size) == Z_OK else {
            throw .malformed
        }
        defer { unsafe inflateEnd(&state) }
        var input = stream
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: pieceSize)
        let count = input.count
        guard count <= Int(uInt.max) else { throw .tooLarge }
        let status: Int32 = unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe state.next_in = input.baseAddress
            unsafe state.avail_in = uInt(count)
            while true {
                let status = unsafe piece.withUnsafeMutableBufferPointer { piece in
                    unsafe state.next_out = piece.baseAddress
                    unsafe state.avail_out = uInt(pieceSize)
                    return unsafe inflate(&state, Z_NO_FLUSH)
                }
                let filled = unsafe pieceSize - Int(state.avail_out)
                output += piece.prefix(filled)
                if output.count > limit { return Z_MEM_ERROR }
                if status != Z_OK { return status }
                if filled == 0 { return Z_BUF_ERROR }
            }
        }
        switch status {
        case Z_STREAM_END: return output
        case Z_MEM_ERROR: throw .tooLarge
        default: throw .malformed
        }
    }
}
