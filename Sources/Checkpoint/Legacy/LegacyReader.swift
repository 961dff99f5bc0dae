internal import Proto

/// A V1 checkpoint: one or several tables that hold the tensors as well.
///
///     "" -> SavedTensorSlices { meta }, the list of tensors
///     an encoded name and part -> SavedTensorSlices { data }, the values
///
/// A tensor that is stored whole has one part, of all extents.
public final class LegacyReader: Sendable {
    /// The paths of the files.
    public let paths: [String]
    /// The tensors by name.
    public let tensors: [TensorEntry]

    private let tables: [TableReader]
    private let positions: [[UInt8]: Int]

    /// The version that this reader is, by TensorFlow's count.
    private static let readerVersion: Int32 = 1

    /// Opens a checkpoint, and checks its blocks.
    ///
    /// - Parameter path: A file, or the pattern `<name>-?????-of-00002` for several.
    /// - Throws: ``CheckpointError``.
    public init(path: String) throws(CheckpointError) {
        guard let paths = LegacyFiles.paths(path) else {
            throw .noCheckpoint(path: path, reason: "there is no such file")
        }
        self.paths = paths
        var tables: [TableReader] = []
        var entries: [[UInt8]: (entry: SavedTensorSlices.TensorEntry, file: Int)] = [:]
        for (index, path) in paths.enumerated() {
            let table = try TableReader(MappedFile(path: path))
            for tensor in try Self.meta(table).tensors {
                guard let known = entries[tensor.name]?.entry else {
                    entries[tensor.name] = (tensor, index)
                    continue
                }
                guard known.shape == tensor.shape, known.dataType == tensor.dataType else {
                    throw .malformedEntry(
                        path: path,
                        tensor: escapedName(tensor.name),
                        reason: "its parts differ in type or shape"
                    )
                }
                entries[tensor.name]?.entry.slices += tensor.slices
            }
            tables.append(table)
        }
        self.tables = tables
        var tensors: [TensorEntry] = []
        let sorted = entries.values.sorted {
            $0.entry.name.lexicographicallyPrecedes($1.entry.name)
        }
        for (entry, file) in sorted {
            tensors.append(try TensorEntry(entry, file: file, path: paths[file]))
        }
        self.tensors = tensors
        positions = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ($1.key, $0) })
    }

    private static func meta(
        _ table: TableReader
    ) throws(CheckpointError) -> SavedTensorSlices.Meta {
        let path = table.path
        func unsupported(_ reason: String) -> CheckpointError {
            .unsupportedBundle(path: path, reason: reason)
        }
        guard let first = table.entries.first, first.key.isEmpty else {
            throw unsupported("the checkpoint has no list of tensors")
        }
        let record = try table.withValue(of: first) { bytes throws(CheckpointError) in
            if path.hasSuffix(".index"), (try? BundleHeader(bytes)) != nil {
                throw unsupported("this is the index of a V2 checkpoint; use its prefix")
            }
            do throws(ProtoError) { return try SavedTensorSlices(bytes) } catch {
                throw CheckpointError.message(path: path, key: "", error)
            }
        }
        guard let meta = record.meta else {
            throw unsupported("the checkpoint has no list of tensors")
        }
        guard meta.versions.minimumConsumer <= readerVersion else {
            throw unsupported(
                "the checkpoint asks for a reader of version \(meta.versions.minimumConsumer), "
                    + "this one is \(readerVersion)"
            )
        }
        guard !meta.versions.badConsumers.contains(readerVersion) else {
            throw unsupported("the checkpoint refuses readers of version \(readerVersion)")
        }
        return meta
    }

    /// The entry of a tensor, if there is one.
    public func tensor(named name: String) -> TensorEntry? {
        positions[Array(name.utf8)].map { tensors[$0] }
    }

    /// The bytes of a tensor of fixed-size elements, little-endian, in row-major order.
    ///
    /// - Throws: ``CheckpointError``.
    public func bytes(
        of tensor: TensorEntry,
        verifies: Bool = true
    ) throws(CheckpointError) -> StoredBytes {
        guard let width = tensor.dataType.byteCount else {
            throw malformed(tensor, "\(tensor.dataType.name) elements have no fixed size")
        }
        // The values are there before the whole is allocated.
        let parts = try parts(of: tensor) { values, count throws(CheckpointError) in
            guard let bytes = LegacyValues.bytes(values, tensor.dataType, count: count) else {
                throw malformed(tensor, "a part does not hold \(count) values of its type")
            }
            return bytes
        }
        if parts.count == 1 { return StoredBytes(parts[0].values) }
        var whole = [UInt8](repeating: 0, count: tensor.elementCount * width)
        for part in parts {
            unsafe part.place.copy(
                part.values.span.bytes,
                into: &whole,
                shape: tensor.shape,
                width: width
            )
        }
        return StoredBytes(whole)
    }

    /// The strings of a string tensor, in row-major order.
    ///
    /// - Throws: ``CheckpointError``.
    public func strings(of tensor: TensorEntry) throws(CheckpointError) -> [[UInt8]] {
        guard tensor.dataType == .string else {
            throw malformed(tensor, "its elements are no strings")
        }
        let parts = try parts(of: tensor) { values, count throws(CheckpointError) in
            guard values.strings.count == count else {
                throw malformed(tensor, "a part does not hold \(count) strings")
            }
            return values.strings
        }
        guard parts.count == 1 else { throw malformed(tensor, "strings in parts cannot be read") }
        return parts[0].values
    }

    /// Every part of a tensor, its values converted.
    private func parts<Values>(
        of tensor: TensorEntry,
        _ convert: (TensorMessage, Int) throws(CheckpointError) -> Values
    ) throws(CheckpointError) -> [(place: SlicePlace, values: Values)] {
        var places: [SlicePlace] = []
        for slice in tensor.slices {
            guard let place = SlicePlace(slice, of: tensor.shape) else {
                throw malformed(tensor, "its slice \(slice) is not inside \(tensor.shape)")
            }
            places.append(place)
        }
        try SlicePlace.checkPartition(places, of: tensor) { malformed(tensor, $0) }
        var parts: [(place: SlicePlace, values: Values)] = []
        for (slice, place) in zip(tensor.slices, places) {
            let part = try values(of: tensor, slice)
            parts.append((place, try convert(part.values, place.elementCount)))
        }
        return parts
    }

    private func values(
        of tensor: TensorEntry,
        _ slice: TensorSlice
    ) throws(CheckpointError) -> SavedTensorSlices.Slice {
        let key = SliceKey(name: tensor.key, slice: slice).bytes
        for table in tables {
            guard let entry = table.entry(key) else { continue }
            let record = try table.withValue(of: entry) { bytes throws(CheckpointError) in
                do throws(ProtoError) { return try SavedTensorSlices(bytes) } catch {
                    throw CheckpointError.message(path: table.path, key: tensor.name, error)
                }
            }
            guard let values = record.slice, values.name == tensor.key, values.slice == slice else {
                throw malformed(tensor, "the values of its slice \(slice) are another's")
            }
            return values
        }
        throw malformed(tensor, "its slice \(slice) is missing")
    }

    private func malformed(_ tensor: TensorEntry, _ reason: String) -> CheckpointError {
        .malformedEntry(path: paths[tensor.shard], tensor: tensor.name, reason: reason)
    }
}
