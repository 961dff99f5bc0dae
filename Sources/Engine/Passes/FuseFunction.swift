extension Pass {
    /// A function of each value becomes the last thing that the convolution before it does.
    static let fuseFunction = Pass(
        name: "fuse-function",
        summary: "let convolutions apply the functions of single values that follow them"
    ) { graph in
        let consumers = graph.consumers()
        let observed = graph.observedNodes
        let byID = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.id, $0) })
        for node in graph.nodes {
            guard case .nonlinearity(let layer) = node.operation, layer.function != .relu,
                !layer.function.elementSteps.isEmpty, let id = node.inputs.first,
                let producer = byID[id], var convolution = producer.layer as? Convolution,
                convolution.acceptsFunction, consumers[id]?.count == 1, !observed.contains(id)
            else { continue }
            convolution.function = layer.function
            graph.replace(node.id, by: convolution, named: producer.name, inputs: producer.inputs)
        }
        graph.removeUnneeded()
    }
}
