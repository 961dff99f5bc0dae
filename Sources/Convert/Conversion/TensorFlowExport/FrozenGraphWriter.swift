public import Checkpoint
internal import Formats
internal import Proto

/// A graph with its weights in it, as one file.
public enum FrozenGraphWriter {
    /// The most bytes that TensorFlow reads of one message.
    static let byteLimit = Int(Int32.max)

    /// Writes a network whose weights are constants, one after the other.
    ///
    /// - Parameters:
    ///   - network: The network and its weights.
    ///   - source: Where the tensors are.
    ///   - input: What the network is given.
    ///   - path: The file.
    ///   - isReplacing: Whether a file that is there is replaced.
    /// - Throws: ``ConversionError``.
    public static func write(
        _ network: NetworkPlan,
        from source: any TensorSource,
        _ input: ServingInput,
        to path: String,
        replacing isReplacing: Bool
    ) throws(ConversionError) {
        let graph = try builder(network, input)
        try write(graph, from: source, to: path, replacing: isReplacing)
    }

    /// Writes a graph whose weights are constants, one after the other.
    ///
    /// - Throws: ``ConversionError``.
    static func write(
        _ graph: GraphDefBuilder,
        from source: any TensorSource,
        to path: String,
        replacing isReplacing: Bool
    ) throws(ConversionError) {
        let (headers, _) = try layOut(graph, path)
        do {
            var file = try OutputFile(path, replacing: isReplacing)
            for (part, bytes) in zip(graph.parts, headers) {
                try unsafe file.write(bytes.span.bytes)
                guard case .weight(_, let item) = part, item.byteCount > 0 else { continue }
                let values = try source.bytes(for: item)
                try unsafe file.write(values.buffer.bytes)
                try wrapping { () throws(CheckpointError) in try values.checkIntact() }
                values.release()
            }
            let versions = GraphDef.serializedVersions(GraphDefBuilder.versions)
            try unsafe file.write(versions.span.bytes)
            try file.commit()
        } catch let error as FormatError {
            throw .unwritable(path: path, reason: error.description)
        } catch let error as ConversionError {
            throw error
        } catch {
            throw .unwritable(path: path, reason: "\(error)")
        }
    }

    /// Bytes of the file.
    ///
    /// - Throws: ``ConversionError``.
    public static func byteCount(
        _ network: NetworkPlan,
        _ input: ServingInput,
        path: String
    ) throws(ConversionError) -> Int {
        try byteCount(builder(network, input), path: path)
    }

    /// Bytes of the file that a graph makes.
    ///
    /// - Throws: ``ConversionError``.
    static func byteCount(
        _ graph: GraphDefBuilder,
        path: String
    ) throws(ConversionError) -> Int { try layOut(graph, path).size }

    private static func builder(
        _ network: NetworkPlan,
        _ input: ServingInput
    ) throws(ConversionError) -> GraphDefBuilder {
        try network.checkNodeNames("a graph", reserved: ServingGraph.reserved)
        return try ServingGraph(network, input, .constants).builder
    }

    /// The bytes of each operation without those of weights, and the size of the file.
    private static func layOut(
        _ graph: GraphDefBuilder,
        _ path: String
    ) throws(ConversionError) -> (headers: [[UInt8]], size: Int) {
        let versions = GraphDef.serializedVersions(GraphDefBuilder.versions)
        var size = versions.count
        let headers = graph.parts.map { part in
            switch part {
            case .operation(let node):
                let bytes = node.serializedField
                size += bytes.count
                return bytes
            case .weight(let name, let item):
                let bytes = header(name, item)
                size += bytes.count + item.byteCount
                return bytes
            }
        }
        guard size <= byteLimit else {
            throw .unwritable(
                path: path,
                reason: "a frozen graph can have \(byteLimit) bytes, this one would have \(size); "
                    + "use --to saved-model"
            )
        }
        return (headers, size)
    }

    /// The bytes of a constant's node up to its values, which end all the messages that they lie in.
    private static func header(_ name: String, _ item: ConversionPlan.Item) -> [UInt8] {
        var tensor = TensorMessage()
        tensor.dataType = item.dataType.rawValue
        tensor.shape = TensorShape(item.source.shape.map { Int64($0) })
        var node = WireWriter()
        node.bytes(Array(name.utf8), field: 1)
        node.bytes(Array("Const".utf8), field: 2)
        var type = WireWriter()
        type.bytes(Array("dtype".utf8), field: 1)
        type.bytes(AttributeValue.of(item.dataType).serialized, field: 2)
        node.bytes(type.output, field: 5)

        // From the inside out: each message's length counts the values, which come last.
        var inner = WireWriter()
        inner.raw(tensor.serialized)
        if item.byteCount > 0 { inner.beginBytes(item.byteCount, field: 4) }
        for (before, field) in [([UInt8](), UInt64(8)), (keyField("value"), 2), (node.output, 5)] {
            // `before` stands in front of the field that holds what there is so far.
            var outer = WireWriter()
            outer.raw(before)
            outer.beginBytes(inner.output.count + item.byteCount, field: field)
            outer.raw(inner.output)
            inner = outer
        }
        var field = WireWriter()
        field.beginBytes(inner.output.count + item.byteCount, field: 1)
        field.raw(inner.output)
        return field.output
    }

    private static func keyField(_ key: String) -> [UInt8] {
        var writer = WireWriter()
        writer.bytes(Array(key.utf8), field: 1)
        return writer.output
    }
}
