internal import Proto

/// Where a block lies in a table file, without its trailer.
struct BlockHandle: Equatable, Sendable {
    let offset: Int
    let size: Int

    /// Reads the two varints of a handle; nil if they are malformed or the block and its trailer do not lie before
    /// `limit`.
    init?(_ bytes: RawSpan, at position: inout Int, before end: Int, limit: Int) {
        guard let offset = bytes.varint(at: &position, before: end),
            let size = bytes.varint(at: &position, before: end),
            let place = Int(exactly: offset), let count = Int(exactly: size),
            place <= limit, count <= limit - place - Block.trailerSize
        else { return nil }
        self.offset = place
        self.size = count
    }

    /// Whether two blocks share a byte.
    func overlaps(_ other: BlockHandle) -> Bool {
        offset < other.offset + other.size + Block.trailerSize
            && other.offset < offset + size + Block.trailerSize
    }
}

/// The last 48 bytes of a table file.
///
///     metaindex handle | index handle | zeros up to 40 bytes | magic, 8 bytes
struct TableFooter {
    static let byteCount = 48
    static let magic: UInt64 = 0xDB47_7524_8B80_FB57

    /// A block that TensorFlow leaves empty.
    let metaindex: BlockHandle
    /// The block that says where the data blocks are.
    let index: BlockHandle

    init(_ file: RawSpan, path: String) throws(CheckpointError) {
        let start = file.byteCount - Self.byteCount
        guard start >= 0, file.word64(at: file.byteCount - 8) == Self.magic else {
            throw .notATable(path: path)
        }
        var position = start
        let end = file.byteCount - 8
        guard
            let metaindex = BlockHandle(file, at: &position, before: end, limit: start),
            let index = BlockHandle(file, at: &position, before: end, limit: start)
        else {
            throw .malformedTable(
                path: path,
                offset: start,
                reason: "the footer points outside the file"
            )
        }
        self.metaindex = metaindex
        self.index = index
    }
}
