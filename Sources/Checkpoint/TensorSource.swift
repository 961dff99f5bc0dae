internal import Proto

/// A checkpoint whose tensors can be read, in whatever format it is stored.
public protocol TensorSource: Sendable {
    /// The tensors, sorted by their names' bytes.
    var tensors: [TensorEntry] { get }

    /// The entry of a tensor, if there is one.
    func tensor(named name: String) -> TensorEntry?

    /// The bytes of a tensor of fixed-size elements, little-endian, in row-major order.
    ///
    /// - Parameters:
    ///   - tensor: One of ``tensors``.
    ///   - verifies: Whether the bytes are compared with their checksum, where they have one of their own.
    /// - Returns: The bytes, which need not be aligned.
    /// - Throws: ``CheckpointError``.
    func bytes(of tensor: TensorEntry, verifies: Bool) throws(CheckpointError) -> StoredBytes

    /// The strings of a string tensor, in row-major order.
    ///
    /// - Throws: ``CheckpointError``.
    func strings(of tensor: TensorEntry) throws(CheckpointError) -> [[UInt8]]
}

extension TensorSource {
    /// The entry of a tensor, if there is one: looked for among ``tensors``, which are sorted.
    public func tensor(named name: String) -> TensorEntry? {
        let key = Array(name.utf8)
        var (low, high) = (0, tensors.count)
        while low < high {
            let middle = (low + high) / 2
            if tensors[middle].key.lexicographicallyPrecedes(key) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < tensors.count && tensors[low].key == key ? tensors[low] : nil
    }

    /// Nothing: most formats hold numbers only.
    ///
    /// - Throws: ``CheckpointError/malformedEntry(path:tensor:reason:)``.
    public func strings(of tensor: TensorEntry) throws(CheckpointError) -> [[UInt8]] {
        throw .malformedEntry(
            path: "",
            tensor: tensor.name,
            reason: "\(tensor.dataType.name) elements are not strings"
        )
    }

    /// The bytes of a tensor of variants as they are stored, compared with their checksums.
    ///
    /// - Throws: ``CheckpointError``.
    package func variants(of tensor: TensorEntry) throws(CheckpointError) -> StoredBytes {
        guard let bundle = self as? BundleReader, tensor.slices.isEmpty else {
            throw .malformedEntry(
                path: "",
                tensor: tensor.name,
                reason: "only V2 checkpoints hold variants, and only whole"
            )
        }
        return try bundle.storedBytes(of: tensor, verifies: true)
    }
}

extension MappedFile {
    /// The bytes of a tensor that lies in the file as it is.
    ///
    /// - Throws: ``CheckpointError``.
    package func storedBytes(of tensor: TensorEntry) throws(CheckpointError) -> StoredBytes {
        let start = Int(tensor.offset)
        return try unsafe StoredBytes(
            buffer(start..<(start + Int(tensor.byteCount))),
            owner: self
        )
    }
}

extension BundleReader: TensorSource {}
extension LegacyReader: TensorSource {}

extension CheckpointLocation {
    /// Opens the checkpoint.
    ///
    /// - Throws: ``CheckpointError``.
    public func open() throws(CheckpointError) -> any TensorSource {
        switch format {
        case .bundle: try BundleReader(prefix: prefix)
        case .legacy: try LegacyReader(path: prefix)
        }
    }
}
