import Engine
import Testing

/// Functions of single values: found in their parts, and taken in by convolutions.
@Suite struct FunctionPassTests {
    private static let shape = FeatureShape(height: 9, width: 8, channels: 20)

    /// A convolution of 20 channels, and what it is in numbers.
    enum Kind: CaseIterable, Sendable {
        case window
        case pointwise
        case depthwise
        case grouped

        var layer: Convolution {
            let size = self == .pointwise ? 1 : 3
            let groups =
                switch self {
                case .window, .pointwise: 1
                case .depthwise: 20
                case .grouped: 5
                }
            return Convolution(
                Window(size, border: .same),
                inputChannels: 20,
                outputChannels: 20,
                groups: groups,
                hasBias: true
            )
        }

        func products(_ problem: LayerProblem) -> NaiveMap {
            let layer = layer
            let (size, side) = (layer.window.size.height, layer.window.size.height / 2)
            let products = problem.input.convolved(
                problem.values("conv", .kernel),
                (size, size),
                stride: (1, 1),
                dilation: (1, 1),
                padding: (side, side, side, side),
                groups: layer.groups,
                outputs: 20
            )
            let bias = problem.values("conv", .bias)
            return products.map { products[$0, $1, $2, $3] + Double(bias[$3]) }
        }
    }

    @Test(
        "convolutions apply functions to their own results, as well as layers behind them",
        arguments: NonlinearityTests.functions,
        Kind.allCases
    )
    func fused(_ function: Nonlinearity.Function, _ kind: Kind) throws {
        for (math, isFused) in [
            (MathMode.exact, true), (.exact, false), (.fast, true), (.bf16, true),
        ] where math.isAvailable {
            let passes = Pass.all.filter { isFused || !$0.name.hasPrefix("fuse") }
            let problem = try LayerProblem(Self.shape, math: math, passes: passes) {
                graph,
                input in
                let conv = graph.append(kind.layer, named: "conv", inputs: [input])
                return graph.append(Nonlinearity(function), named: "function", inputs: [conv])
            }
            let isAlone = problem.steps.contains { $0.node == "function" }
            var isLinear = false
            if case .linear = function { isLinear = true }
            #expect(isAlone == (isFused ? function == .softsign : !isLinear))
            let products = kind.products(problem)
            let expected = products.map {
                NonlinearityTests.value(function, products[$0, $1, $2, $3])
            }
            let tolerance = math == .bf16 ? 2e-2 : math == .fast ? 6e-6 : 3e-6
            #expect(problem.error(against: expected) < tolerance, "\(math) fused \(isFused)")
        }
    }

    @Test(
        "a function behind a sum in place is the convolution's last act",
        arguments: [true, false]
    )
    func residual(isFused: Bool) throws {
        let problem = try LayerProblem(Self.shape, passes: isFused ? Pass.all : []) {
            graph,
            input in
            let shortcut = graph.append(
                Nonlinearity(.softsign),
                named: "shortcut",
                inputs: [input]
            )
            let conv = graph.append(Kind.window.layer, named: "conv", inputs: [input])
            let sum = graph.append(Binary(.add), named: "sum", inputs: [conv, shortcut])
            return graph.append(Nonlinearity(.hardSigmoid6), named: "function", inputs: [sum])
        }
        // The lift, the shortcut, and the convolution with what makes its last block's filling zero again.
        #expect(Set(problem.steps.map(\.node)).count == (isFused ? 3 : 5))
        let products = Kind.window.products(problem)
        let expected = products.map { picture, y, x, channel in
            let value = problem.input[picture, y, x, channel]
            let sum = products[picture, y, x, channel] + value / (1 + abs(value))
            return min(max(sum / 6 + 0.5, 0), 1)
        }
        #expect(problem.error(against: expected) < 3e-6)
    }

    /// As in Inception-ResNet, and with a function behind.
    @Test("what is added to a shortcut is scaled before", arguments: [true, false])
    func scaledResidual(isFolded: Bool) throws {
        let problem = try LayerProblem(Self.shape, passes: isFolded ? Pass.all : []) {
            graph,
            input in
            let shortcut = graph.append(Nonlinearity(.tanh), named: "shortcut", inputs: [input])
            let conv = graph.append(Kind.pointwise.layer, named: "conv", inputs: [input])
            let scaled = Self.chain(&graph, conv, .linear(slope: 0.17, offset: 0))
            let sum = graph.append(Binary(.add), named: "sum", inputs: [shortcut, scaled])
            return Self.chain(&graph, sum, .relu)
        }
        #expect(problem.steps.count { $0.kind != "reorder" } == (isFolded ? 3 : 6))
        let products = Kind.pointwise.products(problem)
        let expected = products.map { picture, y, x, channel in
            let value = problem.input[picture, y, x, channel]
            let scaled = products[picture, y, x, channel] * Double(Float(0.17))
            return max(scaled + NonlinearityTests.value(.tanh, value), 0)
        }
        #expect(problem.error(against: expected) < 3e-6)
    }

    /// Appends layers of one input each.
    private static func chain(
        _ graph: inout Graph,
        _ input: NodeID,
        _ functions: Nonlinearity.Function...
    ) -> NodeID {
        functions.reduce(input) { last, function in
            graph.append(
                Nonlinearity(function),
                named: "part\(graph.nodes.count)",
                inputs: [last]
            )
        }
    }

    private static func product(_ graph: inout Graph, _ x: NodeID, _ y: NodeID) -> NodeID {
        graph.append(Binary(.multiply), named: "product\(graph.nodes.count)", inputs: [x, y])
    }

    private static let plus3 = Nonlinearity.Function.linear(slope: 1, offset: 3)
    private static let sixth = Nonlinearity.Function.linear(slope: 1 / 6, offset: 0)

    struct Pattern: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let function: Nonlinearity.Function
        let build: @Sendable (inout Graph, NodeID) -> NodeID
    }

    static let patterns = [
        Pattern(testDescription: "x * sigmoid(x)", function: .swish(beta: 1)) { graph, x in
            let gate = chain(&graph, x, .sigmoid)
            return product(&graph, x, gate)
        },
        Pattern(testDescription: "sigmoid(1.5 x) * x", function: .swish(beta: 1.5)) { graph, x in
            let gate = chain(&graph, x, .linear(slope: 1.5, offset: 0), .sigmoid)
            return product(&graph, gate, x)
        },
        Pattern(testDescription: "relu6(x + 3) / 6", function: .hardSigmoid6) { graph, x in
            chain(&graph, x, plus3, .relu6, sixth)
        },
        Pattern(
            testDescription: "clip(0.2 x + 0.5)",
            function: .hardSigmoid(slope: 0.2, offset: 0.5)
        ) { graph, x in
            chain(&graph, x, .linear(slope: 0.2, offset: 0.5), .clip(lower: 0, upper: 1))
        },
        Pattern(testDescription: "x * (relu6(x + 3) / 6)", function: .hardSwish) { graph, x in
            let gate = chain(&graph, x, plus3, .relu6, sixth)
            return product(&graph, x, gate)
        },
        Pattern(testDescription: "relu6(x + 3) * x / 6", function: .hardSwish) { graph, x in
            let gate = chain(&graph, x, plus3, .relu6)
            let whole = product(&graph, gate, x)
            return chain(&graph, whole, sixth)
        },
        Pattern(testDescription: "(x / 6) * relu6(x + 3)", function: .hardSwish) { graph, x in
            let share = chain(&graph, x, sixth)
            let gate = chain(&graph, x, plus3, .relu6)
            return product(&graph, share, gate)
        },
        Pattern(
            testDescription: "(x * 2 + 1) * 3 - 4",
            function: .linear(slope: 6, offset: -1)
        ) { graph, x in
            chain(&graph, x, .linear(slope: 2, offset: 1), .linear(slope: 3, offset: -4))
        },
    ]

    @Test("functions in parts become one, and say the same", arguments: patterns, [true, false])
    func recognized(_ pattern: Pattern, isRecognized: Bool) throws {
        let passes = Pass.all.filter { isRecognized && $0.name == "recognize-functions" }
        let problem = try LayerProblem(Self.shape, passes: passes, scale: 4) { graph, input in
            pattern.build(&graph, input)
        }
        #expect((Set(problem.steps.map(\.node)).count == 2) == isRecognized)
        let expected = problem.input.map {
            NonlinearityTests.value(pattern.function, problem.input[$0, $1, $2, $3])
        }
        #expect(problem.error(against: expected) < 2e-6)

        var graph = Graph(input: Self.shape)
        let input = graph.append(Input(shape: Self.shape), named: "input", inputs: [])
        graph.mark(.logits, at: pattern.build(&graph, input))
        for pass in passes { pass.apply(&graph) }
        if isRecognized {
            let layer = try #require(graph.nodes.last?.layer as? Nonlinearity)
            #expect("\(layer.function)" == "\(pattern.function)")
            #expect(graph.nodes.count == 2)
        }
    }

    @Test("parts that others want, or of other numbers, stay")
    func kept() {
        let builds: [(inout Graph, NodeID) -> NodeID] = [
            { graph, x in
                // Of something else than what it multiplies.
                let other = Self.chain(&graph, x, .tanh)
                let gate = Self.chain(&graph, x, .sigmoid)
                return Self.product(&graph, other, gate)
            },
            { graph, x in Self.chain(&graph, x, Self.plus3, .relu6, .linear(slope: 0.2, offset: 0))
            },
            { graph, x in
                let clipped = Self.chain(&graph, x, Self.plus3, .relu6)
                let share = Self.chain(&graph, clipped, Self.sixth)
                return graph.append(Binary(.subtract), named: "end", inputs: [share, clipped])
            },
            { graph, x in
                let gate = Self.chain(&graph, x, .linear(slope: 1, offset: 2), .relu6)
                let whole = Self.product(&graph, x, gate)
                return Self.chain(&graph, whole, Self.sixth)
            },
        ]
        for build in builds {
            var graph = Graph(input: Self.shape)
            let input = graph.append(Input(shape: Self.shape), named: "input", inputs: [])
            graph.mark(.logits, at: build(&graph, input))
            let before = graph.text
            for pass in Pass.all where pass.name == "recognize-functions" { pass.apply(&graph) }
            #expect(graph.text == before)
        }
    }

    @Test(
        "scales and shifts fold into convolutions and matrix products, one after another",
        arguments: [true, false]
    )
    func scaling(isFolded: Bool) throws {
        let problem = try LayerProblem(Self.shape, passes: isFolded ? Pass.all : []) {
            graph,
            input in
            let conv = graph.append(Kind.depthwise.layer, named: "conv", inputs: [input])
            let scale = graph.append(
                Affine(channels: 20, hasShift: false),
                named: "scale",
                inputs: [conv]
            )
            let norm = graph.append(BatchNorm(channels: 20), named: "norm", inputs: [scale])
            let shift = graph.append(
                Affine(channels: 20, hasScale: false),
                named: "shift",
                inputs: [norm]
            )
            let mean = graph.append(GlobalPool(.average), named: "mean", inputs: [shift])
            let dense = graph.append(Dense(inputs: 20, outputs: 12), named: "dense", inputs: [mean])
            let last = graph.append(Affine(channels: 12), named: "last", inputs: [dense])
            return graph.append(Nonlinearity(.relu), named: "relu", inputs: [last])
        }
        // The depthwise convolution takes the lift in, too.
        #expect(Set(problem.steps.map(\.node)).count == (isFolded ? 3 : 9))
        func values(_ node: String, _ role: ParameterRole) -> [Double] {
            problem.values(node, role).map(Double.init)
        }
        let products = Kind.depthwise.products(problem)
        let (gamma, beta) = (values("norm", .gamma), values("norm", .beta))
        let (center, variance) = (values("norm", .movingMean), values("norm", .movingVariance))
        let (scale, shift) = (values("scale", .scale), values("shift", .shift))
        let means = products.map { picture, y, x, channel in
            (products[picture, y, x, channel] * scale[channel] - center[channel]) * gamma[channel]
                / (variance[channel] + 1e-5).squareRoot() + beta[channel] + shift[channel]
        }.means()
        let dense = means.convolved(
            problem.values("dense", .kernel),
            size: 1,
            stride: 1,
            before: 0,
            after: 0,
            outputs: 12
        )
        let bias = values("dense", .bias)
        let (factor, summand) = (values("last", .scale), values("last", .shift))
        let expected = dense.map { picture, y, x, channel in
            max(
                0,
                (dense[picture, y, x, channel] + bias[channel]) * factor[channel]
                    + summand[channel]
            )
        }
        #expect(problem.error(against: expected) < 3e-6)
    }
}
