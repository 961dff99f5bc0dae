extension Pass {
    /// A batch norm behind a convolution becomes part of its kernel and gives it a bias.
    package static let foldBatchNorm = Pass(
        name: "fold-batch-norm",
        summary: "fold batch norms into the convolutions before them"
    ) { graph in
        let consumers = graph.consumers()
        let observed = graph.observedNodes
        let byID = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.id, $0) })
        for node in graph.nodes {
            guard let norm = node.layer as? BatchNorm, let id = node.inputs.first,
                let producer = byID[id], var convolution = producer.layer as? Convolution,
                convolution.acceptsFusion, convolution.scalings.isEmpty,
                consumers[id]?.count == 1, !observed.contains(id)
            else { continue }
            convolution.scalings = [FoldedScaling(node: node.name, layer: norm)]
            graph.replace(node.id, by: convolution, named: producer.name, inputs: producer.inputs)
        }
        graph.removeUnneeded()
    }
}
