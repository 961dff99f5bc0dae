internal import Dispatch
internal import Synchronization

/// Checks the records of a plain file on several threads, ahead of a reader that goes through them in order.
struct RecordLookahead {
    private let file: MappedFile
    private let threads: Int
    /// Up to where records have been checked.
    private var end = 0
    /// Where the damaged ones of them begin.
    private var damaged: Set<Int> = []

    /// Bytes that are checked at a time.
    private static let window = 1 << 24
    /// Pieces for each thread, so that none waits long for another.
    private static let piecesPerThread = 4

    init(_ file: MappedFile, threads: Int) {
        self.file = file
        self.threads = threads
    }

    /// Whether the checksum of the record that begins at a byte is right; its length must be.
    ///
    /// - Throws: ``CheckpointError/fileShrank(path:from:to:)``.
    mutating func isWhole(_ start: Int) throws(CheckpointError) -> Bool {
        if start >= end { try check(from: start) }
        return !damaged.contains(start)
    }

    private mutating func check(from start: Int) throws(CheckpointError) {
        let records = try records(from: start)
        let file = self.file
        let found = Mutex<Set<Int>>([])
        let pieces = threads * Self.piecesPerThread
        DispatchQueue.concurrentPerform(iterations: pieces) { piece in
            let range = (records.count * piece / pieces)..<(records.count * (piece + 1) / pieces)
            for record in records[range]
            where unsafe !RecordReader.isWhole(file.uncheckedBuffer(record).bytes) {
                let begin = record.lowerBound - RecordReader.headerSize
                found.withLock { _ = $0.insert(begin) }
            }
        }
        try file.checkIntact()
        damaged = found.withLock { $0 }
        end = records.last?.upperBound ?? start
    }

    /// The bytes and checksums of the records that begin in the next window, up to a damaged length.
    private func records(from start: Int) throws(CheckpointError) -> [Range<Int>] {
        let bytes = unsafe try file.buffer(0..<file.count).bytes
        var records: [Range<Int>] = []
        var position = start
        let framing = RecordReader.headerSize + RecordReader.trailerSize
        while position - start < Self.window, bytes.byteCount - position >= framing {
            let header = bytes.extracting(position..<(position + RecordReader.headerSize))
            let length = header.word64(at: 0)
            guard CRC32C(header.extracting(0..<8)).masked == header.word32(at: 8),
                length <= UInt64(bytes.byteCount - position - framing)
            else { break }
            let first = position + RecordReader.headerSize
            position += framing + Int(length)
            records.append(first..<position)
        }
        return records
    }
}
