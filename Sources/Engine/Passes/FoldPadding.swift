extension Pass {
    /// Zeros around a picture become the border of the windows that slide over it.
    static let foldPadding = Pass(
        name: "fold-padding",
        summary:
            "let convolutions and means see the zeros of a padding before them as their own border"
    ) { graph in
        guard graph.nodes.contains(where: { $0.layer is Pad }), let shapes = try? graph.shapes()
        else { return }
        let byID = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.id, $0) })
        for node in graph.nodes {
            guard let id = node.inputs.first, let source = byID[id],
                case .pad(let pad) = source.operation, pad.mode == .constant(0),
                pad.channelsBefore == 0, pad.channelsAfter == 0, let padded = shapes[id],
                let layer = node.layer.padded(by: pad.padding, of: padded)
            else { continue }
            graph.replace(
                node.id,
                by: layer,
                named: node.name,
                inputs: source.inputs + node.inputs.dropFirst()
            )
        }
        graph.removeUnneeded()
    }
}

extension Layer {
    /// The layer with zeros around its window's own border, if they count there as they do in a picture.
    fileprivate func padded(by padding: Padding, of padded: FeatureShape) -> (any Layer)? {
        if var convolution = self as? Convolution {
            guard let window = convolution.window.padded(by: padding, of: padded) else {
                return nil
            }
            convolution.window = window
            return convolution
        }
        if let pool = self as? Pool, pool.function == .average {
            // Zeros of the padding count, so that those of the border must count too, or not be there.
            guard pool.countsPadding || pool.window.padding(of: padded) == .none,
                let window = pool.window.padded(by: padding, of: padded)
            else { return nil }
            return Pool(.average, window, countsPadding: true)
        }
        return nil
    }
}

extension Window {
    /// The window with more around the picture; nil where it could then lie beside it.
    fileprivate func padded(by padding: Padding, of padded: FeatureShape) -> Window? {
        let own = self.padding(of: padded)
        let sum = Padding(
            top: own.top + padding.top,
            bottom: own.bottom + padding.bottom,
            left: own.left + padding.left,
            right: own.right + padding.right
        )
        guard max(sum.top, sum.bottom) < span.height, max(sum.left, sum.right) < span.width else {
            return nil
        }
        return Window(size, stride: stride, dilation: dilation, border: .sides(sum))
    }
}
