extension Pass {
    /// A convolution whose result is added to something that nobody else needs later adds to it in place.
    static let fuseResidual = Pass(
        name: "fuse-residual",
        summary: "let convolutions add their result to the shortcut in place"
    ) { graph in
        // Kept up to date as convolutions take the places of sums; that nodes go leaves the others' order as it is.
        var consumers = graph.consumers()
        var byID = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.id, $0) })
        let positions = graph.positions()
        let observed = graph.observedNodes
        for node in graph.nodes where node.layer is Add {
            /// The convolution at `id` as one that adds to `other`, if that can be.
            func fused(_ id: NodeID, addingTo other: NodeID) -> Node? {
                guard id != other, var candidate = byID[id],
                    var convolution = candidate.layer as? Convolution,
                    convolution.acceptsFusion, !convolution.addsToInput,
                    consumers[id] == [node.id],
                    !candidate.inputs.contains(other),
                    !observed.contains(id), !observed.contains(other),
                    // The shortcut must have no reader behind the sum, and its own memory.
                    consumers[other, default: []].allSatisfy({
                        positions[$0, default: 0] <= positions[node.id, default: 0]
                    }),
                    byID[other]?.layer is Input == false
                else { return nil }
                convolution.addsToInput = true
                candidate.operation = .convolution(convolution)
                candidate.inputs.append(other)
                return candidate
            }

            guard node.inputs.count == 2 else { continue }
            let pair = node.inputs.sorted { positions[$0, default: 0] > positions[$1, default: 0] }
            if let replacement = fused(pair[0], addingTo: pair[1])
                ?? fused(pair[1], addingTo: pair[0])
            {
                graph.replace(
                    node.id,
                    by: replacement.layer,
                    named: replacement.name,
                    inputs: replacement.inputs
                )
                for input in replacement.inputs.dropLast() {
                    consumers[input] = consumers[input, default: []].map {
                        $0 == replacement.id ? node.id : $0
                    }
                }
                consumers[replacement.id] = nil
                byID[replacement.id] = nil
                byID[node.id]?.operation = replacement.operation
                byID[node.id]?.inputs = replacement.inputs
            }
        }
        graph.removeUnneeded()
    }
}
