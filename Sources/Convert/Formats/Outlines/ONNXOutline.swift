internal import Proto

/// What can be listed of an ONNX model: its producer, operators and weights.
///
/// Fields as in `onnx.proto`: of the model `ir_version = 1`, `producer_name = 2`, `producer_version = 3`, `graph = 7`,
/// `opset_import = 8`; of the graph `node = 1`, `name = 2`, `initializer = 5`; of a node `op_type = 4`; of a tensor `dims = 1`,
/// `data_type = 2`, `name = 8`, `raw_data = 9`.
public struct ONNXOutline: Sendable {
    /// The version of the format.
    public private(set) var version: UInt64 = 0
    /// What wrote the model.
    public private(set) var producer = ""
    /// The version of the operators.
    public private(set) var operators: UInt64 = 0
    /// How often each operator occurs.
    public private(set) var nodes: [String: Int] = [:]
    /// The weights.
    public private(set) var weights: [ArrayEntry] = []

    private static let message = "ModelProto"

    /// Reads an outline; nil if the bytes are no model.
    public init?(_ bytes: RawSpan) {
        var hasGraph = false
        do throws(ProtoError) {
            try bytes.forEachWireField(in: 0..<bytes.byteCount, of: Self.message) {
                field throws(ProtoError) in
                switch (field.number, field.type) {
                case (1, .varint): version = field.varint
                case (2, .lengthDelimited): producer = bytes.word(in: field.content)
                case (7, .lengthDelimited):
                    hasGraph = true
                    try readGraph(bytes, field.content)
                case (8, .lengthDelimited):
                    try bytes.forEachWireField(in: field.content, of: Self.message) { inner in
                        if inner.number == 2, inner.type == .varint {
                            operators = max(operators, inner.varint)
                        }
                    }
                default: break
                }
            }
        } catch {
            return nil
        }
        guard hasGraph, (1...1000).contains(version), !nodes.isEmpty else { return nil }
    }

    private mutating func readGraph(_ bytes: RawSpan, _ range: Range<Int>) throws(ProtoError) {
        try bytes.forEachWireField(in: range, of: Self.message) { field throws(ProtoError) in
            guard field.type == .lengthDelimited else { return }
            if field.number == 1 {
                try bytes.forEachWireField(in: field.content, of: Self.message) { inner in
                    guard inner.number == 4, inner.type == .lengthDelimited else { return }
                    nodes[bytes.word(in: inner.content), default: 0] += 1
                }
            } else if field.number == 5 {
                weights.append(try Self.weight(bytes, field.content))
            }
        }
    }

    private static func weight(
        _ bytes: RawSpan,
        _ range: Range<Int>
    ) throws(ProtoError) -> ArrayEntry {
        var entry = ArrayEntry(name: "", type: "", shape: [], byteCount: range.count, offset: nil)
        try bytes.forEachWireField(in: range, of: message) { field throws(ProtoError) in
            switch (field.number, field.type) {
            case (1, .varint): entry.shape.append(Int(truncatingIfNeeded: field.varint))
            case (1, .lengthDelimited):
                entry.shape += bytes.varints(in: field.content)
                    .map { Int(truncatingIfNeeded: $0) }
            case (2, .varint):
                entry.type = ONNXElement.typeName(Int(truncatingIfNeeded: field.varint))
            case (8, .lengthDelimited): entry.name = bytes.word(in: field.content)
            case (9, .lengthDelimited):
                entry.byteCount = field.content.count
                entry.offset = field.content.lowerBound
            default: break
            }
        }
        return entry
    }
}
