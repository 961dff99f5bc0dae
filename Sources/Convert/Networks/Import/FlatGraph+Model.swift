internal import Proto

extension FlatGraph {
    /// Calls a model of TensorFlow 2 that offers no signature, as modules of TF-Hub do: the root object's `__call__`.
    ///
    /// Of its functions the one that does not train is taken.
    ///
    /// - Returns: the outputs by name; nil where there is no such function.
    /// - Throws: ``ImportProblem``.
    mutating func callModel(
        _ objects: SavedObjects?
    ) throws(ImportProblem) -> [(name: String, edge: Edge)]? {
        guard let objects, let root = objects.nodes.first else { return nil }
        var names: [String] = []
        for wanted in ["__call__", "call", "serve", "call_and_return_conditional_losses"] {
            guard names.isEmpty,
                let child = root.children.first(where: { Name($0.name) == Name(wanted) }),
                objects.nodes.indices.contains(Int(child.node))
            else { continue }
            switch objects.nodes[Int(child.node)].kind {
            case .function(let functions): names = functions
            case .concreteFunction(let function): names = [function]
            default: continue
            }
        }
        let functions = names.compactMap { library[Name($0)] }
        let phases = PhaseSearch(self)
        let inferring = functions.filter { !phases.trains($0.name) }
        guard let function = inferring.first ?? functions.first else { return nil }
        let captures = objects.captures[Name(function.name)] ?? []
        let arguments = function.signature.inputs.dropLast(
            min(captures.count, function.signature.inputs.count)
        )
        var inputs: [Edge] = []
        for argument in arguments {
            let placeholder = add(
                Node(
                    name: argument.name,
                    operation: "Placeholder",
                    attributes: [.init("dtype", .type(argument.type))]
                )
            )
            inputs.append(Edge(node: placeholder))
        }
        for object in captures {
            inputs.append(try captured(Int(object), objects, function.name))
        }
        let call = add(
            Node(
                name: "model",
                operation: "StatefulPartitionedCall",
                inputs: inputs,
                attributes: [.init("f", .function(function.name, []))]
            )
        )
        return function.signature.outputs.enumerated().map { output, argument in
            (argument.name, Edge(node: call, output: output))
        }
    }

    /// The tensor of an object that a function captures.
    private mutating func captured(
        _ object: Int,
        _ objects: SavedObjects,
        _ function: String
    ) throws(ImportProblem) -> Edge {
        guard objects.nodes.indices.contains(object) else {
            throw .missingInput(node: function, input: "object \(object)")
        }
        switch objects.nodes[object].kind {
        case .constant(let name): return try tensor(name)
        case .variable(let name):
            let handle = add(Node(name: name, operation: "VarHandleOp"))
            self.objects[handle] = object
            return Edge(node: handle)
        default: throw .missingInput(node: function, input: "object \(object)")
        }
    }
}
