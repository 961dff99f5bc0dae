extension Pass {
    /// What is written as arithmetic of two activations is the layer that others fuse with.
    static let recognizeSums = Pass(
        name: "recognize-sums",
        summary: "treat sums of activations of one shape as what convolutions can add to in place"
    ) { graph in
        guard graph.nodes.contains(where: { $0.layer is Binary }),
            let shapes = try? graph.shapes()
        else { return }
        for node in graph.nodes {
            guard case .binary(let layer) = node.operation, layer.function == .add,
                shapes[node.inputs[0]] == shapes[node.inputs[1]]
            else { continue }
            graph.replace(node.id, by: Add(), named: node.name, inputs: node.inputs)
        }
    }
}
