/// A message with graphs in it, whose large constants are left where they lie.
///
///     SavedModel   2 MetaGraphDef*
///     MetaGraphDef 2 GraphDef
///     GraphDef     1 NodeDef*   2 FunctionDefLibrary
///     library      1 FunctionDef*
///     FunctionDef  3 NodeDef*
///     NodeDef      5 attr*
///     attr         2 AttrValue
///     AttrValue    8 TensorProto
///     TensorProto  4 content
package struct LeftContents: Sendable {
    /// The message without the large contents; `TensorMessage.leftContent` counts those of ``contents``.
    package private(set) var message: [UInt8] = []
    /// Where the contents lie.
    package private(set) var contents: [Range<Int>] = []

    /// What the bytes are.
    package indirect enum Kind: Sendable {
        case savedModel, metaGraph, graph
        case library, function, node, attribute, value, tensor

        /// The kind of message that a field holds; nil where no graph is in it.
        fileprivate func member(_ field: UInt64) -> Kind? {
            switch (self, field) {
            case (.savedModel, 2): .metaGraph
            case (.metaGraph, 2): .graph
            case (.graph, 1), (.function, 3): .node
            case (.graph, 2): .library
            case (.library, 1): .function
            case (.node, 5): .attribute
            case (.attribute, 2): .value
            case (.value, 8): .tensor
            default: nil
            }
        }
    }

    /// Bytes of a part that is taken as it is.
    private static let smallLimit = 1 << 14

    /// Leaves the large contents out of a message.
    ///
    /// - Throws: ``ProtoError``.
    package init(_ bytes: RawSpan, _ kind: Kind) throws(ProtoError) {
        message = try rest(bytes, 0..<bytes.byteCount, kind)
    }

    private mutating func rest(
        _ bytes: RawSpan,
        _ range: Range<Int>,
        _ kind: Kind
    ) throws(ProtoError) -> [UInt8] {
        var fields: [WireField] = []
        try bytes.forEachWireField(in: range, of: "GraphDef") { fields.append($0) }
        var writer = WireWriter()
        for field in fields {
            if case .tensor = kind, field.number == 100_000 { continue }
            let isLarge = field.type == .lengthDelimited && field.content.count > Self.smallLimit
            if isLarge, let member = kind.member(field.number) {
                writer.bytes(try rest(bytes, field.content, member), field: field.number)
            } else if isLarge, case .tensor = kind, field.number == 4 {
                contents.append(field.content)
                writer.varint(UInt64(contents.count), field: 100_000)
            } else {
                writer.raw(bytes.extracting(field.range))
            }
        }
        return writer.output
    }
}
