/// Normalisation of each channel by its moving statistics: (x - mean) * gamma / sqrt(variance + epsilon) + beta.
package struct BatchNorm: Layer, Rectifiable {
    package let kind = "batch norm"
    package let channels: Int
    /// What is added to every variance.
    package let epsilon: Double
    /// How much of the old moving statistics survives a training step.
    package let decay: Double
    /// The last one of a residual branch, whose gamma may start at zero.
    package let endsResidual: Bool
    package var isRectified = false

    package init(
        channels: Int,
        epsilon: Double = 1e-5,
        decay: Double = 0.99,
        endsResidual: Bool = false
    ) {
        self.channels = channels
        self.epsilon = epsilon
        self.decay = decay
        self.endsResidual = endsResidual
    }

    package var operation: Node.Operation { .batchNorm(self) }

    package var parameterShapes: [(role: ParameterRole, shape: [Int])] {
        [.gamma, .beta, .movingMean, .movingVariance].map { ($0, [channels]) }
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
