/// What scales and shifts channels, and what a product before it has taken in.
package struct FoldedScaling: Sendable {
    /// The node that owns the parameters, if there are any.
    package let node: String
    package let layer: any ChannelAffine
}

/// What becomes of the input of a depthwise convolution while its window slides over it, never in memory whole.
package indirect enum Preparation: Sendable {
    /// Negative values become zero.
    case rectified
    /// A convolution 1x1 makes more channels of it; its parameters are those of the node.
    case expanded(node: String, Convolution)

    /// What comes of an input.
    fileprivate func outputShape(
        for input: FeatureShape,
        at node: String
    ) throws(GraphError) -> FeatureShape {
        switch self {
        case .rectified: input
        case .expanded(_, let layer): try layer.outputShape(for: [input], at: node)
        }
    }
}

/// A convolution, cross-correlation as everywhere in this field.
///
/// Input `[batch, height, width, inputChannels]`; kernel `[height, width, inputChannels / groups, outputChannels]`, the
/// outputs of each group beside each other; output `[batch, places of the window, …, outputChannels]`. With as many
/// groups as inputs it is depthwise. Passes let it take in a batch norm and its like, add to a second input, and rectify or
/// apply another function; in this order. If it is depthwise, they also let it take in what prepares its input, and if it is 1x1,
/// the gates of its input's channels.
package struct Convolution: Layer, Rectifiable {
    package let kind = "convolution"
    package var window: Window
    package let inputChannels: Int
    package let outputChannels: Int
    /// Each of so many shares of the outputs sees its share of the inputs only.
    package let groups: Int
    /// Whether each output has a number added to it.
    package let hasBias: Bool
    /// What scales and shifts the result, in order.
    package var scalings: [FoldedScaling] = []
    /// The result is added to the second input, in its memory.
    package var addsToInput = false
    package var isRectified = false
    /// What becomes of each value at last, where that is not to rectify it.
    package var function: Nonlinearity.Function?
    /// What becomes of the input first.
    package var preparation: Preparation?

    package init(
        _ window: Window,
        inputChannels: Int,
        outputChannels: Int,
        groups: Int = 1,
        hasBias: Bool = false
    ) {
        self.window = window
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.groups = groups
        self.hasBias = hasBias
    }

    /// Each channel of the input is multiplied by a number of the last input first, as squeeze-and-excitation ends.
    package var isGated = false

    package var operation: Node.Operation { .convolution(self) }

    package var inputCount: Int { 1 + (addsToInput ? 1 : 0) + (isGated ? 1 : 0) }

    /// Whether each channel has a window of its own, and no more than one.
    package var isDepthwise: Bool {
        groups > 1 && groups == inputChannels && groups == outputChannels
    }

    /// Whether each pixel's outputs come of that pixel alone.
    package var isPointwise: Bool {
        window.size == Axes(1) && window.stride == Axes(1) && groups == 1
            && (window.border == .same || window.border == .sides(.none))
    }

    /// Whether the result may still be changed before it is written.
    var acceptsFusion: Bool { !addsToInput && acceptsFunction }

    /// Whether its last act may still come.
    var acceptsFunction: Bool { !isRectified && function == nil }

    /// Whether it has numbers to add to its outputs, of its own or from what it took in.
    package var addsBias: Bool { hasBias || !scalings.isEmpty }

    /// HWIO, the inputs of one group.
    package var kernelShape: [Int] {
        [
            window.size.height, window.size.width, inputChannels / max(groups, 1), outputChannels,
        ]
    }

    package var parameterShapes: [(role: ParameterRole, shape: [Int])] {
        [(.kernel, kernelShape)] + (hasBias ? [(.bias, [outputChannels])] : [])
    }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        let input = try preparation?.outputShape(for: inputs[0], at: node) ?? inputs[0]
        guard input.channels == inputChannels else {
            throw .wrongInput(node: node, found: input, expected: "\(inputChannels) channels")
        }
        guard outputChannels > 0 else {
            throw .invalidAttribute(
                node: node,
                name: "output channels",
                value: "\(outputChannels)",
                expected: "at least 1"
            )
        }
        guard groups > 0, inputChannels % groups == 0, outputChannels % groups == 0 else {
            throw .invalidAttribute(
                node: node,
                name: "groups",
                value: "\(groups)",
                expected: "a divisor of \(inputChannels) inputs and \(outputChannels) outputs"
            )
        }
        let places = try window.places(on: input, at: node)
        return FeatureShape(
            height: places.height,
            width: places.width,
            channels: outputChannels
        )
    }
}
