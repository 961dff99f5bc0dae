import Base
import Engine
import Testing

/// Depthwise convolutions by our own kernel, and what they take in: expansions and relus before them.
@Suite struct DepthwiseTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var size = (3, 3)
        var stride = (1, 1)
        /// Top, bottom, left, right.
        var padding = (1, 1, 1, 1)
        var picture = (11, 17)
        /// Channels that come in; nil for no expansion.
        var inputs: Int? = 24
        var channels = 40
        var function: Nonlinearity.Function?

        var testDescription: String {
            "\(size) by \(stride) in \(padding) of \(picture), \(inputs ?? channels) to \(channels)"
                + " \(function.map { "\($0)" } ?? "")"
        }

        var layer: Convolution {
            Convolution(
                Window(
                    Axes(height: size.0, width: size.1),
                    stride: Axes(height: stride.0, width: stride.1),
                    border: .sides(
                        Padding(
                            top: padding.0,
                            bottom: padding.1,
                            left: padding.2,
                            right: padding.3
                        )
                    )
                ),
                inputChannels: channels,
                outputChannels: channels,
                groups: channels,
                hasBias: true
            )
        }

        func problem(
            batch: Int = 2,
            _ math: MathMode = .exact,
            passes: [Pass] = Pass.all
        ) throws -> LayerProblem {
            let shape = FeatureShape(
                height: picture.0,
                width: picture.1,
                channels: inputs ?? channels
            )
            return try LayerProblem(shape, batch: batch, math: math, passes: passes) {
                graph,
                input in
                var last = input
                func append(_ layer: any Layer, _ name: String) {
                    last = graph.append(layer, named: name, inputs: [last])
                }
                // No pass takes it in, so that nothing before it is prepared with the input.
                append(Nonlinearity(.softsign), "before")
                if let inputs {
                    append(
                        Convolution(
                            Window(1),
                            inputChannels: inputs,
                            outputChannels: channels,
                            hasBias: true
                        ),
                        "expand"
                    )
                }
                if let function { append(Nonlinearity(function), "first function") }
                append(layer, "depthwise")
                if let function { append(Nonlinearity(function), "second function") }
                return last
            }
        }

        func expected(_ problem: LayerProblem) -> NaiveMap {
            func biased(_ map: NaiveMap, _ node: String) -> NaiveMap {
                let bias = problem.values(node, .bias)
                return map.map { map[$0, $1, $2, $3] + Double(bias[$3]) }
            }
            func applied(_ map: NaiveMap) -> NaiveMap {
                guard let function else { return map }
                return map.map { NonlinearityTests.value(function, map[$0, $1, $2, $3]) }
            }
            let input = problem.input
            var map = input.map { NonlinearityTests.value(.softsign, input[$0, $1, $2, $3]) }
            if inputs != nil {
                map = map.convolved(
                    problem.values("expand", .kernel),
                    size: 1,
                    stride: 1,
                    before: 0,
                    after: 0,
                    outputs: channels
                )
                map = biased(map, "expand")
            }
            map = applied(map).convolved(
                problem.values("depthwise", .kernel),
                size,
                stride: stride,
                dilation: (1, 1),
                padding: padding,
                groups: channels,
                outputs: channels
            )
            return applied(biased(map, "depthwise"))
        }
    }

    static let cases = [
        Case(), Case(function: .relu), Case(function: .relu6), Case(function: .swish(beta: 1)),
        Case(function: .swish(beta: -0.7)), Case(function: .hardSwish),
        Case(function: .leakyRelu(slope: 0.3)), Case(function: .softplus),
        Case(inputs: nil), Case(inputs: nil, function: .relu), Case(inputs: nil, function: .relu6),
        Case(
            size: (5, 5),
            stride: (2, 2),
            padding: (1, 2, 1, 2),
            picture: (14, 15),
            function: .relu
        ),
        Case(size: (7, 1), padding: (3, 3, 0, 0), picture: (9, 30), function: .swish(beta: 1)),
        Case(size: (1, 6), stride: (1, 3), padding: (0, 0, 4, 1), picture: (5, 40)),
        Case(size: (3, 3), stride: (4, 4), padding: (0, 0, 0, 0), picture: (15, 16)),
        Case(size: (3, 3), padding: (2, 3, 5, 4), picture: (4, 3), function: .relu6),
        Case(size: (3, 3), padding: (0, 0, 0, 0), picture: (3, 3)),
        Case(size: (1, 1), padding: (0, 0, 0, 0), picture: (1, 1), function: .hardSwish),
        Case(inputs: 200, channels: 16, function: .relu),
        Case(inputs: 301, channels: 5, function: .swish(beta: 1)),
        Case(inputs: 3, channels: 96, function: .relu6),
        Case(inputs: nil, channels: 2), Case(picture: (60, 5), channels: 8, function: .relu),
    ]

    @Test("with what is before it, and alone", arguments: cases)
    func values(_ instance: Case) throws {
        for (math, names) in [
            (MathMode.exact, []), (.exact, ["fuse-preparation"]), (.fast, []), (.bf16, []),
            (.mixed, []),
        ] where math.isAvailable {
            let problem = try instance.problem(
                math,
                passes: Pass.all.filter { !names.contains($0.name) }
            )
            let error = problem.error(against: instance.expected(problem))
            #expect(error < (math == .bf16 || math == .mixed ? 3e-2 : 3e-6), "\(math) \(names)")
        }
    }

    @Test("expansions and relus are no steps of their own, but where the pass is left out")
    func steps() throws {
        func nodes(_ instance: Case, _ names: [String] = []) throws -> [String] {
            try instance.problem(passes: Pass.all.filter { !names.contains($0.name) }).steps
                .filter { $0.kind != "reorder" }.map(\.node)
        }
        #expect(try nodes(Case(function: .relu6)) == ["lift", "before", "depthwise"])
        #expect(
            try nodes(Case(function: .relu6), ["fuse-preparation"])
                == ["lift", "before", "expand", "depthwise"]
        )
        #expect(try nodes(Case(inputs: nil, function: .relu)) == ["lift", "before", "depthwise"])
    }

    @Test("any number of threads, and any batch, gives the same bits", arguments: cases)
    func threads(_ instance: Case) throws {
        let before = ThreadCount.current
        defer { ThreadCount.set(before) }
        let expected = try instance.problem().output
        for threads in [1, 3, 8] {
            ThreadCount.set(threads)
            #expect(try instance.problem().output == expected)
            let alone = try instance.problem(batch: 1).output
            #expect(alone[...] == expected.prefix(alone.count))
        }
    }

    @Test("an expansion that others want too stays, and a relu only where they all are depthwise")
    func shared() throws {
        let shape = FeatureShape(height: 6, width: 6, channels: 16)
        func nodes(_ first: any Layer, areAllDepthwise: Bool) throws -> [String] {
            var depthwise = Case()
            depthwise.channels = 16
            return try LayerProblem(shape) { graph, input in
                let before = graph.append(
                    Nonlinearity(.softsign),
                    named: "before",
                    inputs: [input]
                )
                let start = graph.append(first, named: "first", inputs: [before])
                let one = graph.append(depthwise.layer, named: "one", inputs: [start])
                let other: any Layer =
                    areAllDepthwise ? depthwise.layer : Nonlinearity(.softsign)
                let two = graph.append(other, named: "two", inputs: [start])
                return graph.append(Concat(count: 2), named: "concat", inputs: [one, two])
            }.steps.filter { !["reorder", "concat"].contains($0.kind) }.map(\.node)
        }
        let expansion = Convolution(Window(1), inputChannels: 16, outputChannels: 16)
        #expect(
            try nodes(expansion, areAllDepthwise: true) == [
                "lift", "before", "first", "one", "two",
            ]
        )
        #expect(
            try nodes(Nonlinearity(.relu), areAllDepthwise: true) == [
                "lift", "before", "one", "two",
            ]
        )
        #expect(
            try nodes(Nonlinearity(.relu), areAllDepthwise: false)
                == ["lift", "before", "first", "one", "two"]
        )
    }
}
