public import Checkpoint
internal import Proto

/// The constants of a graph file, by the names of their nodes.
public struct GraphConstants: TensorSource {
    /// The constants, sorted by their names' bytes.
    public var tensors: [TensorEntry] { arrays.tensors }
    /// Constants that cannot be read.
    public let unread: [UnreadArray]
    private let arrays: PlacedArrays

    /// The most bytes that one value, which stands for all of an array, is made into.
    private static let filledLimit = 1 << 26

    /// Reads a graph.
    ///
    /// - Throws: ``FormatError/malformedFile(path:offset:reason:)`` or ``FormatError/checkpoint(_:)``.
    public init(path: String) throws(FormatError) {
        let file = try wrapping { () throws(CheckpointError) in try MappedFile(path: path) }
        let read = try wrapping { () throws(CheckpointError) in
            try file.withBytes { bytes throws(CheckpointError) in
                Result { () throws(ProtoError) in
                    guard let message = try GraphFile.binaryGraph(bytes) else {
                        return try Self.constants(bytes) { .mapped(file, $0) }
                    }
                    return try Self.constants(unsafe message.span.bytes) {
                        .made(Array(message[$0]))
                    }
                }
            }
        }
        do throws(ProtoError) {
            let (found, unread) = try read.get()
            arrays = PlacedArrays(found, path: path)
            self.unread = unread
        } catch {
            throw .malformedFile(path: path, offset: 0, reason: error.description)
        }
    }

    private typealias Found = (
        key: [UInt8], type: DataType, shape: [Int], place: PlacedArrays.Place
    )

    private static func constants(
        _ bytes: RawSpan,
        _ place: (Range<Int>) -> PlacedArrays.Place
    ) throws(ProtoError) -> ([Found], [UnreadArray]) {
        var found: [Found] = []
        var unread: [UnreadArray] = []
        try bytes.forEachWireField(in: 0..<bytes.byteCount, of: "GraphDef") {
            node throws(ProtoError) in
            guard node.number == 1, node.type == .lengthDelimited else { return }
            guard let (name, tensor) = try constant(bytes, node.content) else { return }
            let key = unsafe bytes.extracting(name).withUnsafeBytes { unsafe [UInt8]($0) }
            let message = try TensorMessage(bytes.extracting(tensor.whole))
            guard let type = DataType(rawValue: message.dataType), type != .string,
                let width = type.byteCount
            else {
                let known = DataType(rawValue: message.dataType)?.name ?? "\(message.dataType)"
                unread.append(
                    UnreadArray(
                        key: key,
                        reason: "has elements of the type \(known), which is not read",
                        isDamaged: false
                    )
                )
                return
            }
            let shape = message.shape?.dimensions.map { Int(clamping: $0) } ?? []
            guard let needed = PlacedArrays.byteCount(type, shape) else {
                unread.append(
                    UnreadArray(key: key, reason: "has the shape \(shape)", isDamaged: true)
                )
                return
            }
            if tensor.content.count == needed {
                found.append((key, type, shape, place(tensor.content)))
            } else if let values = values(message, type, width), needed <= filledLimit,
                !values.isEmpty, values.count <= needed, tensor.content.isEmpty
            {
                // The last value stands for all that follow.
                var all = values
                while all.count < needed { all += values.suffix(width) }
                found.append((key, type, shape, .made(all)))
            } else {
                unread.append(
                    UnreadArray(
                        key: key,
                        reason:
                            "has \(max(tensor.content.count, 0)) bytes, its shape needs \(needed)",
                        isDamaged: true
                    )
                )
            }
        }
        return (found, unread)
    }

    /// The name and the value of a node that is a constant; nil for others.
    private static func constant(
        _ bytes: RawSpan,
        _ range: Range<Int>
    ) throws(ProtoError) -> (name: Range<Int>, tensor: (whole: Range<Int>, content: Range<Int>))? {
        var (name, operation): (Range<Int>, Range<Int>) = (0..<0, 0..<0)
        var whole: Range<Int>?
        try bytes.forEachWireField(in: range, of: "NodeDef") { field throws(ProtoError) in
            switch (field.number, field.type) {
            case (1, .lengthDelimited): name = field.content
            case (2, .lengthDelimited): operation = field.content
            case (5, .lengthDelimited):
                try bytes.forEachWireField(in: field.content, of: "AttrEntry") {
                    entry throws(ProtoError) in
                    guard entry.number == 2, entry.type == .lengthDelimited else { return }
                    try bytes.forEachWireField(in: entry.content, of: "AttrValue") { member in
                        if member.number == 8, member.type == .lengthDelimited {
                            whole = member.content
                        }
                    }
                }
            default: break
            }
        }
        let isConstant = unsafe bytes.extracting(operation).withUnsafeBytes {
            unsafe $0.elementsEqual("Const".utf8)
        }
        guard isConstant, let whole else { return nil }
        var content = whole.lowerBound..<whole.lowerBound
        try bytes.forEachWireField(in: whole, of: "TensorProto") { field in
            if field.number == 4, field.type == .lengthDelimited { content = field.content }
        }
        return (name, (whole, content))
    }

    /// The values that a message lists one by one, little-endian; nil for types that are not listed so.
    private static func values(
        _ message: TensorMessage,
        _ type: DataType,
        _ width: Int
    ) -> [UInt8]? {
        func bytes(_ numbers: [some FixedWidthInteger]) -> [UInt8] {
            numbers.flatMap { number in
                (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
            }
        }
        return switch type {
        case .float32: bytes(message.floats.map(\.bitPattern))
        case .float64: bytes(message.doubles.map(\.bitPattern))
        case .int64: bytes(message.longIntegers)
        case .bool: message.bools.map { $0 ? 1 : 0 }
        case .float16, .bfloat16: bytes(message.halfs)
        case .uint32: bytes(message.unsignedIntegers)
        case .uint64: bytes(message.longUnsignedIntegers)
        case .int8, .int16, .int32, .uint8, .uint16, .qint8, .quint8, .qint32:
            bytes(message.integers)
        default: nil
        }
    }

    /// The bytes of a constant, little-endian, in row-major order.
    ///
    /// - Throws: `CheckpointError`.
    public func bytes(
        of tensor: TensorEntry,
        verifies: Bool
    ) throws(CheckpointError) -> StoredBytes {
        try arrays.bytes(of: tensor, verifies: verifies)
    }
}
