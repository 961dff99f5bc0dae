/// One vector for each picture.
///
/// Input `[batch, height, width, channel]`; output `[batch, channel]`, or `[batch, height * width * channel]` in this
/// order for ``Kind/flatten``.
package struct GlobalPool: Layer {
    package enum Kind: Hashable, Sendable {
        /// The mean over space.
        case average
        /// With x clipped to 1e-6...1e12: (max(sum x^3, 1e-6) / pixels)^(1/3).
        case generalizedMean
        /// All values.
        case flatten
    }

    package let kind = "global pool"
    package let function: Kind

    package init(_ function: Kind) {
        self.function = function
    }

    package var operation: Node.Operation { .globalPool(self) }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        FeatureShape(channels: function == .flatten ? inputs[0].count : inputs[0].channels)
    }
}
