import CSnappy
import Checkpoint
import Proto

/// Builds table files by hand, so that each rule can be broken on its own.
struct TableBytes {
    /// One data block and its key in the index.
    struct Block {
        var contents: [UInt8]
        var indexKey: [UInt8]
        var isCompressed = false
        var type: UInt8?
        /// What stands in the index in place of the block's own handle.
        var handle: [UInt8]?
    }

    var blocks: [Block]

    init(_ blocks: [Block]) {
        self.blocks = blocks
    }

    /// A table of one block.
    init(_ entries: [([UInt8], [UInt8])], isCompressed: Bool = false) {
        let last = entries.last?.0 ?? []
        blocks = [
            Block(
                contents: Self.contents(entries),
                indexKey: last + [0xFF],
                isCompressed: isCompressed
            )
        ]
    }

    /// The contents of a block without shared beginnings.
    static func contents(
        _ entries: [([UInt8], [UInt8])],
        restarts: [UInt32] = [0],
        restartCount: UInt32? = nil
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        for (key, value) in entries {
            bytes += varint(0) + varint(UInt64(key.count)) + varint(UInt64(value.count))
            bytes += key + value
        }
        for restart in restarts { bytes += word(restart) }
        return bytes + word(restartCount ?? UInt32(restarts.count))
    }

    static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    static func word(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }

    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        unsafe CRC32C(bytes.span.bytes).masked
    }

    /// The file, with the checksum of every block right.
    var bytes: [UInt8] {
        var file: [UInt8] = []
        func add(_ contents: [UInt8], type: UInt8 = 0) -> [UInt8] {
            let handle = Self.varint(UInt64(file.count)) + Self.varint(UInt64(contents.count))
            file += contents + [type] + Self.word(Self.checksum(contents + [type]))
            return handle
        }
        var index: [([UInt8], [UInt8])] = []
        for block in blocks {
            let contents = block.isCompressed ? Self.compressed(block.contents) : block.contents
            let handle = add(contents, type: block.type ?? (block.isCompressed ? 1 : 0))
            index.append((block.indexKey, block.handle ?? handle))
        }
        let meta = add(Self.contents([]))
        let place = add(Self.contents(index))
        let footer = meta + place
        file += footer + [UInt8](repeating: 0, count: 40 - footer.count)
        return file + [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]
    }

    static func compressed(_ bytes: [UInt8]) -> [UInt8] {
        var count = snappy_max_compressed_length(bytes.count)
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { target, filled in
            unsafe bytes.withUnsafeBytes { source in
                unsafe _ = snappy_compress(
                    source.baseAddress?.assumingMemoryBound(to: CChar.self),
                    bytes.count,
                    UnsafeMutableRawPointer(target.baseAddress)?
                        .assumingMemoryBound(to: CChar.self),
                    &count
                )
            }
            filled = count
        }
    }
}

/// A V2 checkpoint built by hand.
struct BundleBytes {
    var header: [UInt8] = BundleHeader.serialized(shardCount: 1)
    var entries: [([UInt8], [UInt8])] = []
    var data: [UInt8] = []

    /// Adds a tensor whose bytes lie at the end of the data; `change` breaks the entry.
    mutating func add(
        _ name: String,
        _ type: DataType,
        _ shape: [Int],
        _ bytes: [UInt8],
        change: (inout BundleEntry) -> Void = { _ in }
    ) {
        var entry = BundleEntry(
            dataType: type,
            shape: shape,
            offset: Int64(data.count),
            size: Int64(bytes.count),
            checksum: TableBytes.checksum(bytes)
        )
        change(&entry)
        data += bytes
        entries.append((Array(name.utf8), entry.serialized))
    }

    var table: TableBytes {
        TableBytes([([], header)] + entries.sorted { $0.0.lexicographicallyPrecedes($1.0) })
    }
}

/// What reading a file came to.
enum Outcome: Equatable {
    case read
    case error(CheckpointError)

    init(_ body: () throws(CheckpointError) -> Void) {
        do throws(CheckpointError) {
            try body()
            self = .read
        } catch {
            self = .error(error)
        }
    }

    var isError: Bool { self != .read }
}
