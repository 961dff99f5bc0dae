import Engine
import TestSupport
import Testing

/// Convolutions with windows, groups and biases that the family does not have.
@Suite struct ConvolutionWindowTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var size = (3, 3)
        var stride = (1, 1)
        var dilation = (1, 1)
        /// Top, bottom, left, right.
        var padding = (1, 1, 1, 1)
        var groups = 1
        var inputs = 16
        var outputs = 32
        var hasBias = false

        var testDescription: String {
            "\(size) by \(stride) dilated \(dilation) padded \(padding), \(inputs) to \(outputs) "
                + "in \(groups)\(hasBias ? " with bias" : "")"
        }

        var layer: Convolution {
            Convolution(
                Window(
                    Axes(height: size.0, width: size.1),
                    stride: Axes(height: stride.0, width: stride.1),
                    dilation: Axes(height: dilation.0, width: dilation.1),
                    border: .sides(
                        Padding(
                            top: padding.0,
                            bottom: padding.1,
                            left: padding.2,
                            right: padding.3
                        )
                    )
                ),
                inputChannels: inputs,
                outputChannels: outputs,
                groups: groups,
                hasBias: hasBias
            )
        }

        func expected(_ problem: LayerProblem) -> NaiveMap {
            let products = problem.input.convolved(
                problem.values("conv", .kernel),
                size,
                stride: stride,
                dilation: dilation,
                padding: padding,
                groups: groups,
                outputs: outputs
            )
            guard hasBias else { return products }
            let bias = problem.values("conv", .bias)
            return products.map { products[$0, $1, $2, $3] + Double(bias[$3]) }
        }
    }

    static let cases = [
        Case(size: (1, 7), padding: (0, 0, 3, 3)),
        Case(size: (7, 1), padding: (3, 3, 0, 0), inputs: 20, outputs: 12),
        Case(size: (2, 3), stride: (2, 1), padding: (0, 1, 2, 0), inputs: 24, outputs: 40),
        Case(stride: (1, 3), padding: (0, 0, 0, 0), hasBias: true),
        Case(dilation: (2, 2), padding: (2, 2, 2, 2)),
        Case(size: (3, 2), dilation: (1, 3), padding: (3, 0, 1, 4), inputs: 12, outputs: 20),
        Case(padding: (1, 1, 1, 1), inputs: 64, outputs: 64, hasBias: true),
        Case(padding: (0, 2, 0, 2), inputs: 64, outputs: 64),
        // Groups that are whole blocks, that share blocks, and that are less than a block.
        Case(groups: 2, inputs: 32, outputs: 64, hasBias: true),
        Case(groups: 4, inputs: 32, outputs: 32),
        Case(stride: (2, 2), groups: 3, inputs: 24, outputs: 36),
        Case(size: (1, 1), padding: (0, 0, 0, 0), groups: 5, inputs: 20, outputs: 10),
        // Depthwise, with one kernel a channel and more.
        Case(groups: 32, inputs: 32, outputs: 32),
        Case(
            size: (5, 5),
            stride: (2, 2),
            padding: (2, 2, 2, 2),
            groups: 20,
            inputs: 20,
            outputs: 20
        ),
        Case(dilation: (2, 3), padding: (2, 2, 3, 3), groups: 16, inputs: 16, outputs: 16),
        Case(groups: 16, inputs: 16, outputs: 32, hasBias: true),
        Case(stride: (2, 1), groups: 12, inputs: 12, outputs: 36),
        Case(size: (1, 9), padding: (0, 0, 4, 4), groups: 3, inputs: 3, outputs: 3, hasBias: true),
        Case(
            size: (3, 5),
            stride: (2, 1),
            padding: (0, 1, 3, 1),
            groups: 40,
            inputs: 40,
            outputs: 40,
            hasBias: true
        ),
        Case(dilation: (2, 2), padding: (2, 2, 2, 2), groups: 24, inputs: 24, outputs: 48),
        // Groups that are computed together, and that no number of makes whole blocks.
        Case(groups: 16, inputs: 64, outputs: 64, hasBias: true),
        Case(stride: (2, 2), groups: 8, inputs: 32, outputs: 64),
        Case(groups: 7, inputs: 21, outputs: 35, hasBias: true),
        Case(size: (1, 1), padding: (0, 0, 0, 0), groups: 2, inputs: 24, outputs: 6),
    ]

    private func problem(
        _ instance: Case,
        _ math: MathMode,
        isLifted: Bool = true
    ) throws -> LayerProblem {
        let shape = FeatureShape(height: 13, width: 10, channels: instance.inputs)
        return try LayerProblem(shape, math: math, isLifted: isLifted) { graph, input in
            graph.append(instance.layer, named: "conv", inputs: [input])
        }
    }

    @Test("every product, in float32", arguments: cases)
    func exact(_ instance: Case) throws {
        let problem = try problem(instance, .exact)
        #expect(problem.error(against: instance.expected(problem)) < 2e-6)
    }

    @Test("by Winograd where that is to be had", arguments: cases)
    func fast(_ instance: Case) throws {
        let problem = try problem(instance, .fast)
        #expect(problem.error(against: instance.expected(problem)) < 5e-6)
    }

    @Test("in bfloat16, to a part in fifty", .needsBFloat16, arguments: cases)
    func bfloat16(_ instance: Case) throws {
        let problem = try problem(instance, .bf16)
        #expect(problem.error(against: instance.expected(problem)) < 2e-2)
    }

    @Test("of pictures as they come in", arguments: cases)
    func planar(_ instance: Case) throws {
        let problem = try problem(instance, .exact, isLifted: false)
        #expect(problem.error(against: instance.expected(problem)) < 2e-6)
    }

    /// But where a window could lie beside the picture, which the library is slow at.
    @Test(
        "all have a fast implementation",
        arguments: cases.filter { $0.padding.3 <= ($0.size.1 - 1) * $0.dilation.1 }
    )
    func implementations(_ instance: Case) throws {
        for math in [MathMode.exact, .bf16] where math.isAvailable {
            for isLifted in [true, false] {
                let problem = try problem(instance, math, isLifted: isLifted)
                for step in problem.steps where step.kind == "convolution" {
                    #expect(!step.implementation.hasPrefix("ref"), "\(math) \(step.node)")
                }
            }
        }
    }

    @Test("a batch norm and a relu fold into groups and biases", arguments: cases, [true, false])
    func fused(_ instance: Case, isFused: Bool) throws {
        let shape = FeatureShape(height: 13, width: 10, channels: instance.inputs)
        let passes = isFused ? Pass.all : []
        let problem = try LayerProblem(shape, passes: passes) { graph, input in
            let conv = graph.append(instance.layer, named: "conv", inputs: [input])
            let norm = graph.append(
                BatchNorm(channels: instance.outputs, epsilon: 1e-3),
                named: "norm",
                inputs: [conv]
            )
            return graph.append(Nonlinearity(.relu), named: "relu", inputs: [norm])
        }
        let others = problem.steps.filter { ["batch norm", "relu"].contains($0.kind) }
        #expect(others.count == (isFused ? 0 : 2))
        let products = instance.expected(problem)
        let roles: [ParameterRole] = [.gamma, .beta, .movingMean, .movingVariance]
        let norm = roles.map { problem.values("norm", $0).map(Double.init) }
        let expected = products.map { picture, y, x, channel in
            let scale = norm[0][channel] / (norm[3][channel] + 1e-3).squareRoot()
            let value = products[picture, y, x, channel] - norm[2][channel]
            return max(0, value * scale + norm[1][channel])
        }
        #expect(problem.error(against: expected) < 3e-6)
    }

    @Test("SAME pads by the picture's size, and more behind than before", arguments: 1...3, 1...4)
    func same(stride: Int, size: Int) throws {
        let shape = FeatureShape(height: 13, width: 10, channels: 16)
        let problem = try LayerProblem(shape) { graph, input in
            graph.append(
                Convolution(
                    Window(size, stride: stride, border: .same),
                    inputChannels: 16,
                    outputChannels: 16
                ),
                named: "conv",
                inputs: [input]
            )
        }
        func sides(_ extent: Int) -> (Int, Int) {
            let outputs = (extent + stride - 1) / stride
            let total = max((outputs - 1) * stride + size - extent, 0)
            return (total / 2, total - total / 2)
        }
        let (rows, columns) = (sides(13), sides(10))
        let expected = problem.input.convolved(
            problem.values("conv", .kernel),
            (size, size),
            stride: (stride, stride),
            dilation: (1, 1),
            padding: (rows.0, rows.1, columns.0, columns.1),
            groups: 1,
            outputs: 16
        )
        #expect(expected.height == (13 + stride - 1) / stride)
        #expect(problem.error(against: expected) < 2e-6)
    }
}
