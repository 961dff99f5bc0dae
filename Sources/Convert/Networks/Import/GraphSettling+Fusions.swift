internal import Proto

// Nodes that optimisers of graphs made of several.
extension GraphSettling {
    /// Nodes that stand for several.
    static let fused: Set = [
        "_FusedConv2D", "_FusedDepthwiseConv2dNative", "_FusedMatMul", "FusedPadConv2D",
        "FusedResizeAndPadConv2D", "_FusedBatchNormEx",
    ]

    /// Puts the nodes in place that a fused one stands for.
    ///
    /// - Throws: ``ImportProblem/malformed(node:reason:)``.
    mutating func unfuse(
        _ number: Int,
        _ node: FlatGraph.Node,
        _ inputs: [FlatGraph.Edge]
    ) throws(ImportProblem) -> Bool {
        let own = FlatGraph.Edge(node: number)
        guard graph.resolved(own).node == number else { return false }
        var chain = Chain(node: node, rest: inputs[...])
        switch node.operation {
        case "FusedPadConv2D", "FusedResizeAndPadConv2D":
            var picture = try chain.next()
            if node.operation == "FusedResizeAndPadConv2D" {
                var attributes = node.attributes
                if let align = node["resize_align_corners"] {
                    attributes.append(.init("align_corners", align))
                }
                let size = try chain.next()
                picture = add("ResizeBilinear", [picture, size], chain, attributes)
            }
            picture = add("MirrorPad", [picture, try chain.next()], chain)
            graph.alias(own, to: add("Conv2D", [picture, try chain.next()], chain))
        case "_FusedBatchNormEx":
            let norm = add(
                "FusedBatchNormV3",
                [
                    try chain.next(), try chain.next(), try chain.next(), try chain.next(),
                    try chain.next(),
                ],
                chain
            )
            var result = norm
            if !chain.rest.isEmpty { result = add("AddV2", [norm, try chain.next()], chain) }
            if case .bytes(let function)? = node["activation_mode"],
                Name(String(decoding: function, as: UTF8.self)) != "Identity"
            {
                result = add(String(decoding: function, as: UTF8.self), [result], chain)
            }
            graph.alias(own, to: result)
            for output in 1...5 {
                graph.alias(
                    FlatGraph.Edge(node: number, output: output),
                    to: FlatGraph.Edge(node: norm.node, output: output)
                )
            }
        default:
            var operation = node.operation
            operation.removeFirst("_Fused".count)
            var result = add(operation, [try chain.next(), try chain.next()], chain)
            guard case .list(let items)? = node["fused_ops"] else {
                throw .malformed(node: node.name, reason: "it does not say what is fused")
            }
            for case .bytes(let bytes) in items {
                let name = String(decoding: bytes, as: UTF8.self)
                switch name {
                case "BiasAdd": result = add(name, [result, try chain.next()], chain)
                case "Add", "AddV2": result = add("AddV2", [result, try chain.next()], chain)
                case "FusedBatchNorm":
                    result = add(
                        "FusedBatchNormV3",
                        [
                            result, try chain.next(), try chain.next(), try chain.next(),
                            try chain.next(),
                        ],
                        chain,
                        node.attributes + [.init("is_training", .bool(false))]
                    )
                case "LeakyRelu":
                    let alpha = node["leakyrelu_alpha"] ?? .float(0.2)
                    result = add(name, [result], chain, [.init("alpha", alpha)])
                default: result = add(name, [result], chain)
                }
            }
            graph.alias(own, to: result)
        }
        return true
    }

    /// A fused node, and those of its inputs that nothing took yet.
    private struct Chain {
        let node: FlatGraph.Node
        var rest: ArraySlice<FlatGraph.Edge>

        mutating func next() throws(ImportProblem) -> FlatGraph.Edge {
            guard let edge = rest.popFirst() else {
                throw .malformed(node: node.name, reason: "it has too few inputs")
            }
            return edge
        }
    }

    private mutating func add(
        _ operation: String,
        _ inputs: [FlatGraph.Edge],
        _ chain: Chain,
        _ attributes: [NodeDef.Attribute]? = nil
    ) -> FlatGraph.Edge {
        let node = FlatGraph.Node(
            name: "\(chain.node.name)/\(operation)",
            operation: operation,
            inputs: inputs,
            controls: chain.node.controls,
            // What is said of the whole does not hold for its parts.
            attributes: (attributes ?? chain.node.attributes).filter {
                Name($0.name) != "_output_shapes"
            },
            call: chain.node.call
        )
        return FlatGraph.Edge(node: graph.add(node))
    }
}
