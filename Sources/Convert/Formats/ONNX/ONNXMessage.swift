package import Proto

/// What an ONNX model says besides its graph, and where that is.
///
/// `ModelProto`: ir_version = 1, producer_name = 2, graph = 7, opset_import = 8, metadata_props = 14;
/// `OperatorSetIdProto`: domain = 1, version = 2.
package struct ONNXMessage: Sendable {
    /// Where the graph is; nil if there is none.
    package private(set) var graph: Range<Int>?
    /// The version of ONNX's own operators; 1 where the file states none.
    package private(set) var operatorSet = 1
    /// What wrote the model.
    package private(set) var producer = ""
    /// The texts that the file carries.
    package private(set) var metadata: [String: String] = [:]

    /// Reads a model.
    ///
    /// - Throws: ``ProtoError``.
    package init(_ bytes: RawSpan) throws(ProtoError) {
        let whole = 0..<bytes.byteCount
        try bytes.forEachWireField(in: whole, of: "ModelProto") { field throws(ProtoError) in
            guard field.type == .lengthDelimited else { return }
            switch field.number {
            case 2: producer = bytes.word(in: field.content)
            case 7: graph = field.content
            case 8: try readVersion(bytes, field.content)
            case 14:
                let entry = try bytes.entry(in: field.content)
                metadata[entry.key] = entry.value
            default: break
            }
        }
    }

    /// Reads the graph, if there is one.
    ///
    /// - Throws: ``ProtoError``.
    package func graph(in bytes: RawSpan) throws(ProtoError) -> ONNXGraph? {
        guard let graph else { return nil }
        return try ONNXGraph(bytes, graph)
    }

    private mutating func readVersion(
        _ bytes: RawSpan,
        _ range: Range<Int>
    ) throws(ProtoError) {
        var (domain, version) = ("", 0)
        try bytes.forEachWireField(in: range, of: "OperatorSetIdProto") { field in
            if field.number == 1, field.type == .lengthDelimited {
                domain = bytes.word(in: field.content)
            }
            if field.number == 2, field.type == .varint { version = Int(clamping: field.varint) }
        }
        if domain.isEmpty || Name(domain) == "ai.onnx" { operatorSet = version }
    }
}
