/// Writes a TFRecord file; ``RecordReader`` shows the layout.
///
/// The file has its name when ``finish()`` returns.
public final class RecordWriter {
    private let file: AtomicFile
    private let deflater: Deflater?
    private var isComplete = false
    /// The number of records written so far.
    public private(set) var count = 0

    /// Begins a file.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    public init(
        path: String,
        compression: RecordCompression = .none
    ) throws(CheckpointError) {
        file = try AtomicFile(path: path)
        deflater = compression == .none ? nil : try Deflater(file, compression)
    }

    /// Writes a record, which may come in two pieces.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    public func write(_ record: RawSpan, _ end: [UInt8] = []) throws(CheckpointError) {
        let frame = unsafe RecordFrame(record, end.span.bytes)
        try send(unsafe frame.header.span.bytes)
        try send(record)
        try send(unsafe end.span.bytes)
        try send(unsafe frame.trailer.span.bytes)
        count += 1
    }

    /// Completes the file, which gets its name by ``finish()`` only, so that several can get theirs together.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    public func close() throws(CheckpointError) {
        guard !isComplete else { return }
        isComplete = true
        try deflater?.finish()
        try file.close()
    }

    /// Completes the file and gives it its name.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    public func finish() throws(CheckpointError) {
        try close()
        try file.commit()
    }

    private func send(_ bytes: RawSpan) throws(CheckpointError) {
        if let deflater {
            try deflater.write(bytes)
        } else {
            try file.write(bytes)
        }
    }
}

/// What stands before and behind a record's bytes.
struct RecordFrame {
    /// The length and its checksum.
    let header: [UInt8]
    /// The checksum of the bytes.
    let trailer: [UInt8]

    init(_ record: RawSpan, _ end: RawSpan = RawSpan()) {
        var header: [UInt8] = []
        header.append(word64: UInt64(record.byteCount + end.byteCount))
        let checksum = unsafe CRC32C(header.span.bytes)
        header.append(word32: checksum.masked)
        self.header = header
        var bytes = CRC32C(record)
        bytes.extend(end)
        var trailer: [UInt8] = []
        trailer.append(word32: bytes.masked)
        self.trailer = trailer
    }
}
