import Engine
import TestSupport
import Testing

/// Convolutions against nested loops in float64.
@Suite struct ConvolutionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let size: Int
        let stride: Int
        let inputs: Int
        let outputs: Int
        let extent: Int

        var testDescription: String {
            "\(size)x\(size)/\(stride) \(inputs) to \(outputs) @\(extent)"
        }
        var before: Int { (size - 1) / 2 }
        var after: Int { size - 1 - before }

        var layer: Convolution {
            Convolution(
                Window(size, stride: stride, border: .sides(Padding(before: before, after: after))),
                inputChannels: inputs,
                outputChannels: outputs
            )
        }

        func expected(_ problem: LayerProblem, _ input: NaiveMap) -> NaiveMap {
            input.convolved(
                problem.values("conv", .kernel),
                size: size,
                stride: stride,
                before: before,
                after: after,
                outputs: outputs
            )
        }
    }

    /// Whole blocks of channels and less, odd extents, every size and stride of the family, an even kernel besides.
    static let cases = [
        Case(size: 1, stride: 1, inputs: 16, outputs: 32, extent: 7),
        Case(size: 1, stride: 2, inputs: 32, outputs: 16, extent: 9),
        Case(size: 1, stride: 1, inputs: 24, outputs: 40, extent: 5),
        Case(size: 2, stride: 2, inputs: 16, outputs: 16, extent: 8),
        Case(size: 3, stride: 1, inputs: 16, outputs: 32, extent: 16),
        Case(size: 3, stride: 1, inputs: 64, outputs: 128, extent: 20),
        Case(size: 3, stride: 1, inputs: 8, outputs: 24, extent: 11),
        Case(size: 3, stride: 1, inputs: 128, outputs: 144, extent: 6),
        Case(size: 3, stride: 1, inputs: 272, outputs: 48, extent: 13),
        Case(size: 3, stride: 2, inputs: 32, outputs: 48, extent: 13),
        Case(size: 5, stride: 1, inputs: 16, outputs: 16, extent: 9),
        Case(size: 7, stride: 2, inputs: 16, outputs: 16, extent: 18),
        Case(size: 7, stride: 2, inputs: 3, outputs: 64, extent: 21),
    ]

    @Test("every product, in float32", arguments: cases)
    func exact(_ instance: Case) throws {
        let problem = try LayerProblem(shape(instance)) { graph, input in
            graph.append(instance.layer, named: "conv", inputs: [input])
        }
        #expect(problem.error(against: instance.expected(problem, problem.input)) < 2e-6)
    }

    @Test("by Winograd where that is to be had", arguments: cases)
    func fast(_ instance: Case) throws {
        let problem = try LayerProblem(shape(instance), math: .fast) { graph, input in
            graph.append(instance.layer, named: "conv", inputs: [input])
        }
        #expect(problem.error(against: instance.expected(problem, problem.input)) < 5e-6)
    }

    @Test("in bfloat16, to a part in fifty", .needsBFloat16, arguments: cases)
    func bfloat16(_ instance: Case) throws {
        let problem = try LayerProblem(shape(instance), math: .bf16) { graph, input in
            graph.append(instance.layer, named: "conv", inputs: [input])
        }
        let error = problem.error(against: instance.expected(problem, problem.input))
        #expect(error < 2e-2)
        #expect(error > 1e-5, "nothing was rounded")
    }

    @Test(
        "with batch norm, shortcut and relu behind it, fused or not",
        arguments: cases.filter { $0.stride == 1 },
        [true, false]
    )
    func fused(_ instance: Case, isFused: Bool) throws {
        let passes = isFused ? Pass.all : []
        let problem = try LayerProblem(shape(instance), passes: passes) { graph, input in
            let shortcut = graph.append(
                Convolution(
                    Window(1),
                    inputChannels: instance.inputs,
                    outputChannels: instance.outputs
                ),
                named: "shortcut",
                inputs: [input]
            )
            let conv = graph.append(instance.layer, named: "conv", inputs: [input])
            let norm = graph.append(
                BatchNorm(channels: instance.outputs, decay: 1),
                named: "norm",
                inputs: [conv]
            )
            let sum = graph.append(Add(), named: "add", inputs: [norm, shortcut])
            return graph.append(Nonlinearity(.relu), named: "relu", inputs: [sum])
        }
        // One convolution more is there to lift the input.
        #expect(problem.steps.count { $0.kind != "reorder" } == (isFused ? 3 : 6))

        let sums = instance.expected(problem, problem.input)
        let shortcut = problem.input.convolved(
            problem.values("shortcut", .kernel),
            size: 1,
            stride: 1,
            before: 0,
            after: 0,
            outputs: instance.outputs
        )
        let roles: [ParameterRole] = [.gamma, .beta, .movingMean, .movingVariance]
        let norm = roles.map { problem.values("norm", $0).map(Double.init) }
        let expected = sums.map { picture, y, x, channel in
            let scale = norm[0][channel] / (norm[3][channel] + 1e-5).squareRoot()
            let value = (sums[picture, y, x, channel] - norm[2][channel]) * scale + norm[1][channel]
            return max(0, value + shortcut[picture, y, x, channel])
        }
        #expect(problem.error(against: expected) < 3e-6)
    }

    private func shape(_ instance: Case) -> FeatureShape {
        FeatureShape(height: instance.extent, width: instance.extent, channels: instance.inputs)
    }
}
