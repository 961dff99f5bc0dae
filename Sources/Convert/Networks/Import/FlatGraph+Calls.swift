internal import Proto

extension FlatGraph {
    /// Operations that call the function of their attribute `f`.
    private static let callers: Set = ["PartitionedCall", "StatefulPartitionedCall", "RemoteCall"]

    /// The function that a node calls, with the attributes that it is called with; nil where it calls none.
    private func call(_ node: Node) -> (function: GraphDef.Function, given: [NodeDef.Attribute])? {
        if Self.callers.contains(node.operation), case .function(let name, let given)? = node["f"],
            let function = library[Name(name)]
        {
            return (function, given)
        }
        return library[Name(node.operation)].map { ($0, node.attributes) }
    }

    /// Puts the nodes of functions in the place of their calls, as far as tensors hang on them.
    ///
    /// - Throws: ``ImportProblem``.
    mutating func inlineCalls(from outputs: [Edge]) throws(ImportProblem) {
        var seen: Set<Int> = []
        var waiting = outputs.map { resolved($0).node }
        while let number = waiting.popLast() {
            guard seen.insert(number).inserted else { continue }
            if let (function, given) = call(nodes[number]) {
                let results = try expand(function, given, at: number, inputs(of: number))
                waiting += results.map { resolved($0).node }
            } else {
                waiting += inputs(of: number).map(\.node) + nodes[number].controls
            }
        }
    }

    /// Puts the nodes of a function in the place of a node, whose outputs become aliases of its results.
    ///
    /// - Returns: The results.
    /// - Throws: ``ImportProblem``.
    @discardableResult
    mutating func expand(
        _ function: GraphDef.Function,
        _ given: [NodeDef.Attribute],
        at number: Int,
        _ inputs: [Edge]
    ) throws(ImportProblem) -> [Edge] {
        let caller = nodes[number]
        try checkRecursion(function.name, caller.call)
        guard nodes.count + function.nodes.count <= Self.nodeLimit else {
            throw .tooManyNodes(limit: Self.nodeLimit)
        }
        calls.append(Call(function: function.name, parent: caller.call))
        let call = calls.count - 1
        var body = Body(arguments: try arguments(function, given, inputs, caller.name))
        for node in function.nodes {
            let place = add(
                Node(
                    name: "\(caller.name)/\(node.name)",
                    operation: node.operation,
                    attributes: node.attributes.map { Self.filled($0, given) },
                    call: call
                )
            )
            guard body.nodes.updateValue(place, forKey: Name(node.name)) == nil else {
                throw .doubledNode("\(function.name)/\(node.name)")
            }
        }
        for node in function.nodes {
            guard let place = body.nodes[Name(node.name)] else { continue }
            for input in node.inputs {
                if input.utf8.first == UInt8(ascii: "^") {
                    let name = String(decoding: input.utf8.dropFirst(), as: UTF8.self)
                    if let control = body.nodes[Name(name)] {
                        nodes[place].controls.append(control)
                    }
                } else {
                    let edge = try edge(input, in: body, of: nodes[place].name)
                    nodes[place].inputs.append(edge)
                }
            }
        }
        var results: [Edge] = []
        for output in function.signature.outputs {
            guard
                let result = function.results.last(where: { Name($0.output) == Name(output.name) })
            else {
                throw .malformed(
                    node: caller.name,
                    reason: "the function \(function.name) does not state its result \(output.name)"
                )
            }
            results.append(try edge(result.tensor, in: body, of: function.name))
        }
        for (output, result) in results.enumerated() {
            alias(Edge(node: number, output: output), to: result)
        }
        return results
    }

    private func checkRecursion(_ function: String, _ call: Int) throws(ImportProblem) {
        var names = [function]
        var call = call
        while calls.indices.contains(call) {
            names.append(calls[call].function)
            guard Name(calls[call].function) != Name(function) else {
                throw .recursion(names.reversed())
            }
            call = calls[call].parent
        }
    }

    // MARK: What a function's nodes take

    /// The nodes and the arguments of a function that is put in place.
    private struct Body {
        var arguments: [Name: [Edge]]
        var nodes: [Name: Int] = [:]
    }

    /// A function's arguments, by name, from the inputs of its call.
    private func arguments(
        _ function: GraphDef.Function,
        _ given: [NodeDef.Attribute],
        _ inputs: [Edge],
        _ caller: String
    ) throws(ImportProblem) -> [Name: [Edge]] {
        var rest = inputs[...]
        var arguments: [Name: [Edge]] = [:]
        for argument in function.signature.inputs {
            let count = Self.count(argument) { name in
                given.last { Name($0.name) == Name(name) }?.value
            }
            guard count >= 0, rest.count >= count else {
                throw .malformed(
                    node: caller,
                    reason: "\(inputs.count) inputs are too few for the function \(function.name)"
                )
            }
            arguments[Name(argument.name)] = Array(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return arguments
    }

    /// How many tensors an argument stands for.
    private static func count(
        _ argument: OperationDef.Argument,
        _ attribute: (String) -> AttributeValue?
    ) -> Int {
        if !argument.countAttribute.isEmpty {
            guard case .integer(let count)? = attribute(argument.countAttribute) else { return 1 }
            return Int(clamping: count)
        }
        if !argument.typesAttribute.isEmpty {
            guard case .list(let types)? = attribute(argument.typesAttribute) else { return 1 }
            return types.count
        }
        return 1
    }

    /// An attribute with what its call gives in the place of placeholders.
    private static func filled(
        _ attribute: NodeDef.Attribute,
        _ given: [NodeDef.Attribute]
    ) -> NodeDef.Attribute {
        NodeDef.Attribute(attribute.name, filled(attribute.value, given, depth: 0))
    }

    private static func filled(
        _ value: AttributeValue,
        _ given: [NodeDef.Attribute],
        depth: Int
    ) -> AttributeValue {
        switch value {
        case .placeholder(let name):
            return given.last { Name($0.name) == Name(name) }?.value ?? value
        case .function(let name, let attributes) where depth < 50:
            return .function(
                name,
                attributes.map {
                    NodeDef.Attribute($0.name, filled($0.value, given, depth: depth + 1))
                }
            )
        default: return value
        }
    }

    /// What a function's node takes: an argument `x`, one of several `x:1`, or `node:output:1`.
    private func edge(
        _ text: String,
        in body: Body,
        of taker: String
    ) throws(ImportProblem) -> Edge {
        let missing = ImportProblem.missingInput(node: taker, input: text)
        if let arguments = body.arguments[Name(text)] {
            guard let first = arguments.first else { throw missing }
            return first
        }
        if let node = body.nodes[Name(text)] { return Edge(node: node) }
        let (front, index) = Self.parts(text)
        if let arguments = body.arguments[Name(front)] {
            guard arguments.indices.contains(index) else { throw missing }
            return arguments[index]
        }
        if front.utf8.count < text.utf8.count, let node = body.nodes[Name(front)] {
            return Edge(node: node, output: index)
        }
        guard let colon = front.utf8.lastIndex(of: UInt8(ascii: ":")) else { throw missing }
        let name = String(decoding: front.utf8[..<colon], as: UTF8.self)
        let output = String(
            decoding: front.utf8[front.utf8.index(after: colon)...],
            as: UTF8.self
        )
        guard let node = body.nodes[Name(name)] else { throw missing }
        let (sum, overflow) = start(of: output, nodes[node]).addingReportingOverflow(index)
        guard !overflow else { throw missing }
        return Edge(node: node, output: sum)
    }

    /// The number of the first tensor of a named output.
    private func start(of output: String, _ node: Node) -> Int {
        let outputs =
            operations[Name(node.operation)]?.outputs
            ?? library[Name(node.operation)]?.signature.outputs
        guard let outputs else {
            return Self.outputs[node.operation]?.firstIndex(of: output) ?? 0
        }
        var start = 0
        for argument in outputs {
            if Name(argument.name) == Name(output) { return start }
            let (sum, overflow) = start.addingReportingOverflow(
                max(0, Self.count(argument) { node[$0] })
            )
            guard !overflow else { return 0 }
            start = sum
        }
        return 0
    }

    /// The outputs of operations that have several, for graphs whose writer did not describe its operations.
    private static let outputs: [String: [String]] = {
        let batchNorm = [
            "y", "batch_mean", "batch_variance", "reserve_space_1", "reserve_space_2",
            "reserve_space_3",
        ]
        return [
            "FusedBatchNorm": batchNorm, "FusedBatchNormV2": batchNorm,
            "FusedBatchNormV3": batchNorm, "_FusedBatchNormEx": batchNorm,
            "ListDiff": ["out", "idx"], "TensorArrayV3": ["handle", "flow"],
            "Merge": ["output", "value_index"],
            "MaxPoolWithArgmax": ["output", "argmax"],
            "Switch": ["output_false", "output_true"],
            "SparseSoftmaxCrossEntropyWithLogits": ["loss", "backprop"],
            "SoftmaxCrossEntropyWithLogits": ["loss", "backprop"],
            "TopK": ["values", "indices"], "TopKV2": ["values", "indices"],
            "Unique": ["y", "idx"], "UniqueWithCounts": ["y", "idx", "count"],
        ]
    }()
}
