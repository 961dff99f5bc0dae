import Engine
import Foundation
import Testing

/// Convolutions 1x1 of gated channels, the end of mobile networks' blocks.
@Suite struct GatedTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var picture = (6, 7)
        var inputs = 40
        var outputs = 24
        var size = 1
        var addsToInput = false
        var function: Nonlinearity.Function?

        var testDescription: String {
            "\(picture), \(inputs) to \(outputs), \(size)x\(size)"
                + (addsToInput ? ", added" : "") + (function.map { " \($0)" } ?? "")
        }

        func problem(
            _ math: MathMode = .exact,
            batch: Int = 2,
            passes: [Pass] = Pass.all
        ) throws -> LayerProblem {
            let shape = FeatureShape(height: picture.0, width: picture.1, channels: inputs)
            return try LayerProblem(shape, batch: batch, math: math, passes: passes) {
                graph,
                input in
                let mean = graph.append(GlobalPool(.average), named: "mean", inputs: [input])
                let gates = graph.append(
                    Nonlinearity(.sigmoid),
                    named: "sigmoid",
                    inputs: [mean]
                )
                let scale = graph.append(ChannelScale(), named: "scale", inputs: [input, gates])
                var last = graph.append(
                    Convolution(
                        Window(size, border: .same),
                        inputChannels: inputs,
                        outputChannels: outputs,
                        hasBias: true
                    ),
                    named: "conv",
                    inputs: [scale]
                )
                if addsToInput {
                    let shortcut = graph.append(
                        Slice(channels: Slice.Places(0, count: outputs)),
                        named: "shortcut",
                        inputs: [input]
                    )
                    last = graph.append(Add(), named: "add", inputs: [last, shortcut])
                }
                guard let function else { return last }
                return graph.append(Nonlinearity(function), named: "function", inputs: [last])
            }
        }

        func expected(_ problem: LayerProblem) -> NaiveMap {
            let means = problem.input.means()
            let gated = problem.input.map { picture, y, x, channel in
                problem.input[picture, y, x, channel] / (1 + exp(-means[picture, 0, 0, channel]))
            }
            let products = gated.convolved(
                problem.values("conv", .kernel),
                size: size,
                stride: 1,
                before: (size - 1) / 2,
                after: size / 2,
                outputs: outputs
            )
            let bias = problem.values("conv", .bias)
            return products.map { picture, y, x, channel in
                var value = products[picture, y, x, channel] + Double(bias[channel])
                if addsToInput { value += problem.input[picture, y, x, channel] }
                return function.map { NonlinearityTests.value($0, value) } ?? value
            }
        }
    }

    static let cases = [
        Case(), Case(addsToInput: true), Case(addsToInput: true, function: .relu),
        Case(function: .swish(beta: 1)), Case(function: .softplus), Case(size: 3),
        Case(picture: (1, 1)), Case(picture: (13, 29), inputs: 300, outputs: 20),
        Case(inputs: 144, outputs: 5, function: .relu6), Case(inputs: 16, outputs: 16),
        Case(inputs: 129, outputs: 33, addsToInput: true),
    ]

    @Test("of gates that the convolution applies, and of a step before it", arguments: cases)
    func values(_ instance: Case) throws {
        for (math, names) in [
            (MathMode.exact, []), (.exact, ["fuse-gate"]), (.fast, []), (.bf16, []), (.mixed, []),
        ] where math.isAvailable {
            let problem = try instance.problem(
                math,
                passes: Pass.all.filter { !names.contains($0.name) }
            )
            let error = problem.error(against: instance.expected(problem))
            #expect(error < (math == .bf16 || math == .mixed ? 3e-2 : 3e-6), "\(math) \(names)")
            let isFused =
                names.isEmpty && instance.size == 1 && !(math == .bf16 || math == .mixed)
                && instance.function != .softplus
            if isFused { #expect(!problem.steps.contains { $0.kind == "channel scale" }) }
        }
    }

    @Test("a picture's values are the same bits in any batch", arguments: cases)
    func batches(_ instance: Case) throws {
        let expected = try instance.problem().output
        let alone = try instance.problem(batch: 1).output
        #expect(alone[...] == expected.prefix(alone.count))
    }
}
