internal import Checkpoint

/// What a file of prepared weights says of its pieces; the format is ``PreparedWeightsFile``'s.
struct PreparedWeightsHead {
    struct Piece {
        let name: String
        let layout: String
        let byteCount: Int
        /// One for every 4 MiB.
        let checksums: [UInt32]
    }

    let key: String
    let pieces: [Piece]
    /// Where each piece begins in the file.
    let places: [Int]
    /// The file's first bytes, up to the first piece.
    let bytes: [UInt8]

    /// The number of checksums of so many bytes.
    static func partCount(of byteCount: Int) -> Int {
        (byteCount + PreparedWeightsFile.partSize - 1) / PreparedWeightsFile.partSize
    }

    /// The head of a file to be written.
    init(key: String, pieces: [Piece]) {
        self.key = key
        self.pieces = pieces
        var head: [UInt8] = []
        head.append(text: key)
        head.append(littleEndian: UInt64(pieces.count))
        for piece in pieces {
            head.append(text: piece.name)
            head.append(text: piece.layout)
            head.append(littleEndian: UInt64(piece.byteCount))
            for checksum in piece.checksums { head.append(littleEndian: checksum) }
        }
        var bytes = PreparedWeightsFile.magic
        bytes.append(littleEndian: UInt64(head.count))
        var checksum = CRC32C()
        unsafe head.withUnsafeBytes { unsafe checksum.extend($0.bytes) }
        bytes.append(littleEndian: checksum.value)
        bytes += [UInt8](repeating: 0, count: PreparedWeightsFile.headStart - bytes.count) + head
        self.bytes = bytes
        var end = bytes.count
        places = pieces.map { piece in
            let start = Self.aligned(end)
            end = start + piece.byteCount
            return start
        }
    }

    /// The head of a file that was read, whose size must be what the head says.
    init(_ file: RawSpan) throws(PreparedWeightsFile.Damage) {
        let headStart = PreparedWeightsFile.headStart
        guard file.byteCount >= headStart else { throw .init(reason: "it is too short") }
        var front = Reader(Self.copy(file.extracting(0..<headStart)))
        guard try front.bytes(16) == PreparedWeightsFile.magic[...] else {
            throw .init(reason: "it is no file of prepared weights")
        }
        let count = try front.size(limit: file.byteCount - headStart)
        let checksum = try front.number(UInt32.self)
        let head = file.extracting(headStart..<(headStart + count))
        guard CRC32C(head).value == checksum else {
            throw .init(reason: "its head does not match its checksum")
        }
        var reader = Reader(Self.copy(head))
        key = try reader.text()
        var end = headStart + count
        var (pieces, places): ([Piece], [Int]) = ([], [])
        // A piece takes more than one byte of the head, so the loop is bounded by the head's size.
        for _ in 0..<(try reader.size(limit: count)) {
            let (name, layout) = (try reader.text(), try reader.text())
            let start = Self.aligned(end)
            let byteCount = try reader.size(limit: file.byteCount - start)
            var checksums: [UInt32] = []
            for _ in 0..<Self.partCount(of: byteCount) {
                checksums.append(try reader.number(UInt32.self))
            }
            pieces.append(
                Piece(name: name, layout: layout, byteCount: byteCount, checksums: checksums)
            )
            places.append(start)
            end = start + byteCount
        }
        guard end == file.byteCount else { throw .init(reason: "its size is not what it says") }
        self.pieces = pieces
        self.places = places
        bytes = []
    }

    private static func copy(_ span: RawSpan) -> [UInt8] {
        unsafe span.withUnsafeBytes { unsafe Array($0) }
    }

    private static func aligned(_ offset: Int) -> Int { (offset + 63) & ~63 }
}

/// Reads the fields of a head one after the other.
private struct Reader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    mutating func bytes(_ count: Int) throws(PreparedWeightsFile.Damage) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw .init(reason: "its head is cut off") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func number<Number: FixedWidthInteger>(
        _ type: Number.Type
    ) throws(PreparedWeightsFile.Damage) -> Number {
        try bytes(type.bitWidth / 8).reversed().reduce(0) { $0 << 8 | Number($1) }
    }

    /// A number of things, of which there are no more than `limit`.
    mutating func size(limit: Int) throws(PreparedWeightsFile.Damage) -> Int {
        let size = try number(UInt64.self)
        guard let size = Int(exactly: size), size <= limit else {
            throw .init(reason: "it says that it is larger than it is")
        }
        return size
    }

    mutating func text() throws(PreparedWeightsFile.Damage) -> String {
        String(decoding: try bytes(size(limit: rest.count)), as: UTF8.self)
    }
}

extension [UInt8] {
    fileprivate mutating func append(text: String) {
        append(littleEndian: UInt64(text.utf8.count))
        append(contentsOf: text.utf8)
    }
}
