/// Channels become squares of pixels: the way back from ``SpaceToDepth``.
package struct DepthToSpace: Layer {
    package let kind = "depth to space"
    /// The side of a square.
    package let side: Int

    package init(side: Int) {
        self.side = side
    }

    package var operation: Node.Operation { .depthToSpace(self) }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        try SpaceToDepth.require(side, at: node)
        let input = inputs[0]
        guard input.channels % (side * side) == 0 else {
            throw .wrongInput(
                node: node,
                found: input,
                expected: "channels that are a multiple of \(side * side)"
            )
        }
        return FeatureShape(
            height: input.height * side,
            width: input.width * side,
            channels: input.channels / (side * side)
        )
    }
}
