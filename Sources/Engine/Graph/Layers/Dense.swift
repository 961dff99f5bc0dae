/// A matrix product, with bias or without: the classifier.
///
/// Input `[batch, inputs]`, kernel `[inputs, outputs]`, bias `[outputs]`, output `[batch, outputs]`.
/// Passes let it take in a batch norm and its like, and rectify.
package struct Dense: Layer, Rectifiable {
    package let kind = "dense"
    package let inputs: Int
    package let outputs: Int
    package let hasBias: Bool
    /// What scales and shifts the result, in order.
    package var scalings: [FoldedScaling] = []
    package var isRectified = false

    package init(inputs: Int, outputs: Int, hasBias: Bool = true) {
        self.inputs = inputs
        self.outputs = outputs
        self.hasBias = hasBias
    }

    package var operation: Node.Operation { .dense(self) }

    package var parameterShapes: [(role: ParameterRole, shape: [Int])] {
        [(.kernel, [inputs, outputs])] + (hasBias ? [(.bias, [outputs])] : [])
    }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        guard inputs[0].isVector, inputs[0].channels == self.inputs else {
            throw .wrongInput(
                node: node,
                found: inputs[0],
                expected: "\(FeatureShape(channels: self.inputs))"
            )
        }
        guard outputs > 0 else {
            throw .invalidAttribute(
                node: node,
                name: "outputs",
                value: "\(outputs)",
                expected: "at least 1"
            )
        }
        return FeatureShape(channels: outputs)
    }
}
