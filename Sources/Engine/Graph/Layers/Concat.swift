/// Activations behind each other, over their channels: pictures of one size, or vectors.
package struct Concat: Layer, Rectifiable {
    package let kind = "concat"
    /// How many there are.
    package let count: Int
    package var isRectified = false

    package init(count: Int) {
        self.count = count
    }

    package var operation: Node.Operation { .concat(self) }

    package var inputCount: Int { count }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        guard let first = inputs.first else {
            throw .invalidAttribute(
                node: node,
                name: "inputs",
                value: "\(count)",
                expected: "at least 1"
            )
        }
        var channels = 0
        for input in inputs {
            guard input.height == first.height, input.width == first.width else {
                throw .wrongInput(
                    node: node,
                    found: input,
                    expected: "\(first.height)x\(first.width) pixels as in the first input"
                )
            }
            // Each is below what any machine holds, so that their sum is far from overflowing.
            channels += input.channels
        }
        return first.withChannels(channels)
    }
}
