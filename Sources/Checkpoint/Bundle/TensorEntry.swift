public import Proto

/// What a checkpoint says of one tensor, checked.
public struct TensorEntry: Equatable, Sendable {
    /// The tensor's name, as bytes; names need not be UTF-8.
    public let key: [UInt8]
    /// The type of the elements.
    public let dataType: DataType
    /// The extent of each dimension.
    public let shape: [Int]
    /// Which data file holds the bytes; of a partitioned tensor the slices say it.
    public let shard: Int
    /// Where they begin.
    public let offset: Int64
    /// How many they are.
    public let byteCount: Int64
    /// Their masked CRC-32C.
    public let checksum: UInt32
    /// The parts that the tensor is stored in; none if it is stored whole.
    public let slices: [TensorSlice]

    /// The name; bytes that are no UTF-8 are shown as `\xff`.
    public var name: String { escapedName(key) }

    /// The number of elements.
    public var elementCount: Int { shape.contains(0) ? 0 : shape.reduce(1, *) }

    /// The most dimensions that TensorFlow knows.
    static let rankLimit = 254

    /// Checks an entry.
    ///
    /// - Throws: ``CheckpointError/malformedEntry(path:tensor:reason:)``.
    init(
        _ entry: BundleEntry,
        key: [UInt8],
        shardCount: Int,
        path: String
    ) throws(CheckpointError) {
        func malformed(_ reason: String) -> CheckpointError {
            .malformedEntry(path: path, tensor: escapedName(key), reason: reason)
        }
        guard let dataType = DataType(rawValue: entry.dataType), dataType != .resource else {
            throw malformed("elements of type \(entry.dataType) cannot be stored")
        }
        guard !entry.shape.isRankUnknown else { throw malformed("its rank is unknown") }
        shape = try Self.check(entry.shape.dimensions, malformed)
        self.key = key
        self.dataType = dataType
        slices = entry.slices
        checksum = entry.checksum
        guard slices.isEmpty else {
            // The place of the whole is not used, and may hold anything after a merge.
            shard = 0
            offset = 0
            byteCount = 0
            return
        }
        guard entry.shard >= 0, Int(entry.shard) < shardCount else {
            throw malformed("it lies in shard \(entry.shard) of \(shardCount)")
        }
        guard entry.offset >= 0, entry.size >= 0,
            !entry.offset.addingReportingOverflow(entry.size).overflow
        else { throw malformed("it has \(entry.size) bytes at byte \(entry.offset)") }
        shard = Int(entry.shard)
        offset = entry.offset
        byteCount = entry.size
        if let width = dataType.byteCount {
            let elements = shape.contains(0) ? 0 : shape.reduce(1, *)
            let (needed, overflow) = elements.multipliedReportingOverflow(by: width)
            guard !overflow, Int64(needed) == byteCount else {
                throw malformed(
                    "it has \(byteCount) bytes, but \(dataType.name)\(shape) needs \(needed)"
                )
            }
        }
    }

    /// Checks an entry of a V1 checkpoint, whose values lie in records of their own.
    ///
    /// - Throws: ``CheckpointError/malformedEntry(path:tensor:reason:)``.
    init(
        _ entry: SavedTensorSlices.TensorEntry,
        file: Int,
        path: String
    ) throws(CheckpointError) {
        func malformed(_ reason: String) -> CheckpointError {
            .malformedEntry(path: path, tensor: escapedName(entry.name), reason: reason)
        }
        guard let dataType = DataType(rawValue: entry.dataType), dataType != .resource,
            dataType != .variant
        else { throw malformed("elements of type \(entry.dataType) cannot be stored") }
        guard !entry.shape.isRankUnknown else { throw malformed("its rank is unknown") }
        shape = try Self.check(entry.shape.dimensions, malformed)
        key = entry.name
        self.dataType = dataType
        slices = entry.slices
        shard = file
        offset = 0
        checksum = 0
        let elements = shape.contains(0) ? 0 : shape.reduce(1, *)
        let (size, overflow) = elements.multipliedReportingOverflow(by: dataType.byteCount ?? 0)
        guard !overflow else { throw malformed("its shape \(shape) has too many elements") }
        byteCount = Int64(size)
    }

    private static func check(
        _ dimensions: [Int64],
        _ malformed: (String) -> CheckpointError
    ) throws(CheckpointError) -> [Int] {
        guard dimensions.count <= rankLimit else {
            throw malformed("it has \(dimensions.count) dimensions, more than \(rankLimit)")
        }
        var shape: [Int] = []
        var count = 1
        for dimension in dimensions {
            guard dimension >= 0, let extent = Int(exactly: dimension) else {
                throw malformed("a dimension has \(dimension) elements")
            }
            shape.append(extent)
        }
        // An empty tensor is empty whatever its other dimensions say.
        for extent in shape where !shape.contains(0) {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow else { throw malformed("its shape \(shape) has too many elements") }
            count = product
        }
        return shape
    }
}

/// A name as text; bytes that are no UTF-8, and control characters, are shown as `\xff`.
func escapedName(_ key: [UInt8]) -> String {
    if key.allSatisfy({ (0x20..<0x7F).contains($0) }) {
        return String(decoding: key, as: UTF8.self)
    }
    if let text = String(validating: key, as: UTF8.self),
        !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
    {
        return text
    }
    return key.map { byte in
        if (0x20..<0x7F).contains(byte) { return String(UnicodeScalar(byte)) }
        let digits = String(byte, radix: 16)
        return "\\x" + (digits.count < 2 ? "0" : "") + digits
    }.joined()
}
