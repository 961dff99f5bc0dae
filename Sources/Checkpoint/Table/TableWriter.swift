/// Writes a table file byte for byte as TensorFlow does, without compression.
///
/// Data blocks end at 256 KiB; the key that the index has for a block is the shortest between its last key and the next.
struct TableWriter {
    private let file: AtomicFile
    private var block = BlockBuilder(restartInterval: 16)
    private var index = BlockBuilder(restartInterval: 1)
    private var lastKey: [UInt8] = []
    private var hasEntries = false
    /// The handle of a block whose index entry waits for the next key.
    private var pending: (offset: Int, size: Int)?

    private static let blockSize = 262_144
    /// An entry of so many block sizes is not put behind others.
    private static let overlyLargeRatio = 2

    init(_ file: AtomicFile) {
        self.file = file
    }

    /// Adds an entry.
    ///
    /// - Precondition: the key is greater than the last.
    mutating func add(_ key: [UInt8], _ value: [UInt8]) throws(CheckpointError) {
        precondition(
            !hasEntries || lastKey.lexicographicallyPrecedes(key),
            "keys out of order"
        )
        if hasEntries, key.count + value.count >= Self.overlyLargeRatio * Self.blockSize {
            try flush()
        }
        if let handle = pending {
            index.add(Self.separator(lastKey, key), Self.encoded(handle))
            pending = nil
        }
        lastKey = key
        hasEntries = true
        block.add(key, value)
        if block.byteCount >= Self.blockSize { try flush() }
    }

    /// Writes what is left, the index and the footer.
    mutating func finish() throws(CheckpointError) {
        try flush()
        var empty = BlockBuilder(restartInterval: 16)
        let metaindex = try write(empty.finish())
        if let handle = pending { index.add(Self.successor(lastKey), Self.encoded(handle)) }
        let place = try write(index.finish())
        var footer = Self.encoded(metaindex) + Self.encoded(place)
        footer += [UInt8](repeating: 0, count: TableFooter.byteCount - 8 - footer.count)
        footer.append(word64: TableFooter.magic)
        try file.write(footer)
    }

    private mutating func flush() throws(CheckpointError) {
        guard !block.isEmpty else { return }
        pending = try write(block.finish())
    }

    private func write(_ contents: [UInt8]) throws(CheckpointError) -> (offset: Int, size: Int) {
        let offset = file.count
        var bytes = contents
        bytes.append(0)
        let checksum = unsafe CRC32C(bytes.span.bytes)
        bytes.append(word32: checksum.masked)
        try file.write(bytes)
        return (offset, contents.count)
    }

    private static func encoded(_ handle: (offset: Int, size: Int)) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(varint: UInt64(handle.offset))
        bytes.append(varint: UInt64(handle.size))
        return bytes
    }

    /// A short key that is not below `key` and below `next`.
    private static func separator(_ key: [UInt8], _ next: [UInt8]) -> [UInt8] {
        guard let place = zip(key, next).enumerated().first(where: { $1.0 != $1.1 })?.offset,
            key[place] < 0xFF, key[place] + 1 < next[place]
        else { return key }
        return key[..<place] + [key[place] + 1]
    }

    /// A short key that is not below `key`.
    private static func successor(_ key: [UInt8]) -> [UInt8] {
        guard let place = key.firstIndex(where: { $0 != 0xFF }) else { return key }
        return key[..<place] + [key[place] + 1]
    }
}
