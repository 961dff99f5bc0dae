/// The sum of two activations of the same shape.
package struct Add: Layer, Rectifiable {
    package let kind = "add"
    package var isRectified = false

    package init() {}

    package var operation: Node.Operation { .add(self) }

    package var inputCount: Int { 2 }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        guard inputs[0] == inputs[1] else {
            throw .shapesDiffer(node: node, first: inputs[0], second: inputs[1])
        }
        return inputs[0]
    }
}
