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
            .swish(beta: 1), .hardSwish, .gelu, .geluByTanh, .mish, .softsign, .exp, .log, .square,
            .sqrt, .rsqrt, .reciprocal, .abs, .negate, .linear(slope: 2, offset: 1),
            .power(exponent: 2),
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

    @Test(
        "layers that the family does not have",
        arguments: [
            Concat(count: 1), Pad(Padding(before: 1, after: 1)),
            Slice(rows: Slice.Places(0, count: 2)), Affine(channels: 16),
            Reduce(.mean, over: .space), Softmax(), LayerNorm(channels: 16), LocalResponseNorm(),
            Resize(.nearest, .legacy, height: 3, width: 3), SpaceToDepth(side: 2),
            DepthToSpace(side: 2), Reshape(to: FeatureShape(height: 3, width: 3, channels: 64)),
        ] as [any Layer]
    )
    func foreign(_ layer: any Layer) throws {
        let error = try lifted(layer)
        #expect(
            error?.description == "layer: cannot be trained: \(layer.kind) has no gradient yet"
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

    private static let other = Convolution(Window(1), inputChannels: 16, outputChannels: 16)

    /// The refusal of a layer of so many inputs, each as a word says.
    private func refusal(of layer: any Layer, _ words: [String]) throws -> String? {
        try refusal { graph, input in
            let lifted = graph.append(Self.other, named: "conv", inputs: [input])
            let inputs = words.map { word in
                switch word {
                case "pictures": lifted
                case "pictures of one pixel":
                    graph.append(Pool(.average, Window(6)), named: "pixel", inputs: [lifted])
                case "vectors":
                    graph.append(GlobalPool(.average), named: "vectors", inputs: [lifted])
                default: input
                }
            }
            return graph.append(layer, named: "layer", inputs: inputs)
        }?.description
    }

    @Test(
        "layers of activations that their gradients do not know",
        arguments: [
            (Upsample() as any Layer, ["pictures as they come in"]),
            (Nonlinearity(.relu), ["pictures as they come in"]),
            (BatchNorm(channels: 16), ["pictures as they come in"]),
            (Blur(size: 3, stride: 1), ["pictures as they come in"]),
            (GlobalPool(.average), ["vectors"]), (Upsample(), ["vectors"]),
            (Dense(inputs: 16, outputs: 4), ["pictures of one pixel"]),
            (Add(), ["vectors", "pictures of one pixel"]),
            (Add(), ["pictures as they come in", "pictures as they come in"]),
            (Add(), ["pictures", "pictures as they come in"]),
            (ChannelScale(), ["pictures", "pictures of one pixel"]),
            (ChannelScale(), ["vectors", "vectors"]),
        ] as [(any Layer, [String])]
    )
    func arrangements(_ layer: any Layer, _ words: [String]) throws {
        #expect(
            try refusal(of: layer, words)
                == "layer: cannot be trained: \(layer.kind) has no gradient yet for "
                + words.joined(separator: " and ")
        )
    }

    @Test("a relu and a convolution are not")
    func trainable() throws {
        #expect(try lifted(Nonlinearity(.relu)) == nil)
    }
}
