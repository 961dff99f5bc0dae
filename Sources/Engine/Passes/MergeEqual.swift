extension Pass {
    /// What is computed twice of the same values is computed once.
    static let mergeEqual = Pass(
        name: "merge-equal",
        summary: "compute once what is computed twice of the same activations"
    ) { graph in
        let observed = graph.observedNodes
        var first: [String: NodeID] = [:]
        var merged: [NodeID: NodeID] = [:]
        for node in graph.nodes {
            let inputs = node.inputs.map { merged[$0] ?? $0 }
            if inputs != node.inputs {
                graph.replace(node.id, by: node.layer, named: node.name, inputs: inputs)
            }
            guard node.isDefinedByInputs, !observed.contains(node.id) else { continue }
            // The layer's attributes in words; equal words mean equal layers.
            let key = "\(node.operation) \(inputs.map(\.rawValue))"
            if let earlier = first[key] {
                merged[node.id] = earlier
            } else {
                first[key] = node.id
            }
        }
        graph.removeUnneeded()
    }
}

extension Node {
    /// Whether it has neither parameters nor draws of its own.
    fileprivate var isDefinedByInputs: Bool {
        switch operation {
        case .input, .dropBlock, .custom: false
        default: layer.parameterShapes.isEmpty
        }
    }
}
