package import Proto

extension TensorEntry {
    /// An array of another format, whose place and size that format's reader has checked.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - dataType: The type of the elements, which have a fixed size.
    ///   - shape: The extents; their product does not overflow.
    ///   - offset: Where the bytes begin in the file.
    ///   - byteCount: How many they are.
    package init(
        array name: String,
        _ dataType: DataType,
        shape: [Int],
        offset: Int,
        byteCount: Int
    ) {
        key = Array(name.utf8)
        self.dataType = dataType
        self.shape = shape
        shard = 0
        self.offset = Int64(offset)
        self.byteCount = Int64(byteCount)
        checksum = 0
        slices = []
    }
}
