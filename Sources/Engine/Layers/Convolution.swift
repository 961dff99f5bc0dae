/// Zeros around a picture, the same on both axes.
package struct Padding: Hashable, Sendable {
    package var before: Int
    package var after: Int

    package init(before: Int, after: Int) {
        self.before = before
        self.after = after
    }
}

/// A batch norm that a convolution has taken in.
package struct FoldedNorm: Sendable {
    /// The node that owns the parameters.
    package let node: String
    package let norm: BatchNorm
}

/// A square convolution without bias, cross-correlation as everywhere in this field.
///
/// Input `[batch, height, width, inputChannels]`, kernel HWIO, output
/// `[batch, (height + padding - size) / stride + 1, …, outputChannels]`. Passes let it take in a batch norm, add to a
/// second input, and rectify; in this order.
package struct Convolution: Layer, Rectifiable {
    package static let kind = "convolution"
    package let size: Int
    package let stride: Int
    package let padding: Padding
    package let inputChannels: Int
    package let outputChannels: Int
    package let unit: Unit
    /// A batch norm applied to the result.
    package var normalization: FoldedNorm?
    /// The result is added to the second input, in its memory.
    package var addsToInput = false
    package var isRectified = false

    package init(
        size: Int,
        stride: Int,
        padding: Padding,
        inputChannels: Int,
        outputChannels: Int,
        unit: Unit
    ) {
        self.size = size
        self.stride = stride
        self.padding = padding
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.unit = unit
    }

    /// Whether the result may still be changed before it is written.
    var acceptsFusion: Bool { !addsToInput && !isRectified }

    /// HWIO.
    package var kernelShape: [Int] { [size, size, inputChannels, outputChannels] }

    package var parameterShapes: [(role: ParameterRole, shape: [Int])] {
        [(.kernel, kernelShape)]
    }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        precondition(
            inputs[0].channels == inputChannels,
            "\(node): \(inputs[0].channels) channels, not \(inputChannels)"
        )
        func extent(_ count: Int) -> Int {
            let room = count + padding.before + padding.after - size
            return room < 0 ? 0 : room / stride + 1
        }
        let output = FeatureShape(
            height: extent(inputs[0].height),
            width: extent(inputs[0].width),
            channels: outputChannels
        )
        guard output.area > 0 else {
            throw .tooSmall(node: node, height: inputs[0].height, width: inputs[0].width)
        }
        return output
    }
}
