import Base
import Engine
import TestSupport
import Testing

/// As ``NeighbourTests``, with the layers that the family does not have.
@Suite struct ForeignNeighbourTests {
    private static let shape = FeatureShape(height: 20, width: 18, channels: 3)

    /// A network of `width` channels in most places.
    private static func graph(_ width: Int) -> Graph {
        var graph = Graph(input: shape)
        func append(_ layer: any Layer, _ inputs: NodeID...) -> NodeID {
            graph.append(layer, named: "node\(graph.nodes.count)", inputs: inputs)
        }
        func convolution(
            _ input: NodeID,
            _ size: Int,
            _ inputs: Int,
            _ outputs: Int,
            groups: Int = 1,
            dilation: Int = 1
        ) -> NodeID {
            let window = Window(Axes(size), dilation: Axes(dilation), border: .same)
            return append(
                Convolution(
                    window,
                    inputChannels: inputs,
                    outputChannels: outputs,
                    groups: groups,
                    hasBias: true
                ),
                input
            )
        }
        let picture = append(Input(shape: shape))
        let scaled = append(Nonlinearity(.linear(slope: 1 / 127.5, offset: -1)), picture)
        let stem = append(Nonlinearity(.hardSwish), convolution(scaled, 3, 3, width))
        let depthwise = append(
            Nonlinearity(.swish(beta: 1)),
            convolution(stem, 5, width, 2 * width, groups: width)
        )
        let grouped = append(
            Nonlinearity(.gelu),
            convolution(depthwise, 3, 2 * width, 2 * width, groups: width / 2)
        )
        let dilated = convolution(grouped, 3, 2 * width, width, dilation: 2)
        let norm = append(LayerNorm(channels: width), append(Add(), dilated, stem))
        let joined = append(
            Concat(count: 3),
            norm,
            append(LocalResponseNorm(), stem),
            append(Pool(.average, Window(3, border: .same)), depthwise)
        )
        let scale = append(Affine(channels: 4 * width), joined)
        let gate = append(
            Nonlinearity(.sigmoid),
            convolution(append(Reduce(.mean, over: .space), scale), 1, 4 * width, 4 * width)
        )
        let gated = append(Binary(.multiply), scale, gate)
        let shares = append(Softmax(), append(Pad(Padding(before: 1, after: 0)), gated))
        let small = append(Resize(.bilinear, .halfPixelCenters, height: 6, width: 5), shares)
        let flat = append(GlobalPool(.flatten), small)
        let dense = append(Dense(inputs: 30 * 4 * width, outputs: 19), flat)
        graph.mark(.logits, at: append(Softmax(isLogarithm: true), dense))
        return graph
    }

    private static func logits(
        of pictures: [Int],
        batch: Int,
        _ graph: Graph,
        _ math: MathMode,
        weights: Weights? = nil,
        prepared: PreparedWeights? = nil
    ) throws -> [[Float]] {
        var options = ExecutionOptions(math: math, prepared: prepared)
        if MathMode.bf16.isAvailable { options.bfloat16Gain = .directProducts }
        let executor = try Executor(
            graph,
            weights: weights ?? .uniform(for: graph),
            batch: batch,
            options: options
        )
        let values = pictures.flatMap { picture in
            Uniform.values("picture \(picture)", count: shape.count).map { $0 * 255 }
        }
        unsafe executor.withInput { place in
            for (index, value) in values.enumerated() { unsafe place[index] = value }
        }
        try executor.run()
        let logits = executor.logits
        return (0..<batch).map { Array(logits[($0 * 19)..<(($0 + 1) * 19)]) }
    }

    @Test(
        "logits do not depend on the batch, the threads, nor on a picture's place",
        arguments: MathMode.allCases.filter(\.isAvailable),
        [12, 16]
    )
    func places(_ math: MathMode, width: Int) throws {
        let graph = Self.graph(width)
        SteadyThreads.begin()
        defer { SteadyThreads.end() }
        let before = ThreadCount.current
        defer { ThreadCount.set(before) }
        ThreadCount.set(1)
        let alone = try (0..<5).map {
            try Self.logits(of: [$0], batch: 1, graph, math)[0]
        }
        #expect(alone.allSatisfy { $0.allSatisfy(\.isFinite) })
        #expect(Set(alone).count == 5)
        for threads in 1...2 {
            ThreadCount.set(threads)
            let two = try Self.logits(of: [3, 1], batch: 2, graph, math)
            #expect(two == [alone[3], alone[1]], "2 on \(threads) threads")
            let five = try Self.logits(of: [4, 3, 2, 1, 0], batch: 5, graph, math)
            #expect(five == alone.reversed(), "5 on \(threads) threads")
        }
    }

    @Test("a plan that is given what another made of the weights needs none", arguments: [12, 16])
    func prepared(width: Int) throws {
        let graph = Self.graph(width)
        let made = PreparedWeights()
        let first = try Self.logits(of: [0, 1], batch: 2, graph, .fast, prepared: made)
        let second = try Self.logits(
            of: [0, 1],
            batch: 2,
            graph,
            .fast,
            weights: Weights(),
            prepared: PreparedWeights(made.pieces)
        )
        #expect(made.isNew)
        #expect(first == second)
    }

    @Test("a picture that no machine holds is refused before it is planned")
    func memory() throws {
        var graph = Graph(input: Self.shape)
        let picture = graph.append(Input(shape: Self.shape), named: "input", inputs: [])
        let pad = graph.append(
            Pad(Padding(top: 0, bottom: 1 << 19, left: 0, right: 1 << 18)),
            named: "pad",
            inputs: [picture]
        )
        graph.mark(.logits, at: graph.append(GlobalPool(.flatten), named: "flat", inputs: [pad]))
        #expect {
            _ = try Executor(graph, weights: Weights(), batch: 64)
        } throws: { error in
            if case .memory = error as? EngineError { true } else { false }
        }
    }
}
