internal import Checkpoint

/// What a zip file of NumPy arrays lists: its directory stands at the end.
public struct ArchiveOutline: Sendable {
    /// The arrays, in the directory's order; compressed ones have no offset.
    public let arrays: [ArrayEntry]

    private static let endSize = 22
    private static let entrySize = 46
    /// The longest header of a compressed array that is read.
    private static let headerLimit = 70_000

    /// Reads the directory.
    ///
    /// - Throws: `CheckpointError` or ``InspectError/malformed(path:offset:reason:)``.
    public init(path: String) throws {
        let file = try MappedFile(path: path)
        let bytes = try file.withBytes { bytes throws(CheckpointError) -> [ArrayEntry]? in
            Self.directory(bytes)
        }
        guard let bytes else {
            throw InspectError.malformed(
                path: path,
                offset: max(0, file.count - Self.endSize),
                reason: "the directory of the zip file is not whole"
            )
        }
        arrays = bytes
    }

    /// The one array of a `.npy` file.
    ///
    /// - Throws: `CheckpointError` or ``InspectError/malformed(path:offset:reason:)``.
    public static func array(path: String) throws -> ArrayEntry {
        let file = try MappedFile(path: path)
        var entry = ArrayEntry(
            name: path.split(separator: "/").last.map(String.init) ?? path,
            type: "",
            shape: [],
            byteCount: file.count,
            offset: nil
        )
        try file.withBytes { bytes throws(CheckpointError) in readArray(bytes, 0, &entry) }
        guard let offset = entry.offset else {
            throw InspectError.malformed(path: path, offset: 0, reason: "the header is malformed")
        }
        entry.byteCount = file.count - offset
        return entry
    }

    private static func directory(_ bytes: RawSpan) -> [ArrayEntry]? {
        // A comment of up to 65535 bytes may stand behind the end's record.
        guard bytes.byteCount >= endSize else { return nil }
        let first = max(0, bytes.byteCount - endSize - 65535)
        guard
            let end = stride(from: bytes.byteCount - endSize, through: first, by: -1)
                .first(where: { bytes.number($0, 4) == 0x0605_4B50 })
        else { return nil }
        let count = bytes.number(end + 10, 2)
        var position = bytes.number(end + 16, 4)
        var entries: [ArrayEntry] = []
        for _ in 0..<count {
            guard position + entrySize <= end, bytes.number(position, 4) == 0x0201_4B50 else {
                return nil
            }
            let nameSize = bytes.number(position + 28, 2)
            let extra = bytes.number(position + 30, 2) + bytes.number(position + 32, 2)
            guard position + entrySize + nameSize + extra <= end else { return nil }
            let method = bytes.number(position + 10, 2)
            let packed = bytes.number(position + 20, 4)
            let size = bytes.number(position + 24, 4)
            let place = bytes.number(position + 42, 4)
            var name = bytes.text(position + entrySize, nameSize)
            if name.hasSuffix(".npy") { name.removeLast(4) }
            var entry = ArrayEntry(name: name, type: "", shape: [], byteCount: size, offset: nil)
            switch method {
            case 0: readHeader(bytes, place, &entry)
            case 8: readPackedHeader(bytes, place, packed, &entry)
            default: break
            }
            entries.append(entry)
            position += entrySize + nameSize + extra
        }
        return entries
    }

    /// Where a member's bytes begin: behind a header of its own.
    private static func start(_ bytes: RawSpan, _ place: Int) -> Int? {
        guard place + 30 <= bytes.byteCount, bytes.number(place, 4) == 0x0403_4B50 else {
            return nil
        }
        return place + 30 + bytes.number(place + 26, 2) + bytes.number(place + 28, 2)
    }

    /// The header of an array that lies in the file as it is.
    private static func readHeader(_ bytes: RawSpan, _ place: Int, _ entry: inout ArrayEntry) {
        guard let start = start(bytes, place) else { return }
        readArray(bytes, start, &entry)
    }

    /// The header of an array that is compressed.
    private static func readPackedHeader(
        _ bytes: RawSpan,
        _ place: Int,
        _ count: Int,
        _ entry: inout ArrayEntry
    ) {
        guard let start = start(bytes, place), start <= bytes.byteCount else { return }
        let end = start + min(count, bytes.byteCount - start)
        // What is damaged behind the header does not matter here.
        let header = DeflatedBytes.start(
            bytes.extracting(start..<end),
            min(headerLimit, entry.byteCount)
        ).bytes
        unsafe readArray(header.span.bytes, 0, &entry)
        entry.offset = nil
    }

    private static func readArray(_ bytes: RawSpan, _ start: Int, _ entry: inout ArrayEntry) {
        guard start + 12 <= bytes.byteCount, bytes.number(start, 4) == 0x4D55_4E93 else { return }
        let isLong = bytes.number(start + 6, 1) > 1
        let length = bytes.number(start + 8, isLong ? 4 : 2)
        let header = start + (isLong ? 12 : 10)
        guard length <= bytes.byteCount - header, length <= entry.byteCount else { return }
        let text = unsafe bytes.extracting(header..<(header + length)).withUnsafeBytes {
            unsafe [UInt8]($0)
        }
        var dictionary = NPYDictionary(text.span, from: 0, to: text.count)
        guard let fields = try? dictionary.read(text.span) else { return }
        entry.type = fields.descriptor
        entry.shape = fields.shape
        entry.offset = header + length
    }
}

extension RawSpan {
    /// A number of up to four bytes, lowest first.
    fileprivate func number(_ offset: Int, _ size: Int) -> Int {
        guard offset >= 0, offset + size <= byteCount else { return 0 }
        return (0..<size).reversed().reduce(0) { sum, place in
            sum << 8 | Int(unsafe unsafeLoad(fromByteOffset: offset + place, as: UInt8.self))
        }
    }

    fileprivate func text(_ offset: Int, _ count: Int) -> String {
        unsafe extracting(offset..<(offset + count)).withUnsafeBytes {
            unsafe String(decoding: $0, as: UTF8.self)
        }
    }
}
