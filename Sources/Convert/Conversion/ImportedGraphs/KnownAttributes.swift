public import Networks
internal import Proto

/// Attributes that TensorFlow's operations have got since 1.14, and what 1.14 does where they are not there.
///
/// A graph that states them is refused by older versions, even where they say what is done anyway.
enum KnownAttributes {
    private static let newer: [Name: [Name: AttributeValue]] = {
        let gradients: [Name: AttributeValue] = ["grad_x": .bool(false), "grad_y": .bool(false)]
        let paddings: [Name: AttributeValue] = ["explicit_paddings": .list([])]
        let shapes: [Name: AttributeValue] = ["incompatible_shape_error": .bool(true)]
        let policy: [Name: AttributeValue] = ["bad_indices_policy": .bytes([])]
        let axis: [Name: AttributeValue] = ["narrow_range": .bool(false), "axis": .integer(-1)]
        let index = AttributeValue.type(DataType.int32.rawValue)
        return [
            "MatMul": ["grad_a": .bool(false), "grad_b": .bool(false)],
            "BatchMatMul": gradients, "BatchMatMulV2": gradients, "BatchMatMulV3": gradients,
            "ConcatOffset": ["shape_type": index],
            "DepthwiseConv2dNative": paddings, "DepthwiseConv2dNativeBackpropInput": paddings,
            "MaxPool": paddings,
            "Equal": shapes, "NotEqual": shapes,
            "TopKV2": ["Tk": index, "index_type": index],
            "GatherNd": policy, "ScatterNd": policy,
            "QuantizeAndDequantizeV2": axis, "QuantizeAndDequantizeV3": axis,
        ]
    }()

    /// Operations that 1.14 does not have.
    private static let newerOperations: Set<Name> = [
        "BatchMatMulV3", "Einsum", "MatrixDiagPartV2", "MatrixDiagPartV3", "MatrixDiagV2",
        "MatrixDiagV3", "QuantizeAndDequantizeV4",
    ]

    /// A node's attributes as every version knows them: without what is only told to one writer or runtime, and without what
    /// newer versions state and older ones do anyway.
    private static func attributes(of node: NodeDef) -> [String: AttributeValue] {
        let stated = newer[Name(node.operation)] ?? [:]
        var kept: [String: AttributeValue] = [:]
        for attribute in node.attributes where attribute.name.utf8.first != UInt8(ascii: "_") {
            if let usual = stated[Name(attribute.name)], usual == attribute.value { continue }
            // Only training heeds it.
            if Name(attribute.name) == "exponential_avg_factor" { continue }
            kept[attribute.name] = attribute.value
        }
        return kept
    }

    /// The same node as 1.14 knows it, where it has it under another name.
    static func known(_ node: NodeDef) -> NodeDef {
        var attributes = Self.attributes(of: node)
        var operation = node.operation
        if Name(operation) == "BatchMatMulV3", let type = attributes["Ta"],
            attributes["Tb"] == type, attributes["Tout"] == type
        {
            operation = "BatchMatMulV2"
            for name in ["Ta", "Tb", "Tout"] { attributes[name] = nil }
            attributes["T"] = type
        }
        return NodeDef(
            name: node.name,
            operation: operation,
            inputs: node.inputs,
            attributes: attributes.sorted { Name($0.key) < Name($1.key) }
                .map { .init($0.key, $0.value) }
        )
    }

    /// What of a graph 1.14 does not know, with how often it is there; none where it knows everything.
    static func unknown(in nodes: [NodeDef]) -> [String] {
        var counts: [Name: Int] = [:]
        for node in nodes.map(known) {
            let operation = Name(node.operation)
            if newerOperations.contains(operation) { counts[operation, default: 0] += 1 }
            guard let stated = newer[operation] else { continue }
            for attribute in node.attributes where stated[Name(attribute.name)] != nil {
                counts[Name("\(attribute.name) of \(operation)"), default: 0] += 1
            }
        }
        return counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    }
}

extension InferenceGraph {
    /// What TensorFlow 1.14 does not know of it, with how often it is there.
    public var newerThanFirst: [String] { KnownAttributes.unknown(in: nodes) }
}
