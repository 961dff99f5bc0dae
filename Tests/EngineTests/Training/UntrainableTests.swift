import Engine
import TestSupport
import Testing

/// What has no gradient is refused in a sentence.
@Suite struct UntrainableTests {
    private func refusal(
        channels: Int = 16,
        _ build: (inout Graph, NodeID) -> NodeID
    ) throws -> EngineError? {
        let shape = FeatureShape(height: 6, width: 6, channels: channels)
        var graph = Graph(input: shape)
        let input = graph.append(Input(shape: shape), named: "input", inputs: [])
        let last = build(&graph, input)
        let pool = graph.append(GlobalPool(.average), named: "pool", inputs: [last])
        graph.mark(.logits, at: pool)
        let store = try ParameterStore(graph, weights: .uniform(for: graph))
        do throws(EngineError) {
            _ = try TrainingPlan(graph, parameters: store, batch: 2)
            return nil
        } catch {
            return error
        }
    }

    private func lifted(_ layer: any Layer) throws -> EngineError? {
        try refusal { graph, input in
            let conv = graph.append(
                Convolution(Window(1), inputChannels: 16, outputChannels: 16),
                named: "conv",
                inputs: [input]
            )
            return graph.append(layer, named: "layer", inputs: [conv])
        }
    }

    @Test(
        "functions but relu",
        arguments: [
            Nonlinearity.Function.clip(lower: 0, upper: 6), .leakyRelu(slope: 0.1), .elu(alpha: 1),
            .selu, .sigmoid, .hardSigmoid(slope: 0.2, offset: 0.5), .tanh, .softplus,
            .swish(beta: 1), .hardSwish, .gelu, .geluByTanh, .mish,
        ]
    )
    func functions(_ function: Nonlinearity.Function) throws {
        let layer = Nonlinearity(function)
        #expect(
            try lifted(layer)
                == .graph(
                    .untrainable(node: "layer", reason: "\(layer.kind) has no gradient yet")
                )
        )
    }

    @Test("convolutions with groups or a bias")
    func convolutions() throws {
        let groups = Convolution(Window(1), inputChannels: 16, outputChannels: 16, groups: 4)
        let error = try lifted(groups)
        #expect(
            error?.description
                == "layer: cannot be trained: a convolution with 4 groups has no gradient yet"
        )
        let bias = Convolution(Window(1), inputChannels: 16, outputChannels: 16, hasBias: true)
        #expect(
            try lifted(bias)
                == .graph(
                    .untrainable(
                        node: "layer",
                        reason: "a convolution with a bias has no gradient yet"
                    )
                )
        )
    }

    @Test("what takes pictures as they come in, but convolutions")
    func planar() throws {
        let error = try refusal { graph, input in
            graph.append(Upsample(), named: "layer", inputs: [input])
        }
        #expect(
            error
                == .graph(
                    .untrainable(
                        node: "layer",
                        reason: "of the layers, only convolutions learn from pictures of "
                            + "16 channels as they come in"
                    )
                )
        )
    }

    @Test("a matrix product of a picture of one pixel")
    func pixel() throws {
        let error = try refusal { graph, input in
            let conv = graph.append(
                Convolution(Window(6), inputChannels: 16, outputChannels: 16),
                named: "conv",
                inputs: [input]
            )
            return graph.append(Dense(inputs: 16, outputs: 4), named: "layer", inputs: [conv])
        }
        #expect(
            error
                == .graph(
                    .untrainable(node: "layer", reason: "its input is a picture of one pixel")
                )
        )
    }

    @Test("a relu and a convolution are not")
    func trainable() throws {
        #expect(try lifted(Nonlinearity(.relu)) == nil)
    }
}
