extension Pass {
    /// What scales and shifts channels becomes part of the kernel of the convolution or matrix product before it.
    static let foldScaling = Pass(
        name: "fold-scaling",
        summary:
            "fold scales and shifts of channels into the convolutions and matrix products before them"
    ) { graph in
        let consumers = graph.consumers()
        let observed = graph.observedNodes
        // Kept up to date, so that one scaling after another can be taken in.
        var byID = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.id, $0) })
        for node in graph.nodes {
            guard let id = node.inputs.first, let producer = byID[id],
                let layer = node.layer.scaling(of: producer.layer.outputCount),
                consumers[id]?.count == 1, !observed.contains(id),
                let product = producer.layer.taking(FoldedScaling(node: node.name, layer: layer))
            else { continue }
            graph.replace(node.id, by: product, named: producer.name, inputs: producer.inputs)
            byID[node.id]?.operation = product.operation
            byID[node.id]?.name = producer.name
            byID[node.id]?.inputs = producer.inputs
        }
        graph.removeUnneeded()
    }
}

extension Layer {
    /// The channels that come out of a convolution or a matrix product.
    fileprivate var outputCount: Int {
        (self as? Convolution)?.outputChannels ?? (self as? Dense)?.outputs ?? 0
    }

    /// The layer as what only scales and shifts so many channels, if it is that.
    fileprivate func scaling(of channels: Int) -> (any ChannelAffine)? {
        if let layer = self as? any ChannelAffine & Rectifiable {
            return layer.isRectified ? nil : layer
        }
        guard let layer = self as? Nonlinearity,
            case .linear(let slope, let offset) = layer.function
        else { return nil }
        return UniformAffine(channels: channels, slope: slope, offset: offset)
    }

    /// The layer with a scaling of its result taken in, if it can.
    fileprivate func taking(_ scaling: FoldedScaling) -> (any Layer)? {
        if var convolution = self as? Convolution, convolution.acceptsFusion {
            convolution.scalings.append(scaling)
            return convolution
        }
        if var dense = self as? Dense, !dense.isRectified {
            dense.scalings.append(scaling)
            return dense
        }
        return nil
    }
}
