extension Pass {
    /// Gates of channels become part of the convolution 1x1 behind them.
    static let fuseGate = Pass(
        name: "fuse-gate",
        summary: "let convolutions 1x1 apply the gates (squeeze-and-excitation) of their channels"
    ) { graph in
        let consumers = graph.consumers()
        let observed = graph.observedNodes
        let byID = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.id, $0) })
        for node in graph.nodes {
            guard var convolution = node.layer as? Convolution, convolution.isPointwise,
                !convolution.isGated, let id = node.inputs.first, let gate = byID[id],
                case .channelScale = gate.operation,
                consumers[id]?.count == 1, !observed.contains(id)
            else { continue }
            convolution.isGated = true
            graph.replace(
                node.id,
                by: convolution,
                named: node.name,
                inputs: [gate.inputs[0]] + node.inputs.dropFirst() + [gate.inputs[1]]
            )
        }
        graph.removeUnneeded()
    }
}
