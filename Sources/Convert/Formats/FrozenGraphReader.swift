public import Checkpoint
public import Proto

/// A frozen graph, whose large constants stay where they are mapped.
///
///     GraphDef    1 node*
///     NodeDef     1 name   2 op = "Const"   5 attr*
///     attr        1 key = "value"   2 AttrValue
///     AttrValue   8 TensorProto
///     TensorProto 1 dtype   2 shape   4 content
public struct FrozenGraphReader: TensorSource {
    /// The constants, sorted by their names' bytes.
    public let tensors: [TensorEntry]
    /// All operations, those of ``tensors`` without their values; none where constants were named.
    package let nodes: [NodeDef]
    private let file: MappedFile

    /// Finds constants in a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - names: The constants that are meant; nil for all that are large.
    /// - Throws: ``FormatError/malformedFile(path:offset:reason:)`` or ``FormatError/checkpoint(_:)``.
    public init(path: String, names: Set<Name>? = nil) throws(FormatError) {
        let file = try wrapping { () throws(CheckpointError) in try MappedFile(path: path) }
        let result = try wrapping { () throws(CheckpointError) in
            try file.withBytes { bytes throws(CheckpointError) in
                do throws(ProtoError) {
                    return Result<([TensorEntry], [NodeDef]), FormatError>.success(
                        try Self.parts(bytes, names)
                    )
                } catch {
                    return .failure(
                        .malformedFile(path: path, offset: 0, reason: error.description)
                    )
                }
            }
        }
        let (entries, nodes) = try result.get()
        tensors = entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        self.nodes = nodes
        self.file = file
    }

    /// The bytes of a constant, little-endian, in row-major order; they have no checksum.
    ///
    /// - Throws: `CheckpointError`.
    public func bytes(
        of tensor: TensorEntry,
        verifies: Bool
    ) throws(CheckpointError) -> StoredBytes {
        try file.storedBytes(of: tensor)
    }

    /// Bytes of a node that is taken apart as a whole.
    private static let smallNodeLimit = 1 << 16

    private static func parts(
        _ bytes: RawSpan,
        _ names: Set<Name>?
    ) throws(ProtoError) -> ([TensorEntry], [NodeDef]) {
        var entries: [TensorEntry] = []
        var nodes: [NodeDef] = []
        try bytes.forEachWireField(in: 0..<bytes.byteCount, of: "GraphDef") {
            node throws(ProtoError) in
            guard node.number == 1, node.type == .lengthDelimited else { return }
            if names == nil, node.range.count <= smallNodeLimit {
                // A node as a field is a graph of one node.
                nodes += try GraphDef(bytes.extracting(node.range)).nodes
                return
            }
            var name = ""
            var operation = ""
            var tensor: Range<Int>?
            try bytes.forEachWireField(in: node.content, of: "NodeDef") {
                field throws(ProtoError) in
                switch field.number {
                case 1: name = text(bytes, field.content)
                case 2: operation = text(bytes, field.content)
                case 5: tensor = try value(bytes, field.content) ?? tensor
                default: break
                }
            }
            guard operation == "Const", names?.contains(Name(name)) ?? true, let tensor else {
                return
            }
            entries.append(try entry(name, bytes, tensor))
            if names == nil { nodes.append(NodeDef(name: name, operation: operation)) }
        }
        return (entries, nodes)
    }

    private static func text(_ bytes: RawSpan, _ range: Range<Int>) -> String {
        unsafe bytes.extracting(range).withUnsafeBytes {
            unsafe String(decoding: $0, as: UTF8.self)
        }
    }

    /// Where the tensor of the attribute `value` lies; nil in another attribute.
    private static func value(
        _ bytes: RawSpan,
        _ range: Range<Int>
    ) throws(ProtoError) -> Range<Int>? {
        var isValue = false
        var tensor: Range<Int>?
        try bytes.forEachWireField(in: range, of: "AttrEntry") { field throws(ProtoError) in
            if field.number == 1 { isValue = text(bytes, field.content) == "value" }
            guard field.number == 2, field.type == .lengthDelimited else { return }
            try bytes.forEachWireField(in: field.content, of: "AttrValue") {
                member throws(ProtoError) in
                if member.number == 8, member.type == .lengthDelimited { tensor = member.content }
            }
        }
        return isValue ? tensor : nil
    }

    private static func entry(
        _ name: String,
        _ bytes: RawSpan,
        _ range: Range<Int>
    ) throws(ProtoError) -> TensorEntry {
        var type: DataType?
        var shape: [Int] = []
        var content = range.lowerBound..<range.lowerBound
        try bytes.forEachWireField(in: range, of: "TensorProto") { field throws(ProtoError) in
            switch (field.number, field.type) {
            case (1, .varint):
                type = Int32(exactly: field.varint).flatMap(DataType.init(rawValue:))
            case (2, .lengthDelimited):
                let message = bytes.extracting(field.content)
                shape = try TensorShape(message).dimensions.map { Int(clamping: $0) }
            case (4, .lengthDelimited): content = field.content
            default: break
            }
        }
        var needed = type?.byteCount
        for extent in shape {
            let product = needed?.multipliedReportingOverflow(by: extent)
            needed = extent >= 0 && product?.overflow == false ? product?.partialValue : nil
        }
        guard let type, needed == content.count else {
            throw .invalidField(
                message: "TensorProto of '\(name)'",
                field: "content of so many bytes:",
                value: Int64(content.count)
            )
        }
        return TensorEntry(
            array: Array(name.utf8),
            type,
            shape: shape,
            offset: content.lowerBound,
            byteCount: content.count
        )
    }
}
