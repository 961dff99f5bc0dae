extension Pass {
    /// What makes the input of a depthwise convolution becomes part of it, so that it need not lie in memory.
    static let fusePreparation = Pass(
        name: "fuse-preparation",
        summary:
            "let depthwise convolutions compute the expansions (1x1) and relus before them row by row"
    ) { graph in
        let consumers = graph.consumers()
        let observed = graph.observedNodes
        let byID = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.id, $0) })
        for node in graph.nodes {
            guard var convolution = node.layer as? Convolution, convolution.acceptsPreparation,
                let id = node.inputs.first, let producer = byID[id], !observed.contains(id),
                let preparation = producer.preparation
            else { continue }
            // An expansion is too much to be computed twice; a relu is not, if then nobody needs it by itself.
            let users = consumers[id, default: []].compactMap { byID[$0]?.layer as? Convolution }
            guard users.count == consumers[id, default: []].count,
                users.allSatisfy(\.acceptsPreparation)
            else { continue }
            if case .expanded = preparation, users.count > 1 { continue }
            convolution.preparation = preparation
            graph.replace(node.id, by: convolution, named: node.name, inputs: producer.inputs)
        }
        graph.removeUnneeded()
    }
}

extension Convolution {
    fileprivate var acceptsPreparation: Bool {
        isDepthwise && preparation == nil && !addsToInput
    }
}

extension Node {
    /// What the node is to a depthwise convolution that takes it in.
    fileprivate var preparation: Preparation? {
        switch operation {
        case .nonlinearity(let layer) where layer.function == .relu: .rectified
        case .convolution(let layer) where layer.isPointwise && layer.inputCount == 1:
            .expanded(node: name, layer)
        default: nil
        }
    }
}
