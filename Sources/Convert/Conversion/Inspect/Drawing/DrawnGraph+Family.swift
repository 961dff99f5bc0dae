internal import Engine
internal import Networks
internal import Proto

extension DrawnGraph {
    /// Draws a network of the family: stages, blocks, layers, with their variables.
    ///
    /// - Throws: `GraphError` if the pictures are too small for it.
    init(
        _ network: FamilyNetwork,
        imageSize: Int,
        tensor: (String) -> Int?
    ) throws(GraphError) {
        self.init(name: "the network")
        note = "Shapes are those of pictures of \(imageSize) pixels."
        let shapes = try network.graph.shapes()
        var boxes: [NodeID: Int] = [:]
        var variables: [Name: [(role: ParameterRole, name: String)]] = [:]
        for variable in VariableNames(network).variables {
            let key = variable.parameter.key
            variables[Name(key.node), default: []].append((key.role, variable.name))
        }
        var names: [(node: Int, name: String)] = []
        for node in network.graph.nodes {
            let kind = node.layer.kind.split(separator: " ")
                .map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
            let box = add(node.name, kind, OperationKind(node.operation))
            boxes[node.id] = box
            names.append((box, node.name))
            nodes[box].inputs = node.inputs.map { Source(node: boxes[$0], output: 0, name: "") }
            nodes[box].attributes = Self.attributes(of: node.layer)
            if let shape = shapes[node.id] {
                nodes[box].outputs = [
                    "float32 "
                        + DrawnText.shape(
                            shape.height == 1 && shape.width == 1
                                ? [nil, shape.channels]
                                : [nil, shape.height, shape.width, shape.channels]
                        )
                ]
            }
            for (role, name) in variables[Name(node.name)] ?? [] {
                guard let number = tensor(name) else { continue }
                nodes[box].weights.append(Weight(role: role.rawValue, tensor: number))
            }
        }
        moveIntoScopes(names)
    }

    /// What a layer is made of, with the parts of its parts; what is not there is left out.
    private static func attributes(
        of part: Any,
        named prefix: String = "",
        depth: Int = 0
    ) -> [(name: String, value: String)] {
        Mirror(reflecting: part).children.flatMap { child -> [(name: String, value: String)] in
            guard let label = child.label, label != "kind" else { return [] }
            let name = prefix.isEmpty ? label : "\(prefix).\(label)"
            let inner = Mirror(reflecting: child.value)
            let isPlain = inner.children.isEmpty || child.value is any CustomStringConvertible
            guard !isPlain, depth < 3 else {
                let text = "\(child.value)"
                return ["nil", "[]", ""].contains(text) ? [] : [(name, DrawnText.clipped(text))]
            }
            return attributes(of: child.value, named: name, depth: depth + 1)
        }
    }
}

extension OperationKind {
    /// The kind of one of the engine's layers.
    init(_ operation: Node.Operation) {
        self =
            switch operation {
            case .convolution, .dense: .layer
            case .batchNorm, .affine, .layerNorm, .localResponseNorm: .normalization
            case .nonlinearity, .softmax: .activation
            case .blur, .pool, .globalPool, .reduce: .pool
            case .upsample, .resize, .pad, .slice, .spaceToDepth, .depthToSpace, .reshape,
                .transpose, .interleave, .join:
                .shape
            case .input: .ends
            case .add, .channelScale, .branchMean, .branchAttention, .binary, .concat,
                .product:
                .arithmetic
            case .dropBlock: .service
            case .custom, .constant: .other
            }
    }
}
