/// Normalisation of each pixel over its channels: (x - mean) / sqrt(variance + epsilon) * gamma + beta.
package struct LayerNorm: Layer {
    package let kind = "layer norm"
    package let channels: Int
    /// What is added to every variance.
    package let epsilon: Double
    /// Whether it multiplies; the parameter `gamma`.
    package let hasScale: Bool
    /// Whether it adds; the parameter `beta`.
    package let hasShift: Bool

    package init(
        channels: Int,
        epsilon: Double = 1e-3,
        hasScale: Bool = true,
        hasShift: Bool = true
    ) {
        self.channels = channels
        self.epsilon = epsilon
        self.hasScale = hasScale
        self.hasShift = hasShift
    }

    package var operation: Node.Operation { .layerNorm(self) }

    package var parameterShapes: [(role: ParameterRole, shape: [Int])] {
        (hasScale ? [(.gamma, [channels])] : []) + (hasShift ? [(.beta, [channels])] : [])
    }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        guard inputs[0].channels == channels else {
            throw .wrongInput(node: node, found: inputs[0], expected: "\(channels) channels")
        }
        guard epsilon >= 0, epsilon.isFinite else {
            throw .invalidAttribute(
                node: node,
                name: "epsilon",
                value: "\(epsilon)",
                expected: "a number not below 0"
            )
        }
        return inputs[0]
    }
}
