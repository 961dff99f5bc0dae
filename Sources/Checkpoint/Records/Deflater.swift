internal import CZlib

/// Compresses bytes on their way to a file.
@safe
final class Deflater {
    private let file: AtomicFile
    private var stream = unsafe z_stream()

    /// Compressed bytes that go out at once.
    private static let pieceSize = 1 << 18

    init(_ file: AtomicFile, _ compression: RecordCompression) throws(CheckpointError) {
        self.file = file
        // 16 more asks for gzip's header.
        let bits = MAX_WBITS + (compression == .gzip ? 16 : 0)
        guard
            unsafe deflateInit2_(
                &stream,
                Z_DEFAULT_COMPRESSION,
                Z_DEFLATED,
                bits,
                8,
                Z_DEFAULT_STRATEGY,
                ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)
            ) == Z_OK
        else { throw .unwritable(path: file.path, reason: "out of memory") }
    }

    deinit { unsafe deflateEnd(&stream) }

    func write(_ bytes: RawSpan) throws(CheckpointError) {
        var start = 0
        while start < bytes.byteCount {
            let end = min(bytes.byteCount, start + (1 << 30))
            try run(bytes.extracting(start..<end), Z_NO_FLUSH)
            start = end
        }
    }

    func finish() throws(CheckpointError) {
        let nothing: [UInt8] = []
        try unsafe run(nothing.span.bytes, Z_FINISH)
    }

    private func run(_ bytes: RawSpan, _ flush: Int32) throws(CheckpointError) {
        try unsafe bytes.withUnsafeBytes { input throws(CheckpointError) in
            unsafe stream.next_in = UnsafeMutablePointer(
                mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self)
            )
            unsafe stream.avail_in = uInt(input.count)
            var isFull = true
            while isFull {
                let piece = unsafe [UInt8](unsafeUninitializedCapacity: Self.pieceSize) {
                    target,
                    filled in
                    unsafe stream.next_out = target.baseAddress
                    unsafe stream.avail_out = uInt(Self.pieceSize)
                    unsafe _ = deflate(&stream, flush)
                    filled = unsafe Self.pieceSize - Int(stream.avail_out)
                }
                try file.write(piece)
                isFull = piece.count == Self.pieceSize
            }
        }
    }
}
