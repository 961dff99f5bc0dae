/// Arithmetic on two activations, value by value.
///
/// Of one shape; or one of them is a number for each channel, `[1, 1, channel]`, a number for each pixel,
/// `[height, width, 1]`, or one number, `[1, 1, 1]`.
package struct Binary: Layer {
    package enum Function: Hashable, Sendable, CaseIterable {
        case add
        case subtract
        case multiply
        case divide
        case maximum
        case minimum
        /// (first - second)².
        case squaredDifference
        /// The first to the power of the second.
        case power
    }

    package let function: Function

    package init(_ function: Function) {
        self.function = function
    }

    package var kind: String {
        switch function {
        case .add: "sum"
        case .subtract: "difference"
        case .multiply: "product"
        case .divide: "quotient"
        case .maximum: "maximum"
        case .minimum: "minimum"
        case .squaredDifference: "squared difference"
        case .power: "power"
        }
    }

    package var operation: Node.Operation { .binary(self) }

    package var inputCount: Int { 2 }

    /// Whether activations of a shape are repeated to make those of another.
    package static func broadcasts(_ shape: FeatureShape, to whole: FeatureShape) -> Bool {
        let isPlane = shape.height == whole.height && shape.width == whole.width
        return (shape.isVector || isPlane)
            && (shape.channels == whole.channels || shape.channels == 1)
    }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        if Self.broadcasts(inputs[1], to: inputs[0]) { return inputs[0] }
        if Self.broadcasts(inputs[0], to: inputs[1]) { return inputs[1] }
        throw .wrongInput(
            node: node,
            found: inputs[1],
            expected: "\(inputs[0]), or a number for each of its channels or pixels"
        )
    }
}
