/// The keys and values of a table file, as LevelDB and TensorFlow write it.
///
///     data blocks | metaindex block | index block | footer
///
/// The index block has one entry a data block: a key not below its last, and its handle. All blocks are read and
/// checked when the table is opened; values stay where they are.
final class TableReader {
    /// A key and its value.
    struct Entry {
        let key: [UInt8]
        fileprivate let block: Int
        fileprivate let range: Range<Int>
    }

    /// The path of the file.
    let path: String
    /// The entries, their keys strictly increasing.
    let entries: [Entry]
    private let file: MappedFile
    private let decompressed: [[UInt8]?]

    /// Opens and checks a table.
    ///
    /// - Throws: ``CheckpointError``.
    init(_ file: MappedFile) throws(CheckpointError) {
        self.file = file
        path = file.path
        let path = path
        let contents = try file.withBytes { bytes throws(CheckpointError) in
            let footer = try TableFooter(bytes, path: path)
            let limit = bytes.byteCount - TableFooter.byteCount
            let index = try Block(footer.index, of: bytes, path: path)
            var entries: [Entry] = []
            var decompressed: [[UInt8]?] = []
            var previousEnd = 0
            for item in index.entries {
                let handle =
                    if let contents = index.decompressed {
                        try unsafe Self.handle(contents.span.bytes, item, limit, path)
                    } else {
                        try Self.handle(bytes, item, limit, path)
                    }
                guard handle.offset >= previousEnd, handle != footer.index else {
                    throw CheckpointError.malformedTable(
                        path: path, offset: handle.offset, reason: "two blocks overlap")
                }
                previousEnd = handle.offset + handle.size + Block.trailerSize
                let block = try Block(handle, of: bytes, path: path)
                for entry in block.entries {
                    if let last = entries.last, !last.key.lexicographicallyPrecedes(entry.key) {
                        throw CheckpointError.malformedTable(
                            path: path, offset: handle.offset,
                            reason: "the keys are not in strictly increasing order")
                    }
                    if item.key.lexicographicallyPrecedes(entry.key) {
                        throw CheckpointError.malformedTable(
                            path: path, offset: handle.offset,
                            reason: "the index has a smaller key than the block")
                    }
                    entries.append(
                        Entry(key: entry.key, block: decompressed.count, range: entry.value))
                }
                decompressed.append(block.decompressed)
            }
            return (entries, decompressed)
        }
        (entries, decompressed) = contents
    }

    private static func handle(
        _ bytes: RawSpan, _ item: Block.Entry, _ limit: Int, _ path: String
    ) throws(CheckpointError) -> BlockHandle {
        var position = item.value.lowerBound
        // TensorFlow allows for more behind the handle.
        guard
            let handle = BlockHandle(
                bytes, at: &position, before: item.value.upperBound, limit: limit)
        else {
            throw .malformedTable(
                path: path, offset: limit, reason: "the index points outside the file")
        }
        return handle
    }

    /// Lends the value of an entry.
    func withValue<Result>(
        of entry: Entry, _ body: (RawSpan) throws(CheckpointError) -> Result
    ) throws(CheckpointError) -> Result {
        if let contents = decompressed[entry.block] {
            return try unsafe body(contents.span.bytes.extracting(entry.range))
        }
        return try file.withBytes { bytes throws(CheckpointError) in
            try body(bytes.extracting(entry.range))
        }
    }

    /// The entry of a key; found by halving.
    func entry(_ key: [UInt8]) -> Entry? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key.lexicographicallyPrecedes(key) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < entries.count && entries[low].key == key ? entries[low] : nil
    }
}
