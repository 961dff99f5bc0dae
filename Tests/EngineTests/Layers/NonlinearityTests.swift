import Engine
import Foundation
import TestSupport
import Testing

/// Functions of single values against the library of C in float64.
@Suite struct NonlinearityTests {
    static let functions: [Nonlinearity.Function] = [
        .relu, .clip(lower: 0, upper: 6), .clip(lower: -1.5, upper: 1.5),
        .clip(lower: -.infinity, upper: 2), .leakyRelu(slope: 0.2), .elu(alpha: 1),
        .elu(alpha: 0.5), .selu, .sigmoid, .hardSigmoid(slope: 0.2, offset: 0.5),
        .hardSigmoid(slope: 1 / 6, offset: 0.5), .tanh, .softplus, .swish(beta: 1),
        .swish(beta: 1.702), .hardSwish, .gelu, .geluByTanh, .mish, .softsign, .exp, .square, .abs,
        .negate, .linear(slope: 2, offset: 0), .linear(slope: -0.5, offset: 3), .relu6,
        .hardSigmoid6,
    ]

    /// Those that want numbers above zero.
    static let positive: [Nonlinearity.Function] = [
        .log, .sqrt, .rsqrt, .reciprocal, .power(exponent: 0.3), .power(exponent: -1.5),
    ]

    static func value(_ function: Nonlinearity.Function, _ x: Double) -> Double {
        switch function {
        case .relu: max(x, 0)
        case .clip(let lower, let upper): min(max(x, Double(lower)), Double(upper))
        case .leakyRelu(let slope): x < 0 ? Double(slope) * x : x
        case .elu(let alpha): x < 0 ? Double(alpha) * expm1(x) : x
        case .selu:
            1.0507009873554804934193349852946
                * (x < 0 ? 1.6732632423543772848170429916717 * expm1(x) : x)
        case .sigmoid: 1 / (1 + exp(-x))
        case .hardSigmoid(let slope, let offset):
            min(max(Double(slope) * x + Double(offset), 0), 1)
        case .tanh: tanh(x)
        case .softplus: log1p(exp(x))
        case .swish(let beta): x / (1 + exp(-Double(beta) * x))
        case .hardSwish: x * min(max(x + 3, 0), 6) / 6
        case .gelu: x / 2 * (1 + erf(x / 2.0.squareRoot()))
        case .geluByTanh:
            x / 2 * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        case .mish: x * tanh(log1p(exp(x)))
        case .softsign: x / (1 + abs(x))
        case .exp: exp(x)
        case .log: log(x)
        case .square: x * x
        case .sqrt: x.squareRoot()
        case .rsqrt: 1 / x.squareRoot()
        case .reciprocal: 1 / x
        case .abs: abs(x)
        case .negate: -x
        case .linear(let slope, let offset): Double(slope) * x + Double(offset)
        case .power(let exponent): pow(x, Double(exponent))
        }
    }

    /// Values between -6 and 10, in blocks that are full and in blocks that are not.
    @Test("pictures", arguments: functions, [16, 20])
    func pictures(_ function: Nonlinearity.Function, channels: Int) throws {
        let shape = FeatureShape(height: 7, width: 9, channels: channels)
        let problem = try LayerProblem(shape, passes: [], scale: 8) { graph, input in
            graph.append(Nonlinearity(function), named: "function", inputs: [input])
        }
        let expected = problem.input.map { Self.value(function, problem.input[$0, $1, $2, $3]) }
        #expect(problem.error(against: expected) < 2e-6)
    }

    /// Of squares between a half and fifty; a convolution behind would spread what is no number in what fills up blocks.
    @Test("numbers above zero", arguments: positive, [16, 20, 3])
    func above(_ function: Nonlinearity.Function, channels: Int) throws {
        let shape = FeatureShape(height: 7, width: 9, channels: channels)
        for math in [MathMode.exact, .bf16] where math.isAvailable {
            let problem = try LayerProblem(shape, math: math, scale: 5) { graph, input in
                let square = graph.append(Nonlinearity(.square), named: "square", inputs: [input])
                let above = graph.append(
                    Nonlinearity(.linear(slope: 1, offset: 0.5)),
                    named: "above",
                    inputs: [square]
                )
                let function = graph.append(
                    Nonlinearity(function),
                    named: "function",
                    inputs: [above]
                )
                return graph.append(
                    Convolution(Window(3), inputChannels: channels, outputChannels: 8),
                    named: "conv",
                    inputs: [function]
                )
            }
            let values = problem.input.map { picture, y, x, channel in
                let value = problem.input[picture, y, x, channel]
                return Self.value(function, value * value + 0.5)
            }
            let expected = values.convolved(
                problem.values("conv", .kernel),
                size: 3,
                stride: 1,
                before: 0,
                after: 0,
                outputs: 8
            )
            #expect(problem.error(against: expected) < (math == .bf16 ? 2e-2 : 2e-6))
        }
    }

    @Test("in bfloat16, to a part in a hundred", .needsBFloat16, arguments: functions)
    func bfloat16(_ function: Nonlinearity.Function) throws {
        let shape = FeatureShape(height: 7, width: 9, channels: 20)
        // What is rounded is an exponent there.
        let scale: Double = function == .exp ? 1 : 8
        let problem = try LayerProblem(shape, math: .bf16, passes: [], scale: scale) {
            graph,
            input in
            graph.append(Nonlinearity(function), named: "function", inputs: [input])
        }
        let expected = problem.input.map { Self.value(function, problem.input[$0, $1, $2, $3]) }
        #expect(problem.error(against: expected) < 1e-2)
    }

    @Test("vectors, and pictures as they come in", arguments: functions)
    func plain(_ function: Nonlinearity.Function) throws {
        let shape = FeatureShape(height: 2, width: 3, channels: 20)
        let vectors = try LayerProblem(shape, scale: 12) { graph, input in
            let mean = graph.append(GlobalPool(.average), named: "mean", inputs: [input])
            return graph.append(Nonlinearity(function), named: "function", inputs: [mean])
        }
        let means = vectors.input.means()
        let expected = means.map { Self.value(function, means[$0, $1, $2, $3]) }
        #expect(vectors.error(against: expected) < 2e-6)

        let planar = try LayerProblem(shape, isLifted: false, scale: 8) { graph, input in
            graph.append(Nonlinearity(function), named: "function", inputs: [input])
        }
        let pictures = planar.input.map { Self.value(function, planar.input[$0, $1, $2, $3]) }
        #expect(planar.error(against: pictures) < 2e-6)
    }

    @Test("what fills up blocks stays zero", arguments: functions)
    func filling(_ function: Nonlinearity.Function) throws {
        // Of the two branches' 20 channels, the second begins inside of a block.
        let shape = FeatureShape(height: 3, width: 4, channels: 20)
        let problem = try LayerProblem(shape, passes: [], scale: 8) { graph, input in
            let values = graph.append(Nonlinearity(function), named: "function", inputs: [input])
            return graph.append(
                Convolution(Window(3, border: .same), inputChannels: 20, outputChannels: 12),
                named: "conv",
                inputs: [values]
            )
        }
        let values = problem.input.map { Self.value(function, problem.input[$0, $1, $2, $3]) }
        let expected = values.convolved(
            problem.values("conv", .kernel),
            size: 3,
            stride: 1,
            before: 1,
            after: 1,
            outputs: 12
        )
        #expect(problem.error(against: expected) < 3e-6)
    }

    @Test(
        "numbers that are none, and bounds out of order, are refused",
        arguments: [
            Nonlinearity.Function.leakyRelu(slope: .nan), .elu(alpha: .infinity),
            .swish(beta: .nan), .hardSigmoid(slope: 1, offset: .nan),
            .clip(lower: 2, upper: 1), .clip(lower: .nan, upper: 1),
            .linear(slope: .nan, offset: 0), .power(exponent: .infinity),
        ]
    )
    func numbers(_ function: Nonlinearity.Function) {
        let shape = FeatureShape(height: 3, width: 4, channels: 20)
        let layer = Nonlinearity(function)
        #expect(
            throws: GraphError.invalidAttribute(
                node: "function",
                name: layer.kind,
                value: "\(function)",
                expected: "of finite numbers, or of bounds in order"
            )
        ) { try layer.outputShape(for: [shape], at: "function") }
    }
}
