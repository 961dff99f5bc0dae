internal import Synchronization

/// The keys and values of a table file, as LevelDB and TensorFlow write it.
///
///     data blocks | metaindex block | index block | footer
///
/// The index block has one entry a data block: a key not below its last, and its handle. All blocks are read and
/// checked when the table is opened; values stay where they are, those of compressed blocks compressed.
final class TableReader: Sendable {
    /// A key and its value.
    struct Entry: Sendable {
        let key: [UInt8]
        fileprivate let block: Int
        fileprivate let range: Range<Int>
    }

    /// A data block.
    private struct Place: Sendable {
        let handle: BlockHandle
        let isCompressed: Bool
    }

    /// The path of the file.
    let path: String
    /// The entries, their keys strictly increasing.
    let entries: [Entry]
    private let file: MappedFile
    private let blocks: [Place]
    /// The block that was last decompressed.
    private let decompressed = Mutex<(block: Int, contents: [UInt8])?>(nil)

    /// Opens and checks a table.
    ///
    /// - Throws: ``CheckpointError``.
    init(_ file: MappedFile) throws(CheckpointError) {
        self.file = file
        path = file.path
        (entries, blocks) = try file.withBytes { bytes throws(CheckpointError) in
            try Self.read(bytes, path: file.path)
        }
    }

    private static func read(
        _ bytes: RawSpan,
        path: String
    ) throws(CheckpointError) -> ([Entry], [Place]) {
        let footer = try TableFooter(bytes, path: path)
        let limit = bytes.byteCount - TableFooter.byteCount
        // Keys that share their beginnings are small in the file; their memory is bounded by its size.
        var keyBytes = (40 << 20) + 4 * bytes.byteCount
        _ = try Block(footer.metaindex, of: bytes, path: path, keyBytes: &keyBytes)
        let index = try Block(footer.index, of: bytes, path: path, keyBytes: &keyBytes)
        var entries: [Entry] = []
        var blocks: [Place] = []
        var previousEnd = 0
        for item in index.entries {
            func malformed(_ reason: String, at offset: Int) -> CheckpointError {
                .malformedTable(path: path, offset: offset, reason: reason)
            }
            let handle: BlockHandle? =
                if let contents = index.decompressed {
                    unsafe Self.handle(contents.span.bytes, item, limit)
                } else {
                    Self.handle(bytes, item, limit)
                }
            guard let handle else {
                throw malformed("the index points outside the file", at: footer.index.offset)
            }
            guard handle.offset >= previousEnd, !handle.overlaps(footer.index) else {
                throw malformed("two blocks overlap", at: handle.offset)
            }
            previousEnd = handle.offset + handle.size + Block.trailerSize
            let block = try Block(handle, of: bytes, path: path, keyBytes: &keyBytes)
            for entry in block.entries {
                if let last = entries.last, !last.key.lexicographicallyPrecedes(entry.key) {
                    throw malformed(
                        "the keys are not in strictly increasing order",
                        at: handle.offset
                    )
                }
                if item.key.lexicographicallyPrecedes(entry.key) {
                    throw malformed("the index has a smaller key than the block", at: handle.offset)
                }
                entries.append(Entry(key: entry.key, block: blocks.count, range: entry.value))
            }
            blocks.append(Place(handle: handle, isCompressed: block.decompressed != nil))
        }
        return (entries, blocks)
    }

    private static func handle(
        _ bytes: RawSpan,
        _ item: Block.Entry,
        _ limit: Int
    ) -> BlockHandle? {
        var position = item.value.lowerBound
        // TensorFlow allows for more behind the handle.
        return BlockHandle(bytes, at: &position, before: item.value.upperBound, limit: limit)
    }

    /// Lends the value of an entry.
    func withValue<Result>(
        of entry: Entry,
        _ body: (RawSpan) throws(CheckpointError) -> Result
    ) throws(CheckpointError) -> Result {
        let place = blocks[entry.block]
        guard place.isCompressed else {
            return try file.withBytes { bytes throws(CheckpointError) in
                try body(bytes.extracting(entry.range))
            }
        }
        let kept = decompressed.withLock { $0?.block == entry.block ? $0?.contents : nil }
        if let kept { return try unsafe body(kept.span.bytes.extracting(entry.range)) }
        let contents = try file.withBytes { bytes throws(CheckpointError) in
            try Block.decompress(place.handle, of: bytes, path: path)
        }
        decompressed.withLock { $0 = (entry.block, contents) }
        return try unsafe body(contents.span.bytes.extracting(entry.range))
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
