internal import Checkpoint

/// What a zip file of NumPy arrays lists: its directory stands at the end.
public struct ArchiveOutline: Sendable {
    /// The arrays, in the directory's order; compressed ones have no offset.
    public let arrays: [ArrayEntry]

    /// The longest header of a compressed array that is read.
    private static let headerLimit = 70_000

    /// Reads the directory.
    ///
    /// - Throws: `CheckpointError` or ``FormatError/malformedFile(path:offset:reason:)``.
    public init(path: String) throws {
        let file = try MappedFile(path: path)
        let result = try file.withBytes { bytes throws(CheckpointError) in
            Result { () throws(ZipDirectory.Fault) in
                try ZipDirectory(bytes).members.map { Self.entry($0, bytes) }
            }
        }
        do {
            arrays = try result.get()
        } catch {
            throw FormatError.malformedFile(path: path, offset: error.offset, reason: error.reason)
        }
    }

    /// The one array of a `.npy` file.
    ///
    /// - Throws: `CheckpointError` or ``FormatError/malformedFile(path:offset:reason:)``.
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
            throw FormatError.malformedFile(
                path: path,
                offset: 0,
                reason: "the header is malformed"
            )
        }
        entry.byteCount = file.count - offset
        return entry
    }

    private static func entry(_ member: ZipDirectory.Member, _ bytes: RawSpan) -> ArrayEntry {
        var name = printableName(member.name)
        if name.hasSuffix(".npy") { name.removeLast(4) }
        var entry = ArrayEntry(
            name: name,
            type: "",
            shape: [],
            byteCount: member.byteCount,
            offset: nil
        )
        guard member.isCompressed else {
            readArray(bytes, member.range.lowerBound, &entry)
            return entry
        }
        // What is damaged behind the header does not matter here.
        let header = DeflatedBytes.start(
            bytes.extracting(member.range),
            min(headerLimit, member.byteCount)
        ).bytes
        unsafe readArray(header.span.bytes, 0, &entry)
        entry.offset = nil
        return entry
    }

    /// Reads the header of an array; what is none leaves the entry as it is.
    private static func readArray(_ bytes: RawSpan, _ start: Int, _ entry: inout ArrayEntry) {
        func array(_ count: Int) -> [UInt8] {
            let count = min(count, entry.byteCount, bytes.byteCount - start)
            return unsafe bytes.extracting(start..<(start + count)).withUnsafeBytes {
                unsafe [UInt8]($0)
            }
        }
        guard let count = try? NPYHeader.byteCount(array(NPYHeader.prefixByteCount).span) else {
            return
        }
        let header = array(count)
        guard header.count == count, let fields = try? NPYHeader.fields(header.span) else { return }
        entry.type = fields.descriptor
        entry.shape = fields.shape
        entry.order = fields.isColumnOrder && fields.shape.count > 1 ? "Fortran order" : ""
        entry.offset = start + count
    }
}
