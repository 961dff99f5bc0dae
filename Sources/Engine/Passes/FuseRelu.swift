extension Pass {
    /// A relu becomes the last thing that the layer before it does.
    static let fuseRelu = Pass(
        name: "fuse-relu",
        summary: "let convolutions, batch norms, sums and concats rectify their own result"
    ) { graph in
        let consumers = graph.consumers()
        let observed = graph.observedNodes
        let byID = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.id, $0) })
        for node in graph.nodes where node.isRelu {
            guard let id = node.inputs.first, let producer = byID[id],
                let layer = producer.layer as? any Rectifiable, !layer.isRectified,
                (layer as? Convolution)?.acceptsFunction != false,
                consumers[id]?.count == 1, !observed.contains(id)
            else { continue }
            graph.replace(
                node.id,
                by: layer.rectified(),
                named: producer.name,
                inputs: producer.inputs
            )
        }
        graph.removeUnneeded()
    }
}

extension Rectifiable {
    func rectified() -> any Layer {
        var layer = self
        layer.isRectified = true
        return layer
    }
}

extension Node {
    fileprivate var isRelu: Bool {
        if case .nonlinearity(let layer) = operation { layer.function == .relu } else { false }
    }
}
