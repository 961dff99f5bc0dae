extension Planner {
    /// The same activations in blocks of channels; they themselves if they are.
    func blocked(_ input: Activation, for node: Node) throws(EngineError) -> Activation {
        try arranged(input, .blocked, input.type, for: node)
    }

    /// The same activations in blocks of channels, all of a type.
    func blocked(
        _ inputs: [Activation],
        as type: ElementType,
        for node: Node
    ) throws(EngineError) -> [Activation] {
        var results: [Activation] = []
        for input in inputs {
            results.append(converted(try blocked(input, for: node), to: type, for: node))
        }
        return results
    }

    /// The type that activations have in common, or else that in which the node's output is wanted.
    func commonType(_ inputs: [Activation], for node: Node) -> ElementType {
        let types = Set(inputs.map(\.type))
        return types.count == 1 ? inputs[0].type : outputType(of: node)
    }

    /// The same vectors as rows of a matrix; they themselves if they are.
    ///
    /// - Precondition: one pixel.
    func matrix(_ input: Activation, for node: Node) throws(EngineError) -> Activation {
        precondition(input.shape.isVector, "\(node.name): \(input.shape) is not a vector")
        return try arranged(input, .planar, .float32, for: node)
    }

    /// The same activations arranged as others are.
    func arranged(
        _ input: Activation,
        like other: Activation,
        for node: Node
    ) throws(EngineError) -> Activation {
        guard input.layout != other.layout else {
            return converted(input, to: other.type, for: node)
        }
        return try arranged(input, other.layout, other.type, for: node)
    }

    private func arranged(
        _ input: Activation,
        _ layout: Activation.Layout,
        _ type: ElementType,
        for node: Node
    ) throws(EngineError) -> Activation {
        guard input.layout != layout else { return input }
        let result = makeActivation(input.shape, layout, type)
        let (from, to, copy) = try wrapped { () throws(OneDNNError) in
            let (from, to) = (try input.exactDescriptor(), try result.exactDescriptor())
            return (from, to, try PrimitiveDescriptor(copying: from, to: to, on: processor))
        }
        try append(
            node,
            kind: "reorder",
            copy,
            operations: 0,
            [.reads(.source, input, from), .writes(.destination, result, to)]
        )
        return result
    }
}
