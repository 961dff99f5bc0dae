internal import Base
internal import Checkpoint
internal import Engine
internal import Synchronization

/// A file of prepared weights, and the text that says which plan they are of.
///
/// ```text
/// magic       16 bytes  "reassemble-plan1"
/// head size    8 bytes
/// checksum     4 bytes  CRC-32C of the head
/// reserved    36 bytes  0
/// head                  the key; the number of pieces (8 bytes); for each piece its name, its layout, its size (8 bytes)
///                       and a CRC-32C (4 bytes) for every 4 MiB of it
/// pieces                in order, each at the next multiple of 64; the file ends with the last
/// ```
///
/// Numbers are little-endian; a text is its size in 8 bytes and as many bytes of UTF-8.
struct PreparedWeightsFile {
    static let magic = [UInt8]("reassemble-plan1".utf8)
    static let headStart = 64
    static let partSize = 4 << 20

    /// Why a file cannot be used.
    struct Damage: Error, Equatable {
        let reason: String
    }

    /// Maps a file, and compares everything in it with its checksums.
    ///
    /// - Throws: ``Damage``; `CheckpointError` if there is no such file or it cannot be read.
    static func read(path: String, key: String) throws -> PreparedWeights {
        let file = try MappedFile(path: path)
        let whole = try unsafe OwnedBytes(file.buffer(0..<file.count), owner: file)
        let head = try whole.withBytes { bytes throws(Damage) in
            try PreparedWeightsHead(bytes)
        }
        guard head.key == key else { throw Damage(reason: "it is of another plan") }
        let pieces = try zip(head.pieces, head.places).map { piece, start in
            PreparedWeights.Piece(
                name: piece.name,
                layout: piece.layout,
                bytes: try unsafe OwnedBytes(
                    file.buffer(start..<(start + piece.byteCount)),
                    owner: file
                )
            )
        }
        guard checksums(of: pieces) == head.pieces.flatMap(\.checksums) else {
            throw Damage(reason: "a checksum does not match")
        }
        try file.checkIntact()
        return PreparedWeights(pieces)
    }

    /// Writes a file that appears when it is whole.
    ///
    /// - Throws: `CheckpointError`.
    static func write(_ pieces: [PreparedWeights.Piece], key: String, to path: String) throws {
        var sums = checksums(of: pieces)[...]
        let head = PreparedWeightsHead(
            key: key,
            pieces: pieces.map { piece in
                let count = PreparedWeightsHead.partCount(of: piece.bytes.count)
                defer { sums = sums.dropFirst(count) }
                return .init(
                    name: piece.name,
                    layout: piece.layout,
                    byteCount: piece.bytes.count,
                    checksums: Array(sums.prefix(count))
                )
            }
        )
        let file = try AtomicFile(path: path)
        try file.write(head.bytes)
        for (piece, start) in zip(pieces, head.places) {
            try file.write([UInt8](repeating: 0, count: start - file.count))
            try piece.bytes.withBytes { bytes throws(CheckpointError) in try file.write(bytes) }
        }
        try file.commit()
    }

    /// The checksums of all parts of all pieces, found on all threads.
    private static func checksums(of pieces: [PreparedWeights.Piece]) -> [UInt32] {
        let parts = pieces.flatMap { piece in
            stride(from: 0, to: piece.bytes.count, by: partSize).map { (piece.bytes, $0) }
        }
        let sums = Mutex([UInt32](repeating: 0, count: parts.count))
        parallel(parts.count) { index in
            let (bytes, start) = parts[index]
            let sum = bytes.withBytes { bytes in
                CRC32C(bytes.extracting(start..<min(start + partSize, bytes.byteCount))).value
            }
            sums.withLock { $0[index] = sum }
        }
        return sums.withLock { $0 }
    }
}
