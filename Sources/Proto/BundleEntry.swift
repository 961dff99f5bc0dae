internal import CProto

/// The first entry of a V2 checkpoint's index.
public struct BundleHeader: Equatable, Sendable {
    /// The number of data files.
    public var shardCount: Int32
    /// 0: the tensors' bytes are little-endian; 1: big-endian.
    public var endianness: Int32
    /// Which writer made it.
    public var producer: Int32
    /// The oldest reader that may read it.
    public var minimumConsumer: Int32
    /// Readers that must not read it.
    public var badConsumers: [Int32]

    /// Takes a header apart.
    ///
    /// - Throws: ``ProtoError``.
    public init(_ bytes: RawSpan) throws(ProtoError) {
        self = try unsafe withMessage(
            bytes,
            tf__bundle_header__init,
            tf__bundle_header__unpack,
            tf__bundle_header__free_unpacked
        ) { message throws(ProtoError) in unsafe BundleHeader(message.pointee) }
    }

    private init(_ message: Tf__BundleHeader) {
        shardCount = unsafe message.num_shards
        endianness = unsafe message.endianness
        let version = unsafe message.version?.pointee
        producer = unsafe version?.producer ?? 0
        minimumConsumer = unsafe version?.min_consumer ?? 0
        badConsumers =
            unsafe version.map { unsafe array($0.bad_consumers, $0.n_bad_consumers) } ?? []
    }
}

/// What a V2 checkpoint's index says of one tensor, or of one slice of it.
public struct BundleEntry: Equatable, Sendable {
    /// The number of the element type; ``DataType`` knows the valid ones.
    public var dataType: Int32
    /// The extents; a scalar where the file states none.
    public var shape: TensorShape
    /// Which data file holds the bytes.
    public var shard: Int32
    /// Where they begin.
    public var offset: Int64
    /// How many they are.
    public var size: Int64
    /// Their masked CRC-32C.
    public var checksum: UInt32
    /// The parts that the tensor is stored in; none if it is stored whole.
    public var slices: [TensorSlice]

    /// Takes an entry apart.
    ///
    /// - Throws: ``ProtoError``.
    public init(_ bytes: RawSpan) throws(ProtoError) {
        self = try unsafe withMessage(
            bytes,
            tf__bundle_entry__init,
            tf__bundle_entry__unpack,
            tf__bundle_entry__free_unpacked
        ) { message throws(ProtoError) in try unsafe BundleEntry(message.pointee) }
    }

    private init(_ message: Tf__BundleEntry) throws(ProtoError) {
        dataType = unsafe message.dtype
        if let stated = unsafe message.shape {
            shape = try unsafe TensorShape(stated.pointee)
        } else {
            shape = TensorShape([])
        }
        shard = unsafe message.shard_id
        offset = unsafe message.offset
        size = unsafe message.size
        checksum = unsafe message.crc32c
        slices = try unsafe array(message.slices, message.n_slices) {
            slice throws(ProtoError) in try unsafe TensorSlice(slice)
        }
    }
}

extension BundleHeader {
    /// The header that TensorFlow's writer gives a little-endian checkpoint.
    package static func serialized(shardCount: Int) -> [UInt8] {
        var version = WireWriter()
        version.varint(1, field: 1)
        var writer = WireWriter()
        writer.varint(UInt64(shardCount), field: 1)
        writer.bytes(version.output, field: 3)
        return writer.output
    }
}

extension BundleEntry {
    /// An entry to be written.
    package init(
        dataType: DataType,
        shape: [Int],
        shard: Int = 0,
        offset: Int64 = 0,
        size: Int64 = 0,
        checksum: UInt32 = 0,
        slices: [TensorSlice] = []
    ) {
        self.dataType = dataType.rawValue
        self.shape = TensorShape(shape.map { Int64($0) })
        self.shard = Int32(shard)
        self.offset = offset
        self.size = size
        self.checksum = checksum
        self.slices = slices
    }

    /// The entry's message, fields in the order of their numbers, what is zero left out.
    package var serialized: [UInt8] {
        var writer = WireWriter()
        writer.varint(UInt64(bitPattern: Int64(dataType)), field: 1)
        writer.bytes(shape.serialized, field: 2)
        writer.varint(UInt64(bitPattern: Int64(shard)), field: 3)
        writer.varint(UInt64(bitPattern: offset), field: 4)
        writer.varint(UInt64(bitPattern: size), field: 5)
        writer.fixed32(checksum, field: 6)
        for slice in slices { writer.bytes(slice.serialized, field: 7) }
        return writer.output
    }
}
