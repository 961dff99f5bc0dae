/// The same values in the same order, `[height, width, channel]`, under another shape.
package struct Reshape: Layer {
    package let kind = "reshape"
    /// The shape of the output.
    package let shape: FeatureShape

    package init(to shape: FeatureShape) {
        self.shape = shape
    }

    package var operation: Node.Operation { .reshape(self) }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        let (area, isOver) = shape.height.multipliedReportingOverflow(by: shape.width)
        let (count, isMore) = area.multipliedReportingOverflow(by: shape.channels)
        guard !isOver, !isMore, count == inputs[0].count else {
            throw .wrongInput(node: node, found: inputs[0], expected: "as many as \(shape) has")
        }
        return shape
    }
}
