internal import Checkpoint
internal import Proto

/// What a safetensors file lists, of whatever types its arrays are.
public struct SafeTensorsOutline: Sendable {
    /// The arrays, in the order of their bytes.
    public let arrays: [ArrayEntry]
    /// The free texts that the file carries, in its order.
    public let texts: [(name: String, value: String)]
    /// The same by name.
    public var metadata: [String: String] {
        Dictionary(texts.map { ($0.name, $0.value) }) { _, last in last }
    }

    /// Reads the header, and checks every place that it states.
    ///
    /// - Throws: `CheckpointError` or ``FormatError/malformedFile(path:offset:reason:)``.
    public init(path: String) throws {
        let file = try MappedFile(path: path)
        let read = try file.withBytes { bytes throws(CheckpointError) in
            Result { () throws(SafeTensorsHeader.Fault) in try SafeTensorsHeader(bytes) }
        }
        let header: SafeTensorsHeader
        do {
            header = try read.get()
        } catch {
            throw FormatError.malformedFile(path: path, offset: error.offset, reason: error.reason)
        }
        let start = header.dataStart
        var arrays: [(entry: ArrayEntry, key: [UInt8])] = []
        for member in header.members {
            guard member.offsets.count == 2, member.offsets[0] >= 0,
                member.offsets[1] >= member.offsets[0],
                member.offsets[1] <= file.count - start
            else {
                throw FormatError.malformedFile(
                    path: path,
                    offset: 8,
                    reason: "the bytes of '\(printableName(member.name))' are not in the file"
                )
            }
            let entry = ArrayEntry(
                name: printableName(member.name),
                type: member.type.printable,
                shape: member.shape,
                byteCount: member.offsets[1] - member.offsets[0],
                offset: start + member.offsets[0]
            )
            arrays.append((entry, member.name))
        }
        arrays.sort { left, right in
            let places = (left.entry.offset ?? 0, right.entry.offset ?? 0)
            return places.0 == places.1
                ? left.key.lexicographicallyPrecedes(right.key) : places.0 < places.1
        }
        self.arrays = arrays.map(\.entry)
        texts = header.texts
    }
}
