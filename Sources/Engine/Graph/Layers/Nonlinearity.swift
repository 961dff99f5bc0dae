/// A function of each value by itself.
package struct Nonlinearity: Layer {
    /// What becomes of a value x.
    package enum Function: Hashable, Sendable {
        /// max(x, 0).
        case relu
        /// The nearest value between two bounds; between 0 and 6 it is relu6.
        case clip(lower: Float, upper: Float)
        /// x, times a slope below zero.
        case leakyRelu(slope: Float)
        /// x, below zero alpha * (exp(x) - 1).
        case elu(alpha: Float)
        /// 1.0507… times the elu with alpha 1.6732….
        case selu
        /// 1 / (1 + exp(-x)).
        case sigmoid
        /// slope * x + offset, between 0 and 1.
        case hardSigmoid(slope: Float, offset: Float)
        case tanh
        /// ln(1 + exp(x)).
        case softplus
        /// x * sigmoid(beta * x).
        case swish(beta: Float)
        /// x * min(max(x + 3, 0), 6) / 6.
        case hardSwish
        /// x / 2 * (1 + erf(x / √2)).
        case gelu
        /// x / 2 * (1 + tanh(√(2 / π) * (x + 0.044715 * x³))).
        case geluByTanh
        /// x * tanh(softplus(x)).
        case mish
        /// x / (1 + |x|).
        case softsign
        case exp
        /// The natural logarithm.
        case log
        case square
        case sqrt
        /// 1 / √x.
        case rsqrt
        /// 1 / x.
        case reciprocal
        case abs
        case negate
        /// slope * x + offset.
        case linear(slope: Float, offset: Float)
        /// x to the power of a number.
        case power(exponent: Float)

        /// x between 0 and 6.
        package static let relu6 = Function.clip(lower: 0, upper: 6)
        /// Of PyTorch and of MobileNet: a sixth of x + 3, between 0 and 1.
        package static let hardSigmoid6 = Function.hardSigmoid(slope: 1 / 6, offset: 0.5)
    }

    package let function: Function

    package init(_ function: Function) {
        self.function = function
    }

    package var kind: String {
        switch function {
        case .relu: "relu"
        case .clip: "clip"
        case .leakyRelu: "leaky relu"
        case .elu: "elu"
        case .selu: "selu"
        case .sigmoid: "sigmoid"
        case .hardSigmoid: "hard sigmoid"
        case .tanh: "tanh"
        case .softplus: "softplus"
        case .swish: "swish"
        case .hardSwish: "hard swish"
        case .gelu: "gelu"
        case .geluByTanh: "gelu by tanh"
        case .mish: "mish"
        case .softsign: "softsign"
        case .exp: "exponential"
        case .log: "logarithm"
        case .square: "square"
        case .sqrt: "square root"
        case .rsqrt: "reciprocal of the square root"
        case .reciprocal: "reciprocal"
        case .abs: "absolute value"
        case .negate: "negative"
        case .linear: "linear function"
        case .power: "power"
        }
    }

    package var operation: Node.Operation { .nonlinearity(self) }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        let numbers: [Float] =
            switch function {
            case .leakyRelu(let slope): [slope]
            case .elu(let alpha): [alpha]
            case .swish(let beta): [beta]
            case .hardSigmoid(let slope, let offset), .linear(let slope, let offset):
                [slope, offset]
            case .power(let exponent): [exponent]
            case .clip(let lower, let upper):
                // Written such that no bound may be NaN; either may be infinite.
                lower <= upper ? [] : [.nan]
            case .relu, .selu, .sigmoid, .tanh, .softplus, .hardSwish, .gelu, .geluByTanh, .mish,
                .softsign, .exp, .log, .square, .sqrt, .rsqrt, .reciprocal, .abs, .negate:
                []
            }
        guard numbers.allSatisfy(\.isFinite) else {
            throw .invalidAttribute(
                node: node,
                name: kind,
                value: "\(function)",
                expected: "of finite numbers, or of bounds in order"
            )
        }
        return inputs[0]
    }
}
