internal import Checkpoint
internal import Formats
internal import Proto

extension ONNXModel {
    /// Operators that came with version 18.
    private static let newer: Set<Name> = ["BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitwiseNot"]
    /// Operators whose axes became an input with it.
    private static let reductions: Set<Name> = [
        "ReduceMean", "ReduceProd", "ReduceMax", "ReduceMin", "ReduceL2",
    ]

    /// Takes version 18 of the operators, where one of them needs it.
    ///
    /// Most readers know 17, which is taken for all others.
    mutating func settleOperatorSet() {
        guard nodes.contains(where: { Self.newer.contains(Name($0.operation)) }) else { return }
        operatorSet = 18
        var taken = Set(initializers.map { Name($0.name) })
        for node in nodes { for output in node.outputs { taken.insert(Name(output.description)) } }
        nodes = nodes.map { node in
            var (inputs, attributes) = (node.inputs, node.attributes)
            if Self.reductions.contains(Name(node.operation)),
                case .integers(let axes)? = attributes.removeValue(forKey: "axes")
            {
                var name = "\(node.name)/axes"
                while !taken.insert(Name(name)).inserted { name += "_" }
                let bytes = axes.flatMap { axis in
                    (0..<8).map { UInt8(truncatingIfNeeded: axis >> (8 * $0)) }
                }
                initializers.append(
                    Initializer(
                        name: name,
                        element: .int64,
                        shape: [axes.count],
                        content: .bytes(bytes)
                    )
                )
                inputs.append(ByteName(name))
            }
            if node.operation == "Split", inputs.count == 1 {
                attributes["num_outputs"] = .integer(node.outputs.count)
            }
            return ONNXNode(
                name: node.name,
                operation: node.operation,
                inputs: inputs,
                outputs: node.outputs,
                attributes: attributes
            )
        }
    }
}
