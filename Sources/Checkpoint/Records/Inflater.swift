internal import CZlib

/// Decompresses a file piece by piece.
@safe
final class Inflater {
    private let file: MappedFile
    private let compression: RecordCompression
    private var stream = unsafe z_stream()
    private var consumed = 0
    private var hasEnded = false
    private var buffer: [UInt8] = []
    private var start = 0

    /// Bytes that are decompressed at once.
    private static let pieceSize = 1 << 18

    init(_ file: MappedFile, _ compression: RecordCompression) throws(CheckpointError) {
        self.file = file
        self.compression = compression
        // 16 more asks for gzip's header.
        let bits = MAX_WBITS + (compression == .gzip ? 16 : 0)
        guard
            unsafe inflateInit2_(
                &stream,
                bits,
                ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)
            ) == Z_OK
        else {
            throw .malformedCompression(path: file.path, offset: 0, reason: "out of memory")
        }
    }

    deinit { unsafe inflateEnd(&stream) }

    private func malformed(_ reason: String) -> CheckpointError {
        .malformedCompression(path: file.path, offset: consumed, reason: reason)
    }

    /// Decompresses until `count` bytes are there or the file ends; gives how many of them there are.
    func fill(_ count: Int) throws(CheckpointError) -> Int {
        while buffer.count - start < count, !hasEnded { try decompress() }
        return min(count, buffer.count - start)
    }

    /// Lends the first bytes that are there.
    func withBytes<Result>(_ count: Int, _ body: (RawSpan) -> Result) -> Result {
        precondition(count <= buffer.count - start, "\(count) bytes are not there")
        return unsafe buffer.withUnsafeBytes { bytes in
            unsafe body(UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count)]).bytes)
        }
    }

    /// Moves bytes to where they are wanted, without holding all of them; false if the file ends before.
    func read(into target: UnsafeMutableRawBufferPointer) throws(CheckpointError) -> Bool {
        var filled = 0
        while filled < target.count {
            let count = try fill(min(target.count - filled, Self.pieceSize))
            guard count > 0 else { return false }
            withBytes(count) { piece in
                unsafe piece.withUnsafeBytes { piece in
                    unsafe UnsafeMutableRawBufferPointer(rebasing: target[filled...])
                        .copyMemory(from: piece)
                }
            }
            drop(count)
            filled += count
        }
        return true
    }

    /// Leaves the first bytes behind.
    func drop(_ count: Int) {
        start += count
        if start >= Self.pieceSize {
            buffer.removeFirst(start)
            start = 0
        }
    }

    private func decompress() throws(CheckpointError) {
        guard consumed < file.count else {
            throw malformed("the file ends inside the compressed data")
        }
        let range = consumed..<min(file.count, consumed + Self.pieceSize)
        let input = try unsafe file.buffer(range)
        var status = Z_OK
        var left: uInt = 0
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { target, filled in
            unsafe stream.next_in = UnsafeMutablePointer(
                mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self)
            )
            unsafe stream.avail_in = uInt(input.count)
            unsafe stream.next_out = target.baseAddress
            unsafe stream.avail_out = uInt(Self.pieceSize)
            status = unsafe inflate(&stream, Z_NO_FLUSH)
            filled = unsafe Self.pieceSize - Int(stream.avail_out)
            left = unsafe stream.avail_in
        }
        consumed += range.count - Int(left)
        buffer += piece
        switch status {
        case Z_OK: return
        case Z_BUF_ERROR where !piece.isEmpty || left < uInt(range.count): return
        case Z_STREAM_END: try endMember()
        default:
            let reason = unsafe stream.msg.map { unsafe String(cString: $0) } ?? "damaged"
            throw malformed(reason)
        }
    }

    /// At the end of a gzip member another may follow; anything else behind the data is an error.
    private func endMember() throws(CheckpointError) {
        guard consumed < file.count else {
            hasEnded = true
            return
        }
        let rest = try unsafe file.buffer(consumed..<min(file.count, consumed + 2))
        guard compression == .gzip, rest.count == 2, unsafe rest[0] == 0x1F,
            unsafe rest[1] == 0x8B
        else { throw malformed("there is something behind the compressed data") }
        unsafe inflateReset(&stream)
    }
}
