public import Proto

/// Writes a V2 checkpoint byte for byte as TensorFlow does.
///
/// Tensors go to the data files as they are added, piece by piece if need be, and only the index is kept in memory. Nothing
/// has its name before ``finish()``: then the data files, synced, come first and the index last, so that an index that is
/// there belongs to data that is. A writer that is given up leaves nothing behind.
public final class BundleWriter {
    /// The path without `.index`.
    public let prefix: String
    private let shards: [AtomicFile]
    private var entries: [[UInt8]: BundleEntry] = [:]
    private var current: Current?
    private var isFinished = false

    /// A tensor whose bytes are being written.
    private struct Current {
        let key: [UInt8]
        let dataType: DataType
        let shape: [Int]
        let shard: Int
        let offset: Int
        let byteCount: Int
        var checksum = CRC32C()
    }

    /// Begins a checkpoint.
    ///
    /// - Parameters:
    ///   - prefix: The path without `.index`.
    ///   - shardCount: The number of data files.
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    public init(prefix: String, shardCount: Int = 1) throws(CheckpointError) {
        precondition(shardCount >= 1, "\(shardCount) data files")
        self.prefix = prefix
        var shards: [AtomicFile] = []
        for shard in 0..<shardCount {
            let path = BundleReader.shardPath(prefix: prefix, shard: shard, of: shardCount)
            shards.append(try AtomicFile(path: path))
        }
        self.shards = shards
    }

    /// Adds a tensor of fixed-size elements.
    ///
    /// - Parameters:
    ///   - name: The name; neither empty nor taken.
    ///   - dataType: The type of the elements.
    ///   - shape: The extents.
    ///   - bytes: The elements, little-endian, in row-major order.
    ///   - shard: The number of the data file.
    /// - Throws: ``CheckpointError``.
    public func add(
        _ name: String,
        _ dataType: DataType,
        shape: [Int],
        bytes: RawSpan,
        shard: Int = 0
    ) throws(CheckpointError) {
        try begin(name, dataType, shape: shape, shard: shard)
        try append(bytes)
        try end()
    }

    /// Begins a tensor of fixed-size elements, whose bytes follow in pieces.
    ///
    /// - Throws: ``CheckpointError``.
    public func begin(
        _ name: String,
        _ dataType: DataType,
        shape: [Int],
        shard: Int = 0
    ) throws(CheckpointError) {
        try begin(key(name), dataType, shape: shape, shard: shard)
    }

    /// Writes the next bytes of the tensor that was begun.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    public func append(_ bytes: RawSpan) throws(CheckpointError) {
        guard let shard = current?.shard else { preconditionFailure("no tensor was begun") }
        current?.checksum.extend(bytes)
        try shards[shard].write(bytes)
    }

    /// Ends the tensor that was begun.
    ///
    /// - Throws: ``CheckpointError/unwritableTensor(path:tensor:reason:)`` unless the bytes are as many as type and shape
    ///   ask for.
    public func end() throws(CheckpointError) {
        guard let tensor = current else { preconditionFailure("no tensor was begun") }
        let written = shards[tensor.shard].count - tensor.offset
        guard written == tensor.byteCount else {
            throw unwritable(
                tensor.key,
                "\(tensor.dataType.name)\(tensor.shape) has \(tensor.byteCount) bytes, "
                    + "given were \(written)"
            )
        }
        entries[tensor.key] = BundleEntry(
            dataType: tensor.dataType,
            shape: tensor.shape,
            shard: tensor.shard,
            offset: Int64(tensor.offset),
            size: Int64(written),
            checksum: tensor.checksum.masked
        )
        current = nil
    }

    /// Adds a tensor of strings.
    ///
    /// - Parameters:
    ///   - name: The name; neither empty nor taken.
    ///   - shape: The extents.
    ///   - strings: As many strings as the shape asks for, in row-major order.
    ///   - shard: The number of the data file.
    /// - Throws: ``CheckpointError``.
    public func add(
        _ name: String,
        shape: [Int],
        strings: [[UInt8]],
        shard: Int = 0
    ) throws(CheckpointError) {
        let key = try key(name)
        guard strings.count == (try elementCount(shape, key)) else {
            throw unwritable(key, "shape \(shape) does not fit \(strings.count) strings")
        }
        try checkFree(key, shard)
        var head: [UInt8] = []
        var checksum = CRC32C()
        for string in strings {
            head.append(varint: UInt64(string.count))
            if let short = UInt32(exactly: string.count) {
                checksum.extend(littleEndian: short)
            } else {
                checksum.extend(littleEndian: UInt64(string.count))
            }
        }
        var word: [UInt8] = []
        word.append(word32: checksum.masked)
        unsafe checksum.extend(word.span.bytes)
        let file = shards[shard]
        let offset = file.count
        try file.write(head + word)
        for string in strings {
            unsafe checksum.extend(string.span.bytes)
            try file.write(string)
        }
        entries[key] = BundleEntry(
            dataType: .string,
            shape: shape,
            shard: shard,
            offset: Int64(offset),
            size: Int64(file.count - offset),
            checksum: checksum.masked
        )
    }

    /// Adds a tensor of variants as another checkpoint of the same order of bytes stores it.
    ///
    /// - Parameters:
    ///   - name: The name; neither empty nor taken.
    ///   - shape: The extents.
    ///   - bytes: The stored bytes, checksums included.
    ///   - checksum: The checksum of the whole, as the other checkpoint's index has it.
    ///   - shard: The number of the data file.
    /// - Throws: ``CheckpointError``.
    package func add(
        _ name: String,
        variantsOf shape: [Int],
        bytes: RawSpan,
        checksum: UInt32,
        shard: Int = 0
    ) throws(CheckpointError) {
        let key = try key(name)
        _ = try elementCount(shape, key)
        try checkFree(key, shard)
        let offset = shards[shard].count
        try shards[shard].write(bytes)
        entries[key] = BundleEntry(
            dataType: .variant,
            shape: shape,
            shard: shard,
            offset: Int64(offset),
            size: Int64(bytes.byteCount),
            checksum: checksum
        )
    }

    /// Adds one part of a partitioned tensor; extents are stored to the letter.
    ///
    /// A part that is the whole is stored as a tensor of its own.
    ///
    /// - Parameters:
    ///   - name: The name of the whole.
    ///   - dataType: The type of the elements.
    ///   - shape: The extents of the whole.
    ///   - slice: Which part it is.
    ///   - bytes: The part's elements, little-endian, in row-major order.
    ///   - shard: The number of the data file.
    /// - Throws: ``CheckpointError``.
    public func add(
        _ name: String,
        _ dataType: DataType,
        shape: [Int],
        slice: TensorSlice,
        bytes: RawSpan,
        shard: Int = 0
    ) throws(CheckpointError) {
        let key = try key(name)
        guard let place = SlicePlace(slice, of: shape) else {
            throw unwritable(key, "its slice \(slice) is not inside \(shape)")
        }
        guard place.lengths != shape else {
            return try add(name, dataType, shape: shape, bytes: bytes, shard: shard)
        }
        let empty = BundleEntry(dataType: dataType, shape: shape)
        // Not kept beyond this: a second holder of the list of parts would make every part copy it.
        let fits = entries[key].map {
            $0.dataType == empty.dataType && $0.shape == empty.shape && !$0.slices.isEmpty
        }
        guard fits ?? true else { throw unwritable(key, "its parts differ in type or shape") }
        try begin(
            SliceKey(name: key, slice: slice).bytes,
            dataType,
            shape: place.lengths,
            shard: shard
        )
        try append(bytes)
        try end()
        entries[key, default: empty].slices.append(slice)
    }

    /// Completes the checkpoint: syncs and names the data files, then the index.
    ///
    /// - Throws: ``CheckpointError``.
    public func finish() throws(CheckpointError) {
        precondition(current == nil && !isFinished, "a tensor was not ended")
        let index = try AtomicFile(path: prefix + ".index")
        var table = TableWriter(index)
        try table.add([], BundleHeader.serialized(shardCount: shards.count))
        for (key, entry) in entries.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            try table.add(key, entry.serialized)
        }
        try table.finish()
        // Everything is on the disk before anything of an earlier checkpoint is replaced.
        try index.close()
        for shard in shards { try shard.close() }
        for shard in shards { try shard.commit() }
        try index.commit()
        isFinished = true
    }

    private func begin(
        _ key: [UInt8],
        _ dataType: DataType,
        shape: [Int],
        shard: Int
    ) throws(CheckpointError) {
        try checkFree(key, shard)
        guard let width = dataType.byteCount else {
            throw unwritable(key, "\(dataType.name) elements have no fixed size")
        }
        let (byteCount, overflow) = try elementCount(shape, key)
            .multipliedReportingOverflow(by: width)
        guard !overflow else { throw unwritable(key, "its shape \(shape) is too large") }
        current = Current(
            key: key,
            dataType: dataType,
            shape: shape,
            shard: shard,
            offset: shards[shard].count,
            byteCount: byteCount
        )
    }

    private func checkFree(_ key: [UInt8], _ shard: Int) throws(CheckpointError) {
        precondition(current == nil && !isFinished, "a tensor was not ended")
        precondition(shards.indices.contains(shard), "shard \(shard) of \(shards.count)")
        guard entries[key] == nil else { throw unwritable(key, "there is a tensor of this name") }
    }

    private func key(_ name: String) throws(CheckpointError) -> [UInt8] {
        guard let first = name.utf8.first else { throw unwritable([], "a name cannot be empty") }
        // The keys of parts begin so.
        guard first != 0 else {
            throw unwritable(Array(name.utf8), "a name cannot begin with zero")
        }
        return Array(name.utf8)
    }

    private func elementCount(_ shape: [Int], _ key: [UInt8]) throws(CheckpointError) -> Int {
        guard shape.count <= TensorEntry.rankLimit, shape.allSatisfy({ $0 >= 0 }) else {
            throw unwritable(key, "its shape is \(shape)")
        }
        var count = 1
        for extent in shape where !shape.contains(0) {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow else { throw unwritable(key, "its shape \(shape) is too large") }
            count = product
        }
        return shape.contains(0) ? 0 : count
    }

    private func unwritable(_ key: [UInt8], _ reason: String) -> CheckpointError {
        .unwritableTensor(path: prefix, tensor: escapedName(key), reason: reason)
    }
}
