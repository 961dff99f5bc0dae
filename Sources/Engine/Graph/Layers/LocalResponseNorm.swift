/// Each value over a power of the squares around it: x / (bias + alpha * sum of squares)^beta.
///
/// The sum is of the channels that are at most `radius` away, of the same pixel.
package struct LocalResponseNorm: Layer {
    package let kind = "local response norm"
    package let radius: Int
    package let bias: Float
    package let alpha: Float
    package let beta: Float

    package init(radius: Int = 5, bias: Float = 1, alpha: Float = 1, beta: Float = 0.5) {
        self.radius = radius
        self.bias = bias
        self.alpha = alpha
        self.beta = beta
    }

    package var operation: Node.Operation { .localResponseNorm(self) }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        guard radius >= 0 else {
            throw .invalidAttribute(
                node: node,
                name: "radius",
                value: "\(radius)",
                expected: "not below 0"
            )
        }
        for (name, value) in [("bias", bias), ("alpha", alpha), ("beta", beta)] {
            guard value.isFinite else {
                throw .invalidAttribute(
                    node: node,
                    name: name,
                    value: "\(value)",
                    expected: "a finite number"
                )
            }
        }
        return inputs[0]
    }
}
