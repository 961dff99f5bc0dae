/// Activations that are the same for every picture, such as places that are added to tokens: its parameter `shift`.
package struct Constant: Layer {
    package let kind = "constant"
    package let shape: FeatureShape

    package init(_ shape: FeatureShape) {
        self.shape = shape
    }

    package var operation: Node.Operation { .constant(self) }

    package var inputCount: Int { 0 }

    package var parameterShapes: [(role: ParameterRole, shape: [Int])] {
        [(.shift, [shape.height, shape.width, shape.channels])]
    }

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
