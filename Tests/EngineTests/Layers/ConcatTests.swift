import Engine
import Testing

@Suite struct ConcatTests {
    /// The input and functions of it, of so many channels each, behind each other.
    private func problem(
        _ channels: [Int],
        batch: Int = 2,
        math: MathMode = .exact,
        areVectors: Bool = false
    ) throws -> LayerProblem {
        let shape = FeatureShape(height: 5, width: 7, channels: channels.max() ?? 0)
        return try LayerProblem(shape, batch: batch, math: math) { graph, input in
            var start = input
            if areVectors {
                start = graph.append(GlobalPool(.average), named: "mean", inputs: [input])
            }
            let parts = channels.enumerated().map { index, count in
                let part = graph.append(
                    Slice(channels: Slice.Places(0, count: count)),
                    named: "slice\(index)",
                    inputs: [start]
                )
                return graph.append(
                    Nonlinearity(.linear(slope: Float(index + 1), offset: Float(index))),
                    named: "part\(index)",
                    inputs: [part]
                )
            }
            return graph.append(Concat(count: parts.count), named: "concat", inputs: parts)
        }
    }

    private func expected(_ input: NaiveMap, _ channels: [Int]) -> NaiveMap {
        let places = channels.enumerated().flatMap { index, count in
            (0..<count).map { (index, $0) }
        }
        return input.map(channels: places.count) { picture, y, x, channel in
            let (index, place) = places[channel]
            return Double(index + 1) * input[picture, y, x, place] + Double(index)
        }
    }

    static let splits = [
        [32, 16], [16, 16, 20], [44, 44, 44], [3, 40, 5, 16, 1], [24, 8], [20], [1, 1, 1],
    ]

    @Test("pictures, of whole blocks and of parts of blocks", arguments: splits, [1, 2])
    func pictures(channels: [Int], batch: Int) throws {
        for math in [MathMode.exact, .bf16] where math.isAvailable {
            let problem = try problem(channels, batch: batch, math: math)
            let error = problem.error(against: expected(problem.input, channels))
            #expect(error < (math == .bf16 ? 1e-2 : 1e-6))
        }
    }

    @Test("vectors", arguments: splits)
    func vectors(channels: [Int]) throws {
        let problem = try problem(channels, areVectors: true)
        #expect(problem.error(against: expected(problem.input.means(), channels)) < 1e-6)
    }

    @Test("a relu is the concat's last act", arguments: splits, [1, 2])
    func rectified(channels: [Int], batch: Int) throws {
        let shape = FeatureShape(height: 5, width: 7, channels: channels.max() ?? 0)
        for areVectors in [false, true] {
            let problem = try LayerProblem(shape, batch: batch) { graph, input in
                let start =
                    areVectors
                    ? graph.append(GlobalPool(.average), named: "mean", inputs: [input]) : input
                let parts = channels.enumerated().map { index, count in
                    graph.append(
                        Slice(channels: Slice.Places(0, count: count)),
                        named: "slice\(index)",
                        inputs: [start]
                    )
                }
                let all = graph.append(Concat(count: parts.count), named: "concat", inputs: parts)
                return graph.append(Nonlinearity(.relu), named: "relu", inputs: [all])
            }
            #expect(!problem.steps.contains { $0.kind == "relu" })
            let input = areVectors ? problem.input.means() : problem.input
            let places = channels.flatMap { Array(0..<$0) }
            let expected = input.map(channels: places.count) { picture, y, x, channel in
                max(0, input[picture, y, x, places[channel]])
            }
            #expect(problem.error(against: expected) < 1e-6)
        }
    }

    @Test("of one picture, whole blocks lie in their place from the beginning")
    func copies() throws {
        func copies(_ channels: [Int], batch: Int) throws -> Int {
            try problem(channels, batch: batch).steps.count { $0.kind == "concat" }
        }
        #expect(try copies([32, 16, 20], batch: 1) == 0)
        #expect(try copies([32, 16, 20], batch: 2) == 3)
        #expect(try copies([20, 16], batch: 1) == 1)
    }

    /// As in DenseNet: what is put together is a part of the next.
    @Test("concats of concats, read on the way", arguments: [1, 2], [16, 12])
    func nested(batch: Int, growth: Int) throws {
        let shape = FeatureShape(height: 6, width: 5, channels: 32)
        let problem = try LayerProblem(shape, batch: batch, passes: []) { graph, input in
            var last = input
            for index in 0..<3 {
                let grown = graph.append(
                    Slice(channels: Slice.Places(index, count: growth)),
                    named: "slice\(index)",
                    inputs: [last]
                )
                let negative = graph.append(
                    Nonlinearity(.linear(slope: -2, offset: 1)),
                    named: "grown\(index)",
                    inputs: [grown]
                )
                last = graph.append(
                    Concat(count: 2),
                    named: "concat\(index)",
                    inputs: [last, negative]
                )
            }
            return last
        }
        let expected = problem.input.map(channels: 32 + 3 * growth) { picture, y, x, channel in
            guard channel >= 32 else { return problem.input[picture, y, x, channel] }
            let (index, place) = ((channel - 32) / growth, (channel - 32) % growth)
            return 1 - 2 * problem.input[picture, y, x, index + place]
        }
        #expect(problem.error(against: expected) < 1e-6)
    }

    @Test("a part that is added to later, in its memory, is copied before", arguments: [1, 2])
    func changed(batch: Int) throws {
        let shape = FeatureShape(height: 6, width: 5, channels: 16)
        func convolution(_ name: String) -> Convolution {
            Convolution(Window(1), inputChannels: 16, outputChannels: 16)
        }
        let problem = try LayerProblem(shape, batch: batch) { graph, input in
            let one = graph.append(convolution("one"), named: "one", inputs: [input])
            let both = graph.append(Concat(count: 2), named: "both", inputs: [one, input])
            let half = graph.append(
                Slice(channels: Slice.Places(0, count: 16)),
                named: "half",
                inputs: [both]
            )
            let two = graph.append(convolution("two"), named: "two", inputs: [half])
            let sum = graph.append(Add(), named: "sum", inputs: [two, one])
            return graph.append(Concat(count: 2), named: "end", inputs: [both, sum])
        }
        func product(_ map: NaiveMap, _ name: String) -> NaiveMap {
            map.convolved(
                problem.values(name, .kernel),
                size: 1,
                stride: 1,
                before: 0,
                after: 0,
                outputs: 16
            )
        }
        let one = product(problem.input, "one")
        let two = product(one, "two")
        let expected = one.map(channels: 48) { picture, y, x, channel in
            switch channel / 16 {
            case 0: one[picture, y, x, channel]
            case 1: problem.input[picture, y, x, channel - 16]
            default: one[picture, y, x, channel - 32] + two[picture, y, x, channel - 32]
            }
        }
        #expect(problem.error(against: expected) < 1e-6)
    }

    @Test("a whole that is added to, in its memory, leaves its parts alone", arguments: [1, 2])
    func added(batch: Int) throws {
        let shape = FeatureShape(height: 6, width: 5, channels: 16)
        let problem = try LayerProblem(shape, batch: batch) { graph, input in
            let one = graph.append(Nonlinearity(.square), named: "one", inputs: [input])
            let both = graph.append(Concat(count: 2), named: "both", inputs: [one, input])
            let conv = graph.append(
                Convolution(Window(1), inputChannels: 16, outputChannels: 32),
                named: "conv",
                inputs: [input]
            )
            let sum = graph.append(Add(), named: "sum", inputs: [conv, both])
            return graph.append(Concat(count: 2), named: "end", inputs: [one, sum])
        }
        #expect(!problem.steps.contains { $0.kind == "add" }, "it is done in place")
        let products = problem.input.convolved(
            problem.values("conv", .kernel),
            size: 1,
            stride: 1,
            before: 0,
            after: 0,
            outputs: 32
        )
        let expected = problem.input.map(channels: 48) { picture, y, x, channel in
            let value = problem.input[picture, y, x, channel % 16]
            guard channel >= 16 else { return value * value }
            return products[picture, y, x, channel - 16]
                + (channel < 32 ? value * value : value)
        }
        #expect(problem.error(against: expected) < 1e-6)
    }

    @Test("the same part twice, and what comes in as it is", arguments: [1, 2])
    func twice(batch: Int) throws {
        let shape = FeatureShape(height: 6, width: 5, channels: 16)
        let problem = try LayerProblem(shape, batch: batch, isLifted: false) { graph, input in
            graph.append(Concat(count: 2), named: "concat", inputs: [input, input])
        }
        let expected = problem.input.map(channels: 32) { problem.input[$0, $1, $2, $3 % 16] }
        #expect(problem.error(against: expected) < 1e-6)
    }

    @Test("nothing, and pictures of two sizes, are refused")
    func shapes() {
        #expect(
            throws: GraphError.invalidAttribute(
                node: "concat",
                name: "inputs",
                value: "0",
                expected: "at least 1"
            )
        ) { try Concat(count: 0).outputShape(for: [], at: "concat") }
        let (first, second) = (
            FeatureShape(height: 4, width: 5, channels: 8),
            FeatureShape(height: 4, width: 4, channels: 8)
        )
        #expect(
            throws: GraphError.wrongInput(
                node: "concat",
                found: second,
                expected: "4x5 pixels as in the first input"
            )
        ) { try Concat(count: 2).outputShape(for: [first, second], at: "concat") }
    }
}
