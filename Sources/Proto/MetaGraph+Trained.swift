extension MetaGraph {
    /// The variables that a `.meta` file's collection of trained ones describes, without a look at its graph.
    ///
    /// - Throws: ``ProtoError``.
    package static func trainedVariables(_ bytes: RawSpan) throws(ProtoError) -> [VariableDef] {
        // Collections alone are a message of the same kind.
        var message: [UInt8] = []
        try bytes.forEachWireField(in: 0..<bytes.byteCount, of: "MetaGraphDef") { field in
            guard field.number == 4, field.type == .lengthDelimited else { return }
            unsafe bytes.extracting(field.range).withUnsafeBytes {
                unsafe message.append(contentsOf: $0)
            }
        }
        let meta = try MetaGraph(unsafe message.span.bytes)
        guard case .messages(let messages)? = meta.collections["trainable_variables"] else {
            return []
        }
        var variables: [VariableDef] = []
        for message in messages { variables.append(try VariableDef(unsafe message.span.bytes)) }
        return variables
    }
}
