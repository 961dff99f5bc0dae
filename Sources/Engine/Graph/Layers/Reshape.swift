/// The same values, row by row, pixel by pixel, channel by channel, as activations of another shape.
package struct Reshape: Layer {
    package let kind = "reshape"
    package let shape: FeatureShape

    package init(to shape: FeatureShape) {
        self.shape = shape
    }

    package var operation: Node.Operation { .reshape(self) }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        let count = inputs[0].count
        // Compared by division, since products of a file's numbers may overflow.
        guard shape.height > 0, shape.width > 0, shape.channels > 0,
            count % shape.height == 0, count / shape.height % shape.width == 0,
            count / shape.height / shape.width == shape.channels
        else {
            throw .invalidAttribute(
                node: node,
                name: "shape",
                value: "\(shape)",
                expected: "a shape of the \(count) values that come in"
            )
        }
        return shape
    }
}
