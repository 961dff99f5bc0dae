/// The pictures, planar, with the means subtracted.
package struct Input: Layer {
    package let kind = "input"
    let shape: FeatureShape

    package init(shape: FeatureShape) {
        self.shape = shape
    }

    package var operation: Node.Operation { .input(self) }

    package var inputCount: Int { 0 }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        guard shape.height > 0, shape.width > 0, shape.channels > 0 else {
            throw .tooSmall(node: node, height: shape.height, width: shape.width)
        }
        return shape
    }
}
