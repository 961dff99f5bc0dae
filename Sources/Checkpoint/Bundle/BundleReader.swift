internal import Proto
internal import Synchronization

/// A V2 checkpoint: an index of tensors, and data files that hold their bytes.
///
///     <prefix>.index                  a table: "" -> BundleHeader, name -> BundleEntry,
///                                     and an encoded name and part -> BundleEntry for slices
///     <prefix>.data-00000-of-00002    the tensors' bytes, at the places that the entries state
///
/// Data files are mapped when the first of their tensors is asked for. Tensors may lie at any place, aligned or not.
public final class BundleReader: Sendable {
    /// The path without `.index`.
    public let prefix: String
    /// The tensors by name; slices are not among them.
    public let tensors: [TensorEntry]
    /// Whether the tensors' bytes are big-endian.
    public let isBigEndian: Bool
    /// The number of data files.
    public let shardCount: Int
    /// Entries that cannot be used, with what is wrong; the others can.
    public let faults: [CheckpointError]

    private let slices: [[UInt8]: TensorEntry]
    private let positions: [[UInt8]: Int]
    private let shards = Mutex<[Int: MappedFile]>([:])

    /// The version that this reader is, by TensorFlow's count.
    private static let readerVersion: Int32 = 1

    /// Opens the index of a checkpoint, and checks it whole.
    ///
    /// - Parameter prefix: The path without `.index`.
    /// - Throws: ``CheckpointError``.
    public init(prefix: String) throws(CheckpointError) {
        self.prefix = prefix
        let path = prefix + ".index"
        let table = try TableReader(MappedFile(path: path))
        guard let first = table.entries.first, first.key.isEmpty else {
            throw .unsupportedBundle(path: path, reason: "the index has no bundle header")
        }
        let header = try table.withValue(of: first) { bytes throws(CheckpointError) in
            do throws(ProtoError) { return try BundleHeader(bytes) } catch {
                throw .message(path: path, key: "", error)
            }
        }
        (shardCount, isBigEndian) = try Self.check(header, path)

        var tensors: [TensorEntry] = []
        var slices: [[UInt8]: TensorEntry] = [:]
        var faults: [CheckpointError] = []
        for item in table.entries.dropFirst() {
            do throws(CheckpointError) {
                let entry = try table.withValue(of: item) { bytes throws(CheckpointError) in
                    do throws(ProtoError) { return try BundleEntry(bytes) } catch {
                        throw .message(path: path, key: escapedName(item.key), error)
                    }
                }
                let tensor = try TensorEntry(
                    entry,
                    key: item.key,
                    shardCount: shardCount,
                    path: path
                )
                // No name begins with a zero byte; the keys of slices do.
                if item.key.first == 0 {
                    slices[item.key] = tensor
                } else {
                    tensors.append(tensor)
                }
            } catch {
                faults.append(error)
            }
        }
        self.tensors = tensors
        self.slices = slices
        self.faults = faults
        positions = Dictionary(
            uniqueKeysWithValues: tensors.enumerated().map { ($1.key, $0) }
        )
    }

    private static func check(
        _ header: BundleHeader,
        _ path: String
    ) throws(CheckpointError) -> (shardCount: Int, isBigEndian: Bool) {
        func unsupported(_ reason: String) -> CheckpointError {
            .unsupportedBundle(path: path, reason: reason)
        }
        guard header.shardCount >= 1 else {
            throw unsupported("the checkpoint states \(header.shardCount) data files")
        }
        guard header.endianness == 0 || header.endianness == 1 else {
            throw unsupported("the checkpoint states byte order \(header.endianness)")
        }
        guard header.minimumConsumer <= readerVersion else {
            throw unsupported(
                "the checkpoint asks for a reader of version \(header.minimumConsumer), "
                    + "this one is \(readerVersion)"
            )
        }
        guard !header.badConsumers.contains(readerVersion) else {
            throw unsupported("the checkpoint refuses readers of version \(readerVersion)")
        }
        return (Int(header.shardCount), header.endianness == 1)
    }

    /// Every entry that has bytes of its own in a data file: tensors stored whole, and the parts of the others.
    package var storedEntries: [TensorEntry] {
        tensors.filter(\.slices.isEmpty) + slices.values
    }

    /// Where every tensor's bytes end, part by part, with the name of the tensor that they belong to.
    package var storedPlaces: [(owner: [UInt8], shard: Int, end: Int64)] {
        var places: [(owner: [UInt8], shard: Int, end: Int64)] = []
        func add(_ entry: TensorEntry, _ owner: TensorEntry) {
            places.append((owner.key, entry.shard, entry.offset + entry.byteCount))
        }
        for tensor in tensors {
            if tensor.slices.isEmpty { add(tensor, tensor) }
            for slice in tensor.slices {
                if let part = slices[SliceKey(name: tensor.key, slice: slice).bytes] {
                    add(part, tensor)
                }
            }
        }
        return places
    }

    /// The path of a data file.
    public func shardPath(_ shard: Int) -> String {
        Self.shardPath(prefix: prefix, shard: shard, of: shardCount)
    }

    static func shardPath(prefix: String, shard: Int, of count: Int) -> String {
        func padded(_ number: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
        }
        return "\(prefix).data-\(padded(shard))-of-\(padded(count))"
    }

    /// The entry of a tensor, if there is one.
    public func tensor(named name: String) -> TensorEntry? {
        positions[Array(name.utf8)].map { tensors[$0] }
    }

    /// The entry of one slice of a partitioned tensor.
    func slice(_ slice: TensorSlice, of tensor: TensorEntry) throws(CheckpointError) -> TensorEntry
    {
        guard let entry = slices[SliceKey(name: tensor.key, slice: slice).bytes] else {
            throw .malformedEntry(
                path: prefix + ".index",
                tensor: tensor.name,
                reason: "its slice \(slice) is missing"
            )
        }
        return entry
    }

    /// The file of a shard, mapped once.
    func shard(_ index: Int) throws(CheckpointError) -> MappedFile {
        if let file = shards.withLock({ $0[index] }) { return file }
        let file = try MappedFile(path: shardPath(index))
        return shards.withLock { shards in
            if let earlier = shards[index] { return earlier }
            shards[index] = file
            return file
        }
    }
}
