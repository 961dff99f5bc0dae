import Engine
import Testing

@Suite struct ReduceTests {
    private static func value(_ function: Reduce.Function, _ values: [Double]) -> Double {
        switch function {
        case .mean: values.reduce(0, +) / Double(values.count)
        case .sum: values.reduce(0, +)
        case .maximum: values.max() ?? .nan
        case .minimum: values.min() ?? .nan
        }
    }

    @Test(
        "pictures, over space and over channels",
        arguments: Reduce.Function.allCases,
        [16, 20, 3, 70]
    )
    func pictures(_ function: Reduce.Function, channels: Int) throws {
        let shape = FeatureShape(height: 5, width: 7, channels: channels)
        for math in [MathMode.exact, .bf16] where math.isAvailable {
            for axes in Reduce.Axes.allCases {
                let problem = try LayerProblem(shape, math: math) {
                    $0.append(Reduce(function, over: axes), named: "reduce", inputs: [$1])
                }
                let input = problem.input
                let expected =
                    axes == .space
                    ? input.map(height: 1, width: 1) { picture, _, _, channel in
                        Self.value(
                            function,
                            (0..<35).map { input[picture, $0 / 7, $0 % 7, channel] }
                        )
                    }
                    : input.map(channels: 1) { picture, y, x, _ in
                        Self.value(function, (0..<channels).map { input[picture, y, x, $0] })
                    }
                #expect(problem.error(against: expected) < (math == .bf16 ? 2e-2 : 1e-6))
            }
        }
    }

    @Test("the channels of vectors", arguments: Reduce.Function.allCases, [16, 20, 3])
    func vectors(_ function: Reduce.Function, channels: Int) throws {
        let shape = FeatureShape(height: 2, width: 3, channels: channels)
        let problem = try LayerProblem(shape) { graph, input in
            let mean = graph.append(GlobalPool(.average), named: "mean", inputs: [input])
            return graph.append(Reduce(function, over: .channels), named: "reduce", inputs: [mean])
        }
        let means = problem.input.means()
        let expected = means.map(channels: 1) { picture, _, _, _ in
            Self.value(function, (0..<channels).map { means[picture, 0, 0, $0] })
        }
        #expect(problem.error(against: expected) < 1e-6)
    }
}
