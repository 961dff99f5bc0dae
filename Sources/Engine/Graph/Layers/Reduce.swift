/// One number of many: over the pixels of each channel, or over the channels of each pixel.
package struct Reduce: Layer {
    package enum Function: Hashable, Sendable, CaseIterable {
        case mean
        case sum
        case maximum
        case minimum
    }

    package enum Axes: Hashable, Sendable, CaseIterable {
        /// `[height, width, channel]` to `[channel]`.
        case space
        /// `[height, width, channel]` to `[height, width, 1]`; vectors to one number.
        case channels
    }

    package let function: Function
    package let axes: Axes

    package init(_ function: Function, over axes: Axes) {
        self.function = function
        self.axes = axes
    }

    package var kind: String {
        switch function {
        case .mean: "mean"
        case .sum: "sum of all"
        case .maximum: "largest"
        case .minimum: "smallest"
        }
    }

    package var operation: Node.Operation { .reduce(self) }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        switch axes {
        case .space: FeatureShape(channels: inputs[0].channels)
        case .channels: inputs[0].withChannels(1)
        }
    }
}
