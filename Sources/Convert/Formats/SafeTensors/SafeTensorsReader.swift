public import Checkpoint
internal import Proto

/// A safetensors file, whose arrays stay where they are mapped.
///
/// The rules are those of the format's own library: offsets from 0 without gap or overlap up to the end of the file, sizes
/// that fit type and shape, texts only in the metadata.
public struct SafeTensorsReader: TensorSource {
    /// The arrays, sorted by their names' bytes.
    public let tensors: [TensorEntry]
    /// Arrays whose elements are of a type that is not read.
    public let unread: [UnreadArray]
    /// The texts that the file carries.
    public let metadata: [String: String]
    private let file: MappedFile

    /// The longest header that readers take.
    package static let headerLimit = 100_000_000
    /// The member that holds texts.
    package static let metadataName = "__metadata__"
    /// The most dimensions that TensorFlow knows.
    private static let rankLimit = 254

    /// Maps a file and checks all that its header says.
    ///
    /// - Throws: ``FormatError/malformedFile(path:offset:reason:)`` or ``FormatError/checkpoint(_:)``.
    public init(path: String) throws(FormatError) {
        func malformed(_ reason: String, _ offset: Int) -> FormatError {
            .malformedFile(path: path, offset: offset, reason: reason)
        }
        func malformed(_ reason: String) -> FormatError { malformed(reason, 8) }
        let file = try wrapping { () throws(CheckpointError) in try MappedFile(path: path) }
        let size = file.count
        let header: SafeTensorsHeader
        let read = try wrapping { () throws(CheckpointError) in
            try file.withBytes { bytes throws(CheckpointError) in
                Result { () throws(SafeTensorsHeader.Fault) in try SafeTensorsHeader(bytes) }
            }
        }
        do throws(SafeTensorsHeader.Fault) {
            header = try read.get()
        } catch {
            throw malformed(error.reason, error.offset)
        }
        let start = header.dataStart
        var entries: [TensorEntry] = []
        var unread: [UnreadArray] = []
        // The bytes of arrays of all types, which must leave no gap.
        var places: [(name: [UInt8], start: Int, end: Int)] = []
        for member in header.members {
            let name = printableName(member.name)
            guard member.shape.count <= Self.rankLimit, member.shape.allSatisfy({ $0 >= 0 }) else {
                throw malformed("'\(name)' has the shape \(member.shape)")
            }
            guard member.offsets.count == 2, member.offsets[0] >= 0,
                member.offsets[0] <= member.offsets[1], member.offsets[1] <= size - start
            else { throw malformed("the bytes of '\(name)' are not in the file") }
            let count = member.offsets[1] - member.offsets[0]
            places.append((member.name, start + member.offsets[0], start + member.offsets[1]))
            guard let type = SafeTensorsType.type(of: member.type), let width = type.byteCount
            else {
                guard SafeTensorsType.others.contains(member.type) else {
                    throw malformed(
                        "'\(name)' has elements of the unknown type '\(member.type.printable)'"
                    )
                }
                unread.append(
                    UnreadArray(
                        key: member.name,
                        reason: "has elements of the type \(member.type), which is not read",
                        isDamaged: false
                    )
                )
                continue
            }
            var needed = width
            for extent in member.shape {
                let (product, overflow) = needed.multipliedReportingOverflow(by: extent)
                guard !overflow else { throw malformed("the shape of '\(name)' is too large") }
                needed = product
            }
            guard count == needed else {
                throw malformed("'\(name)' has \(count) bytes, its type and shape need \(needed)")
            }
            entries.append(
                TensorEntry(
                    array: member.name,
                    type,
                    shape: member.shape,
                    offset: start + member.offsets[0],
                    byteCount: needed
                )
            )
        }
        try Self.checkPlaces(places, from: start, to: size, malformed)
        tensors = entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        self.unread = unread
        metadata = Dictionary(header.texts) { _, last in last }
        self.file = file
    }

    /// Throws unless the arrays follow each other without gap or overlap up to the end of the file.
    private static func checkPlaces(
        _ places: [(name: [UInt8], start: Int, end: Int)],
        from start: Int,
        to size: Int,
        _ malformed: (String, Int) -> FormatError
    ) throws(FormatError) {
        var end = start
        for place in places.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
            guard place.start == end else {
                throw malformed(
                    "'\(printableName(place.name))' begins at byte \(place.start), expected \(end)",
                    8
                )
            }
            end = place.end
        }
        guard end == size else { throw malformed("\(size - end) bytes belong to no array", end) }
    }

    /// The bytes of an array, little-endian, in row-major order; they have no checksum.
    ///
    /// - Throws: `CheckpointError`.
    public func bytes(
        of tensor: TensorEntry,
        verifies: Bool
    ) throws(CheckpointError) -> StoredBytes {
        try file.storedBytes(of: tensor)
    }
}
