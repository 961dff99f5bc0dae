/// Each channel times a number of its own, plus another: x * scale + shift.
package struct Affine: Layer, Rectifiable {
    package let kind = "affine"
    package let channels: Int
    /// Whether it multiplies; the parameter `scale`.
    package let hasScale: Bool
    /// Whether it adds; the parameter `shift`.
    package let hasShift: Bool
    package var isRectified = false

    package init(channels: Int, hasScale: Bool = true, hasShift: Bool = true) {
        self.channels = channels
        self.hasScale = hasScale
        self.hasShift = hasShift
    }

    package var operation: Node.Operation { .affine(self) }

    package var parameterShapes: [(role: ParameterRole, shape: [Int])] {
        (hasScale ? [(.scale, [channels])] : []) + (hasShift ? [(.shift, [channels])] : [])
    }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        guard inputs[0].channels == channels else {
            throw .wrongInput(node: node, found: inputs[0], expected: "\(channels) channels")
        }
        return inputs[0]
    }
}
