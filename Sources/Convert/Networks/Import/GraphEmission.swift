internal import Formats
internal import Proto
internal import Reference

/// The nodes that are left of a graph, each behind those that it takes from.
struct GraphEmission {
    typealias Edge = FlatGraph.Edge

    private(set) var nodes: [NodeDef] = []
    private(set) var constants: [Name: GraphConstant] = [:]
    /// What the nodes that are left are called.
    private(set) var names: [Int: String] = [:]
    private var taken: Set<Name> = []

    /// Writes out what tensors hang on.
    ///
    /// - Parameters:
    ///   - outputs: The tensors.
    ///   - leaves: Tensors that are given, with the names of the placeholders that they become.
    ///   - settling: The graph, settled.
    ///   - variables: The values of its variables.
    /// - Throws: ``ImportProblem``.
    init(
        _ outputs: [Edge],
        leaves: [Edge: String],
        _ settling: GraphSettling,
        variables: [Int: GraphConstant]
    ) throws(ImportProblem) {
        let graph = settling.graph
        let order = try graph.order(from: outputs, leaves: Set(leaves.keys))
        for (edge, name) in leaves.sorted(by: { $0.key.node < $1.key.node }) {
            taken.insert(Name(name))
            let type = graph.type(edge) ?? .float32
            var attributes = [NodeDef.Attribute("dtype", .type(type.rawValue))]
            if let shape = graph.shape(edge) {
                let extents = shape.map { Int64($0 ?? -1) }
                attributes.append(.init("shape", .shape(TensorShape(extents))))
            }
            nodes.append(NodeDef(name: name, operation: "Placeholder", attributes: attributes))
        }
        for number in order {
            let node = graph.nodes[number]
            let name = unique(node.name)
            names[number] = name
            if let constant = try Self.constant(number, settling, variables) {
                constants[Name(name)] = constant
                nodes.append(
                    NodeDef(
                        name: name,
                        operation: "Const",
                        attributes: [.init("dtype", .type(constant.type.rawValue))]
                    )
                )
                continue
            }
            var inputs: [String] = []
            for input in graph.inputs(of: number) {
                if let leaf = leaves[input] {
                    inputs.append(leaf)
                } else if let before = names[input.node] {
                    inputs.append(input.output == 0 ? before : "\(before):\(input.output)")
                } else {
                    throw .malformed(
                        node: node.name,
                        reason: "it takes what comes later, in a loop"
                    )
                }
            }
            nodes.append(
                NodeDef(
                    name: name,
                    operation: node.operation,
                    inputs: inputs,
                    attributes: node.attributes
                )
            )
        }
    }

    private mutating func unique(_ name: String) -> String {
        var candidate = name
        var count = 1
        while !taken.insert(Name(candidate)).inserted {
            count += 1
            candidate = "\(name)_\(count)"
        }
        return candidate
    }

    private static func constant(
        _ number: Int,
        _ settling: GraphSettling,
        _ variables: [Int: GraphConstant]
    ) throws(ImportProblem) -> GraphConstant? {
        let graph = settling.graph
        if let constant = variables[number] ?? graph.constants[number] { return constant }
        guard graph.nodes[number].operation == "Const" else { return nil }
        return try GraphSettling.constant(graph.nodes[number], settling.file)
    }
}
