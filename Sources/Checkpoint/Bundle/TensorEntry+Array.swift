package import Proto

extension TensorEntry {
    /// An array of another format, whose place and size that format's reader has checked.
    ///
    /// - Parameters:
    ///   - key: The name, as bytes.
    ///   - dataType: The type of the elements, which have a fixed size.
    ///   - shape: The extents; their product does not overflow.
    ///   - offset: Where the bytes begin in the file.
    ///   - byteCount: How many they are.
    package init(
        array key: [UInt8],
        _ dataType: DataType,
        shape: [Int],
        offset: Int,
        byteCount: Int
    ) {
        self.key = key
        self.dataType = dataType
        self.shape = shape
        shard = 0
        self.offset = Int64(offset)
        self.byteCount = Int64(byteCount)
        checksum = 0
        slices = []
    }

    /// The same tensor under another name.
    package func named(_ key: [UInt8]) -> TensorEntry {
        TensorEntry(self, key: key)
    }

    private init(_ entry: TensorEntry, key: [UInt8]) {
        self.key = key
        dataType = entry.dataType
        shape = entry.shape
        shard = entry.shard
        offset = entry.offset
        byteCount = entry.byteCount
        checksum = entry.checksum
        slices = entry.slices
    }
}
