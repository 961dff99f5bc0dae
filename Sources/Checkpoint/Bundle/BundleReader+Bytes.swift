public import Proto

extension BundleReader {
    /// The bytes of a tensor of fixed-size elements, little-endian, in row-major order.
    ///
    /// A tensor that is stored whole is not copied; one in parts, or in a big-endian checkpoint, is assembled.
    ///
    /// - Parameters:
    ///   - tensor: One of ``tensors``.
    ///   - verifies: Whether the bytes are compared with their checksum, which reads them all.
    /// - Returns: The bytes, which need not be aligned.
    /// - Throws: ``CheckpointError``.
    public func bytes(
        of tensor: TensorEntry,
        verifies: Bool = true
    ) throws(CheckpointError) -> StoredBytes {
        guard let width = tensor.dataType.byteCount else {
            throw malformed(tensor, "\(tensor.dataType.name) elements have no fixed size")
        }
        if !tensor.slices.isEmpty {
            return StoredBytes(try assemble(tensor, width: width))
        }
        let stored = try storedBytes(of: tensor, verifies: verifies)
        let swap = tensor.dataType.swapWidth
        guard isBigEndian, swap > 1 else { return stored }
        return StoredBytes(swapped(stored.array, width: swap))
    }

    /// The bytes of one of the parts that a partitioned tensor is stored in, little-endian, in row-major order.
    ///
    /// - Throws: ``CheckpointError``.
    public func bytes(
        of tensor: TensorEntry,
        slice: TensorSlice
    ) throws(CheckpointError) -> StoredBytes {
        try bytes(of: self.slice(slice, of: tensor))
    }

    /// The strings of a string tensor, in row-major order.
    ///
    /// - Throws: ``CheckpointError``.
    public func strings(of tensor: TensorEntry) throws(CheckpointError) -> [[UInt8]] {
        guard tensor.dataType == .string else {
            throw malformed(tensor, "\(tensor.dataType.name) elements are not strings")
        }
        guard tensor.slices.isEmpty else { return try assembleStrings(tensor) }
        let stored = try storedBytes(of: tensor, verifies: false)
        let name = tensor.name
        let path = shardPath(tensor.shard)
        return try unsafe StringTensor.strings(
            stored.buffer.bytes,
            tensor,
            isBigEndian: isBigEndian,
            path: path,
            name: name
        )
    }

    func malformed(_ tensor: TensorEntry, _ reason: String) -> CheckpointError {
        .malformedEntry(path: prefix + ".index", tensor: tensor.name, reason: reason)
    }

    /// The bytes of a tensor that is stored whole as they lie in the data file, whatever its type.
    ///
    /// Strings and variants have checksums inside; theirs are not the checksum of these bytes. Variants are compared with
    /// all of theirs.
    ///
    /// - Parameters:
    ///   - tensor: One of ``tensors``.
    ///   - verifies: Whether the bytes are compared with their checksum.
    /// - Returns: The bytes, which need not be aligned.
    /// - Throws: ``CheckpointError``.
    public func storedBytes(
        of tensor: TensorEntry,
        verifies: Bool
    ) throws(CheckpointError) -> StoredBytes {
        let file = try shard(tensor.shard)
        guard tensor.offset + tensor.byteCount <= Int64(file.count) else {
            throw .truncatedTensor(
                path: file.path,
                tensor: tensor.name,
                offset: tensor.offset,
                needed: tensor.byteCount,
                fileSize: file.count
            )
        }
        let start = Int(tensor.offset)
        let buffer = try unsafe file.buffer(start..<(start + Int(tensor.byteCount)))
        if verifies, tensor.dataType == .variant {
            do throws(CheckpointError) {
                try unsafe VariantTensor.check(buffer.bytes, tensor, path: file.path)
            } catch {
                try file.checkIntact()
                throw error
            }
        } else if verifies {
            let checksum = unsafe CRC32C(buffer.bytes)
            guard checksum.masked == tensor.checksum else {
                try file.checkIntact()
                throw .tensorChecksum(
                    path: file.path,
                    tensor: tensor.name,
                    offset: tensor.offset,
                    stored: tensor.checksum,
                    computed: checksum.masked
                )
            }
        }
        return unsafe StoredBytes(buffer, owner: file)
    }

    private func swapped(_ bytes: [UInt8], width: Int) -> [UInt8] {
        var result = bytes
        for start in stride(from: 0, to: bytes.count - bytes.count % width, by: width) {
            result[start..<(start + width)].reverse()
        }
        return result
    }

    /// Puts the parts of a tensor together.
    private func assemble(
        _ tensor: TensorEntry,
        width: Int
    ) throws(CheckpointError) -> [UInt8] {
        let parts = try parts(of: tensor)
        var whole = [UInt8](repeating: 0, count: tensor.elementCount * width)
        for (place, entry) in parts {
            let bytes = try self.bytes(of: entry)
            unsafe place.copy(bytes.buffer.bytes, into: &whole, shape: tensor.shape, width: width)
        }
        return whole
    }

    /// Puts the parts of a tensor of strings together.
    private func assembleStrings(_ tensor: TensorEntry) throws(CheckpointError) -> [[UInt8]] {
        let parts = try parts(of: tensor)
        // The numbers of the strings are put in their places like any other elements, then looked up.
        var strings: [[UInt8]] = []
        var numbers: [[UInt64]] = []
        for part in parts {
            let found = try self.strings(of: part.entry)
            numbers.append((0..<found.count).map { UInt64(strings.count + $0) })
            strings += found
        }
        let width = MemoryLayout<UInt64>.size
        var whole = [UInt8](repeating: 0, count: tensor.elementCount * width)
        for (part, numbers) in zip(parts, numbers) {
            unsafe part.place.copy(
                numbers.span.bytes,
                into: &whole,
                shape: tensor.shape,
                width: width
            )
        }
        return unsafe whole.withUnsafeBytes { bytes in
            (0..<tensor.elementCount).map { index in
                strings[
                    Int(
                        unsafe bytes.loadUnaligned(
                            fromByteOffset: index * width,
                            as: UInt64.self
                        )
                    )
                ]
            }
        }
    }

    /// The parts of a tensor, found and measured before anything is allocated.
    private func parts(
        of tensor: TensorEntry
    ) throws(CheckpointError) -> [(place: SlicePlace, entry: TensorEntry)] {
        var parts: [(place: SlicePlace, entry: TensorEntry)] = []
        for slice in tensor.slices {
            guard let place = SlicePlace(slice, of: tensor.shape) else {
                throw malformed(tensor, "its slice \(slice) is not inside \(tensor.shape)")
            }
            let entry = try self.slice(slice, of: tensor)
            guard entry.dataType == tensor.dataType, entry.slices.isEmpty,
                entry.shape == place.lengths
            else { throw malformed(tensor, "its slice \(slice) has another type or shape") }
            parts.append((place, entry))
        }
        try SlicePlace.checkPartition(parts.map(\.place), of: tensor) { malformed(tensor, $0) }
        try checkSize(of: tensor, parts.map(\.entry))
        return parts
    }

    /// Throws if the parts of a tensor hold more bytes than their files, which only parts that share bytes can.
    private func checkSize(
        of tensor: TensorEntry,
        _ parts: [TensorEntry]
    ) throws(CheckpointError) {
        var needed: [Int: Int64] = [:]
        for part in parts { needed[part.shard, default: 0] += part.byteCount }
        for (shard, count) in needed {
            let file = try self.shard(shard)
            guard count <= Int64(file.count) else {
                throw .truncatedTensor(
                    path: file.path,
                    tensor: tensor.name,
                    offset: 0,
                    needed: count,
                    fileSize: file.count
                )
            }
        }
    }
}
