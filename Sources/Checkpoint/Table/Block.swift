internal import CSnappy
internal import Proto

/// The entries of one block of a table file.
///
///     entry*: varint shared | varint unshared | varint value length | unshared bytes of the key | value
///     restart offsets, 4 bytes each | number of restarts, 4 bytes
///     trailer: type (0 plain, 1 snappy) | masked CRC-32C of contents and type, 4 bytes
///
/// A key begins with the first `shared` bytes of the key before it.
struct Block {
    /// Type and checksum behind the contents.
    static let trailerSize = 5

    /// One key and where its value lies in ``contents``.
    struct Entry {
        let key: [UInt8]
        let value: Range<Int>
    }

    /// The contents, if they had to be decompressed; else they are the file's own.
    let decompressed: [UInt8]?
    /// Where ``entries``' values count from, in the file or in ``decompressed``.
    let entries: [Entry]

    /// Reads and checks a block.
    ///
    /// - Parameters:
    ///   - handle: Where it lies.
    ///   - file: The whole file.
    ///   - path: The file's path, for errors.
    ///   - keyBytes: How many bytes all keys may still take; lowered by those of this block.
    /// - Throws: ``CheckpointError``.
    init(
        _ handle: BlockHandle,
        of file: RawSpan,
        path: String,
        keyBytes: inout Int
    ) throws(CheckpointError) {
        let end = handle.offset + handle.size
        var checksum = CRC32C(file.extracting(handle.offset..<(end + 1)))
        let stored = file.word32(at: end + 1)
        guard checksum.masked == stored else {
            throw .blockChecksum(
                path: path,
                offset: handle.offset,
                stored: stored,
                computed: checksum.masked
            )
        }
        checksum = CRC32C()
        func malformed(_ reason: String) -> CheckpointError {
            .malformedTable(path: path, offset: handle.offset, reason: reason)
        }
        switch file.byte(at: end) {
        case 0:
            decompressed = nil
            entries = try Self.parse(file, handle.offset..<end, &keyBytes, malformed)
        case 1:
            let contents = try Self.decompress(file.extracting(handle.offset..<end), malformed)
            entries = try unsafe Self.parse(
                contents.span.bytes,
                0..<contents.count,
                &keyBytes,
                malformed
            )
            decompressed = contents
        case let type: throw malformed("blocks of type \(type) are unknown")
        }
    }

    private static func parse(
        _ bytes: RawSpan,
        _ range: Range<Int>,
        _ keyBytes: inout Int,
        _ malformed: (String) -> CheckpointError
    ) throws(CheckpointError) -> [Entry] {
        guard range.count >= 4 else { throw malformed("the block has no restart points") }
        let restarts = Int(bytes.word32(at: range.upperBound - 4))
        guard restarts >= 1, restarts <= (range.count - 4) / 4 else {
            throw malformed("the block states \(restarts) restart points")
        }
        let end = range.upperBound - 4 - 4 * restarts
        // Only the first restart is sure; the others must lie among the entries, in order.
        var previous = -1
        for index in 0..<restarts {
            let restart = Int(bytes.word32(at: end + 4 * index))
            guard restart > previous, restart <= end - range.lowerBound, index > 0 || restart == 0
            else { throw malformed("restart point \(index) is at \(restart)") }
            previous = restart
        }
        var nextRestart = 0
        var entries: [Entry] = []
        var key: [UInt8] = []
        var position = range.lowerBound
        while position < end {
            let start = position - range.lowerBound
            guard let shared = bytes.varint(at: &position, before: end),
                let unshared = bytes.varint(at: &position, before: end),
                let length = bytes.varint(at: &position, before: end),
                shared <= UInt64(key.count), unshared <= UInt64(end - position),
                length <= UInt64(end - position) - unshared
            else { throw malformed("entry \(entries.count) does not fit into the block") }
            if nextRestart < restarts {
                let restart = Int(bytes.word32(at: end + 4 * nextRestart))
                if restart == start { nextRestart += 1 }
                guard restart > start || (restart == start && shared == 0) else {
                    throw malformed("restart point \(nextRestart) is not at a whole key")
                }
            }
            let keyCount = Int(shared) + Int(unshared)
            keyBytes -= keyCount + MemoryLayout<Entry>.stride
            guard keyBytes >= 0 else { throw malformed("the keys are too large for the file") }
            key.removeLast(key.count - Int(shared))
            key += bytes.array(position..<(position + Int(unshared)))
            position += Int(unshared)
            entries.append(Entry(key: key, value: position..<(position + Int(length))))
            position += Int(length)
        }
        return entries
    }

    /// The contents of a compressed block that was checked before.
    static func decompress(
        _ handle: BlockHandle,
        of file: RawSpan,
        path: String
    ) throws(CheckpointError) -> [UInt8] {
        try decompress(file.extracting(handle.offset..<(handle.offset + handle.size))) { reason in
            .malformedTable(path: path, offset: handle.offset, reason: reason)
        }
    }

    /// Decompresses raw snappy, after a look at whether so few bytes can stand for so many.
    private static func decompress(
        _ bytes: RawSpan,
        _ malformed: (String) -> CheckpointError
    ) throws(CheckpointError) -> [UInt8] {
        try unsafe bytes.withUnsafeBytes { buffer throws(CheckpointError) in
            let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            var count = 0
            guard unsafe snappy_uncompressed_length(start, buffer.count, &count) == SNAPPY_OK,
                // The densest element, a copy of 64 bytes, takes three.
                count <= 64 + 24 * buffer.count
            else { throw malformed("the compressed block states an impossible length") }
            var status = SNAPPY_OK
            let contents = unsafe [UInt8](unsafeUninitializedCapacity: count) { target, filled in
                var written = count
                status = unsafe target.withMemoryRebound(to: CChar.self) { chars in
                    unsafe snappy_uncompress(start, buffer.count, chars.baseAddress, &written)
                }
                filled = status == SNAPPY_OK ? written : 0
            }
            guard status == SNAPPY_OK else { throw malformed("the compressed block is damaged") }
            return contents
        }
    }
}
