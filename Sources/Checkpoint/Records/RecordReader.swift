/// The records of a TFRecord file, one after the other.
///
///     length, 8 bytes | masked CRC-32C of the length, 4 bytes | bytes | masked CRC-32C of the bytes, 4 bytes
///
/// Anything else at the end than the end of a record is an error. A compressed file is one such stream in gzip or zlib;
/// which it is, is seen from its first bytes. Records of a plain file are not copied.
public final class RecordReader {
    /// The path of the file.
    public let path: String
    /// How the file is compressed.
    public let compression: RecordCompression
    /// Whether there is more to come behind the last record, or behind the last error.
    public private(set) var canContinue = true

    private let file: MappedFile
    private var inflater: Inflater?
    private var lookahead: RecordLookahead?
    private var position = 0
    private var index = 0
    /// Up to where the file was known to be there when its size was last looked at.
    private var checkedEnd = 0
    /// Whether the last error was that the file ends inside a record, as one that is being written does.
    private(set) var endsInsideRecord = false

    /// Bytes that are lent between two looks at the file's size.
    private static let checkInterval = 1 << 20

    /// What a record of a compressed file can have more than the file.
    private static let inflatedLimit = 60_000_000

    /// Bytes around the bytes of a record.
    static let headerSize = 12
    static let trailerSize = 4

    /// Opens a record file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - threads: The most threads that check a plain file; with several, records are checked ahead.
    /// - Throws: ``CheckpointError``.
    public init(path: String, threads: Int = 1) throws(CheckpointError) {
        let file = try MappedFile(path: path)
        self.path = path
        self.file = file
        compression = try file.withBytes { bytes throws(CheckpointError) in
            Self.compression(of: bytes)
        }
        if compression != .none {
            inflater = try Inflater(file, compression)
        } else if threads > 1 {
            lookahead = RecordLookahead(file, threads: threads)
        }
    }

    /// Goes on in a plain file behind records that were read before.
    init(path: String, position: Int, index: Int) throws(CheckpointError) {
        self.path = path
        file = try MappedFile(path: path)
        compression = .none
        guard position <= file.count else {
            throw .fileShrank(path: path, from: position, to: file.count)
        }
        self.position = position
        self.index = index
    }

    /// Reads a plain file that is open already, from a record on.
    private init(path: String, file: MappedFile, place: RecordPlace) {
        self.path = path
        self.file = file
        compression = .none
        position = place.position
        index = place.index
    }

    /// The byte behind the last record, and how many records there were.
    var place: (position: Int, index: Int) { (position, index) }

    /// How a file that begins with these bytes is compressed.
    static func compression(of bytes: RawSpan) -> RecordCompression {
        guard bytes.byteCount >= 2 else { return .none }
        if bytes.byteCount >= headerSize,
            CRC32C(bytes.extracting(0..<8)).masked == bytes.word32(at: 8)
        {
            return .none
        }
        let (first, second) = (Int(bytes.byte(at: 0)), Int(bytes.byte(at: 1)))
        if first == 0x1F, second == 0x8B { return .gzip }
        return first & 0x0F == 8 && first >> 4 <= 7 && (first << 8 | second) % 31 == 0
            ? .zlib : .none
    }

    /// Whether a file that begins with these bytes is one of records: its first length has the right checksum, or it is
    /// compressed by gzip.
    package static func areRecords(_ start: RawSpan) -> Bool {
        switch compression(of: start) {
        case .gzip: true
        case .zlib: false
        case .none:
            start.byteCount >= headerSize
                && CRC32C(start.extracting(0..<8)).masked == start.word32(at: 8)
        }
    }

    /// The next record; nil at the end.
    ///
    /// A record whose bytes do not match their checksum is told as an error and left behind: ``canContinue`` stays true.
    ///
    /// - Throws: ``CheckpointError``.
    public func next() throws(CheckpointError) -> Record? {
        guard canContinue else { return nil }
        let start = position
        do throws(CheckpointError) {
            guard let length = try header() else {
                canContinue = false
                return nil
            }
            let bytes = try take(length + Self.trailerSize)
            position = start + Self.headerSize + length + Self.trailerSize
            defer { index += 1 }
            return Record(
                bytes: try check(bytes, length: length, start: start),
                index: index,
                offset: start
            )
        } catch {
            // What stands behind a bad length cannot be found.
            if position == start { canContinue = false }
            throw error
        }
    }

    /// Passes over the next record of a plain file, of which only the length is looked at; nil at the end.
    ///
    /// - Returns: where the record lies, for ``record(at:)``.
    /// - Throws: ``CheckpointError``.
    package func skip() throws(CheckpointError) -> RecordPlace? {
        precondition(compression == .none, "a compressed file is read from its beginning")
        guard canContinue else { return nil }
        do throws(CheckpointError) {
            guard let length = try header() else {
                canContinue = false
                return nil
            }
            let end = position + Self.headerSize + length + Self.trailerSize
            guard end <= file.count else {
                endsInsideRecord = true
                throw malformed("the file ends inside a record")
            }
            defer {
                position = end
                index += 1
            }
            return RecordPlace(position: position, index: index)
        } catch {
            canContinue = false
            throw error
        }
    }

    /// The record at a place that ``skip()`` has given.
    ///
    /// - Throws: ``CheckpointError``.
    package func record(at place: RecordPlace) throws(CheckpointError) -> Record? {
        try RecordReader(path: path, file: file, place: place).next()
    }

    /// Whether the checksum at the end of bytes is theirs.
    static func isWhole(_ bytes: RawSpan) -> Bool {
        let length = bytes.byteCount - trailerSize
        return CRC32C(bytes.extracting(0..<length)).masked == bytes.word32(at: length)
    }

    private func malformed(_ reason: String) -> CheckpointError {
        .malformedRecord(path: path, record: index, offset: position, reason: reason)
    }

    /// Reads a record's length; nil at the end.
    private func header() throws(CheckpointError) -> Int? {
        let available = try available(Self.headerSize)
        guard available > 0 else { return nil }
        guard available >= Self.headerSize else {
            let isZero = try isZero(available)
            endsInsideRecord = true
            throw malformed(
                isZero
                    ? "\(available) zero bytes behind the last record"
                    : "the file ends inside the length of a record"
            )
        }
        let (length, stored, computed) = try withHeader { bytes in
            (
                bytes.word64(at: 0), bytes.word32(at: 8),
                CRC32C(bytes.extracting(0..<8)).masked
            )
        }
        guard stored == computed else {
            throw malformed(
                length == 0 && stored == 0
                    ? "zero bytes in place of a record"
                    : index == 0
                        ? "the length's checksum is wrong: this is not a record file, or it is damaged"
                        : "the length's checksum is wrong"
            )
        }
        guard length <= UInt64(limit) else {
            endsInsideRecord = inflater == nil
            let rest = file.count - position - Self.headerSize
            throw malformed(
                inflater == nil
                    ? "the file ends inside the record: \(length) bytes and a checksum were to follow, "
                        + "\(rest) are there; such a record cannot be in a file of \(file.count)"
                    : "a record of \(length) bytes cannot be in a file of \(file.count)"
            )
        }
        return Int(length)
    }

    /// The most bytes that a record can have.
    private var limit: Int {
        inflater == nil
            ? max(0, file.count - position - Self.headerSize - Self.trailerSize)
            : file.count + Self.inflatedLimit
    }

    private func available(_ count: Int) throws(CheckpointError) -> Int {
        guard let inflater else { return min(count, file.count - position) }
        return try inflater.fill(count)
    }

    private func withHeader<Result>(
        _ body: (RawSpan) -> Result
    ) throws(CheckpointError) -> Result {
        if let inflater { return inflater.withBytes(Self.headerSize, body) }
        return try unsafe body(buffer(position..<(position + Self.headerSize)).bytes)
    }

    private func isZero(_ count: Int) throws(CheckpointError) -> Bool {
        if let inflater {
            return inflater.withBytes(count) { $0.array(0..<count).allSatisfy { $0 == 0 } }
        }
        return try unsafe buffer(position..<(position + count)).allSatisfy { $0 == 0 }
    }

    /// Bytes of the file, its size looked at every now and then.
    @unsafe
    private func buffer(_ range: Range<Int>) throws(CheckpointError) -> UnsafeRawBufferPointer {
        if range.upperBound > checkedEnd {
            try file.checkIntact()
            checkedEnd = range.upperBound + Self.checkInterval
        }
        return unsafe file.uncheckedBuffer(range)
    }

    /// The bytes behind the header, `count` of them.
    private func take(_ count: Int) throws(CheckpointError) -> StoredBytes {
        if let inflater {
            inflater.drop(Self.headerSize)
            return try unsafe StoredBytes(count: count) { target throws(CheckpointError) in
                guard try unsafe inflater.read(into: target) else {
                    throw malformed("the file ends inside a record")
                }
            }
        }
        let start = position + Self.headerSize
        guard start + count <= file.count else {
            endsInsideRecord = true
            throw malformed("the file ends inside a record")
        }
        return unsafe StoredBytes(try buffer(start..<(start + count)), owner: file)
    }

    private func check(
        _ bytes: StoredBytes,
        length: Int,
        start: Int
    ) throws(CheckpointError) -> StoredBytes {
        let span = unsafe bytes.buffer.bytes
        guard try lookahead?.isWhole(start) ?? Self.isWhole(span) else {
            try file.checkIntact()
            throw .malformedRecord(
                path: path,
                record: index,
                offset: start,
                reason: "the record's checksum is wrong"
            )
        }
        return unsafe StoredBytes(
            UnsafeRawBufferPointer(rebasing: bytes.buffer[0..<length]),
            owner: bytes.owner
        )
    }
}
