/// Squares of pixels become channels, the pixels of a square in their order, the channels of each together.
package struct SpaceToDepth: Layer {
    package let kind = "space to depth"
    /// The side of a square.
    package let side: Int

    package init(side: Int) {
        self.side = side
    }

    package var operation: Node.Operation { .spaceToDepth(self) }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        try Self.require(side, at: node)
        let input = inputs[0]
        guard input.height % side == 0, input.width % side == 0 else {
            throw .wrongInput(
                node: node,
                found: input,
                expected: "rows and columns that are multiples of \(side)"
            )
        }
        return FeatureShape(
            height: input.height / side,
            width: input.width / side,
            channels: input.channels * side * side
        )
    }

    /// Throws for sides of no square, or of squares beyond reason.
    static func require(_ side: Int, at node: String) throws(GraphError) {
        guard (1...1024).contains(side) else {
            throw .invalidAttribute(
                node: node,
                name: "block size",
                value: "\(side)",
                expected: "1...1024"
            )
        }
    }
}
