import Engine
import Testing

@Suite struct LayerNormTests {
    private func expected(
        _ layer: LayerNorm,
        _ problem: LayerProblem,
        _ map: NaiveMap
    ) -> NaiveMap {
        let (gamma, beta) = (problem.values("norm", .gamma), problem.values("norm", .beta))
        return map.map { picture, y, x, channel in
            let values = (0..<map.channels).map { map[picture, y, x, $0] }
            let mean = values.reduce(0, +) / Double(values.count)
            let variance =
                values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count)
            return (values[channel] - mean) / (variance + layer.epsilon).squareRoot()
                * (layer.hasScale ? Double(gamma[channel]) : 1)
                + (layer.hasShift ? Double(beta[channel]) : 0)
        }
    }

    @Test("pictures and vectors", arguments: [16, 20, 3, 96], [true, false])
    func norms(channels: Int, hasParameters: Bool) throws {
        let layer = LayerNorm(
            channels: channels,
            epsilon: 1e-6,
            hasScale: hasParameters,
            hasShift: hasParameters
        )
        let shape = FeatureShape(height: 3, width: 4, channels: channels)
        for math in [MathMode.exact, .bf16] where math.isAvailable {
            let problem = try LayerProblem(shape, math: math) {
                $0.append(layer, named: "norm", inputs: [$1])
            }
            let error = problem.error(against: expected(layer, problem, problem.input))
            #expect(error < (math == .bf16 ? 3e-2 : 2e-6))
        }
        let problem = try LayerProblem(shape) { graph, input in
            let mean = graph.append(GlobalPool(.average), named: "mean", inputs: [input])
            return graph.append(layer, named: "norm", inputs: [mean])
        }
        let values = expected(layer, problem, problem.input.means())
        #expect(problem.error(against: values) < 2e-6)
    }

    @Test("other channels, and an epsilon that is none, are refused")
    func attributes() {
        let shape = FeatureShape(height: 2, width: 3, channels: 20)
        #expect(
            throws: GraphError.wrongInput(node: "norm", found: shape, expected: "21 channels")
        ) { try LayerNorm(channels: 21).outputShape(for: [shape], at: "norm") }
        for epsilon in [-1, Double.nan, .infinity] {
            #expect(
                throws: GraphError.invalidAttribute(
                    node: "norm",
                    name: "epsilon",
                    value: "\(epsilon)",
                    expected: "a number not below 0"
                )
            ) {
                try LayerNorm(channels: 20, epsilon: epsilon).outputShape(for: [shape], at: "norm")
            }
        }
    }
}
