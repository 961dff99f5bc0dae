import Engine
import Networks
import TestSupport
import Testing

/// Each pass by itself: a graph in, a graph out.
@Suite struct PassTests {
    private static func pass(_ name: String) throws -> Pass {
        try #require(Pass.all.first { $0.name == name })
    }

    private static func convolution(
        _ inputs: Int,
        _ outputs: Int,
        size: Int = 1
    ) -> Convolution {
        Convolution(
            Window(size, border: .sides(Padding(before: size / 2, after: size / 2))),
            inputChannels: inputs,
            outputChannels: outputs
        )
    }

    private static let norm = BatchNorm(channels: 16, decay: 1)

    /// A graph of named layers over one input; each takes the layers named behind it, and the last one is the result.
    private static func graph(
        _ layers: [(name: String, layer: any Layer, inputs: [String])]
    ) -> Graph {
        let shape = FeatureShape(height: 8, width: 8, channels: 16)
        var graph = Graph(input: shape)
        var ids = [
            "input": graph.append(Input(shape: shape), named: "input", inputs: [])
        ]
        for (name, layer, inputs) in layers {
            ids[name] = graph.append(
                layer,
                named: name,
                inputs: inputs.compactMap { ids[$0] }
            )
        }
        if let end = layers.last.flatMap({ ids[$0.name] }) { graph.mark(.logits, at: end) }
        return graph
    }

    /// The names of the nodes left, with the inputs of each.
    private static func outline(_ graph: Graph) -> [String] {
        let names = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.id, $0.name) })
        return graph.nodes.map { node in
            ([node.name] + node.inputs.map { names[$0] ?? "?" }).joined(separator: " ")
        }
    }

    @Test("a batch norm behind a convolution becomes part of it")
    func foldBatchNorm() throws {
        var graph = Self.graph([
            ("conv", Self.convolution(16, 16), ["input"]), ("norm", Self.norm, ["conv"]),
            ("relu", Nonlinearity(.relu), ["norm"]),
        ])
        try Self.pass("fold-batch-norm").apply(&graph)
        #expect(Self.outline(graph) == ["input", "conv input", "relu conv"])
        let layer = try #require(graph.nodes[1].layer as? Convolution)
        #expect(layer.scalings.first?.node == "norm")
    }

    @Test("a batch norm stays where others look at the convolution, or it is not behind one")
    func keepBatchNorm() throws {
        var shared = Self.graph([
            ("conv", Self.convolution(16, 16), ["input"]), ("norm", Self.norm, ["conv"]),
            ("add", Add(), ["norm", "conv"]),
        ])
        let before = Self.outline(shared)
        try Self.pass("fold-batch-norm").apply(&shared)
        #expect(Self.outline(shared) == before)

        var alone = Self.graph([
            ("relu", Nonlinearity(.relu), ["input"]), ("norm", Self.norm, ["relu"]),
        ])
        try Self.pass("fold-batch-norm").apply(&alone)
        #expect(Self.outline(alone) == ["input", "relu input", "norm relu"])

        var observed = Self.graph([
            ("conv", Self.convolution(16, 16), ["input"]), ("norm", Self.norm, ["conv"]),
        ])
        observed.mark(Stage("conv"), at: observed.nodes[1].id)
        observed.observeAllStages()
        try Self.pass("fold-batch-norm").apply(&observed)
        #expect(Self.outline(observed) == ["input", "conv input", "norm conv"])
    }

    @Test("a convolution adds to the shortcut in its memory")
    func fuseResidual() throws {
        var graph = Self.graph([
            ("shortcut", Self.convolution(16, 16), ["input"]),
            ("conv", Self.convolution(16, 16), ["input"]), ("add", Add(), ["conv", "shortcut"]),
        ])
        try Self.pass("fuse-residual").apply(&graph)
        #expect(
            Self.outline(graph) == ["input", "shortcut input", "conv input shortcut"]
        )
        #expect((graph.nodes[2].layer as? Convolution)?.addsToInput == true)
    }

    @Test("a shortcut that is read later, or the input itself, is not written to")
    func keepResidual() throws {
        var late = Self.graph([
            ("shortcut", Nonlinearity(.relu), ["input"]),
            ("conv", Self.convolution(16, 16), ["shortcut"]),
            ("add", Add(), ["conv", "shortcut"]), ("again", Add(), ["add", "shortcut"]),
        ])
        let before = Self.outline(late)
        try Self.pass("fuse-residual").apply(&late)
        #expect(Self.outline(late) == before)

        var input = Self.graph([
            ("conv", Self.convolution(16, 16), ["input"]), ("add", Add(), ["conv", "input"]),
        ])
        try Self.pass("fuse-residual").apply(&input)
        #expect(Self.outline(input) == ["input", "conv input", "add conv input"])
    }

    @Test("a relu becomes the last act of what is before it")
    func fuseRelu() throws {
        var graph = Self.graph([
            ("conv", Self.convolution(16, 16), ["input"]), ("relu", Nonlinearity(.relu), ["conv"]),
            ("norm", Self.norm, ["relu"]), ("second", Nonlinearity(.relu), ["norm"]),
            ("add", Add(), ["second", "relu"]), ("third", Nonlinearity(.relu), ["add"]),
        ])
        try Self.pass("fuse-relu").apply(&graph)
        #expect(
            Self.outline(graph) == ["input", "conv input", "norm conv", "add norm conv"]
        )
    }

    @Test("a relu stays where others want what it hides")
    func keepRelu() throws {
        var graph = Self.graph([
            ("conv", Self.convolution(16, 16), ["input"]), ("relu", Nonlinearity(.relu), ["conv"]),
            ("add", Add(), ["relu", "conv"]),
        ])
        let before = Self.outline(graph)
        try Self.pass("fuse-relu").apply(&graph)
        #expect(Self.outline(graph) == before)
    }

    @Test(
        "without any one pass, and without all, a network says the same",
        arguments: Pass.all.map { [$0.name] } + [Pass.all.map(\.name)]
    )
    func disabled(names: [String]) throws {
        // Version 1 with both attentions amplifies rounding a hundredfold, and is no measure of passes.
        for (version, attends) in [(1, true), (1, false), (2, true)] {
            var model = ModelConfiguration()
            model.version = version
            model.width = 16
            model.classes = 7
            model.usesSelectiveKernel = attends
            model.antiAliasesConvolutions = true
            model.usesSqueezeExcitation = !attends
            let graph = try Graph(model, imageSize: 64)
            let expected = NaiveNetwork(graph, .uniform(for: graph)).logits(Self.pictures)
            let scale = expected.map(abs).max() ?? 0
            func error(_ passes: [Pass]) throws -> Double {
                let found = try Self.logits(graph, passes)
                return zip(expected, found).map { abs($0 - Double($1)) }.max().map { $0 / scale }
                    ?? .infinity
            }
            let all = try error(Pass.all)
            let without = try error(Pass.all.filter { !names.contains($0.name) })
            print("version \(version) from float64: all passes \(all), without \(names) \(without)")
            #expect(max(all, without) <= 2e-6)
        }
    }

    /// Two pictures with the means subtracted.
    private static let pictures: NaiveMap = {
        let pixels = Uniform.values("pixels", count: 2 * 3 * 64 * 64)
        var map = NaiveMap(batch: 2, height: 64, width: 64, channels: 3)
        for (index, value) in pixels.enumerated() {
            let (plane, pixel) = (index / (64 * 64), index % (64 * 64))
            map[plane / 3, pixel / 64, pixel % 64, plane % 3] = Double(value * 255 - 118)
        }
        return map
    }()

    private static func logits(_ graph: Graph, _ passes: [Pass]) throws -> [Float] {
        let executor = try Executor(
            graph,
            weights: .uniform(for: graph),
            batch: 2,
            options: ExecutionOptions(math: .exact, passes: passes)
        )
        let pixels = Uniform.values("pixels", count: 2 * 3 * 64 * 64)
        unsafe executor.withInput { place in
            for (index, value) in pixels.enumerated() { unsafe place[index] = value * 255 - 118 }
        }
        try executor.run()
        return executor.logits
    }
}
