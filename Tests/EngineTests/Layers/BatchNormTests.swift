import Engine
import Testing

@Suite struct BatchNormTests {
    /// What (x - mean) * gamma / sqrt(variance + epsilon) + beta makes of a map.
    private func normed(
        _ map: NaiveMap,
        _ problem: LayerProblem,
        epsilon: Double,
        isRectified: Bool = false
    ) -> NaiveMap {
        let roles: [ParameterRole] = [.gamma, .beta, .movingMean, .movingVariance]
        let norm = roles.map { problem.values("norm", $0).map(Double.init) }
        return map.map { picture, y, x, channel in
            let scale = norm[0][channel] / (norm[3][channel] + epsilon).squareRoot()
            let value = (map[picture, y, x, channel] - norm[2][channel]) * scale + norm[1][channel]
            return isRectified ? max(value, 0) : value
        }
    }

    /// A batch norm of its own: behind a relu, so that no convolution takes it in.
    private func problem(
        _ channels: Int,
        epsilon: Double,
        math: MathMode = .exact,
        isRectified: Bool = false
    ) throws -> LayerProblem {
        let shape = FeatureShape(height: 5, width: 6, channels: channels)
        return try LayerProblem(shape, math: math) { graph, input in
            let relu = graph.append(
                Nonlinearity(.relu),
                named: "relu",
                inputs: [input]
            )
            let norm = graph.append(
                BatchNorm(channels: channels, epsilon: epsilon),
                named: "norm",
                inputs: [relu]
            )
            guard isRectified else { return norm }
            return graph.append(Nonlinearity(.relu), named: "end", inputs: [norm])
        }
    }

    @Test(
        "pictures, with any epsilon, rectified or not",
        arguments: [16, 24, 3],
        [(1e-5, false), (1e-3, true), (0.25, false)]
    )
    func pictures(channels: Int, _ rule: (epsilon: Double, isRectified: Bool)) throws {
        let problem = try problem(
            channels,
            epsilon: rule.epsilon,
            isRectified: rule.isRectified
        )
        let positive = problem.input.map { max(problem.input[$0, $1, $2, $3], 0) }
        let expected = normed(
            positive,
            problem,
            epsilon: rule.epsilon,
            isRectified: rule.isRectified
        )
        #expect(problem.error(against: expected) < 1e-6)
    }

    @Test("vectors", arguments: [16, 24, 3])
    func vectors(channels: Int) throws {
        let shape = FeatureShape(height: 4, width: 5, channels: channels)
        let problem = try LayerProblem(shape, batch: 3) { graph, input in
            let mean = graph.append(GlobalPool(.average), named: "mean", inputs: [input])
            return graph.append(
                BatchNorm(channels: channels, epsilon: 1e-3),
                named: "norm",
                inputs: [mean]
            )
        }
        let expected = normed(problem.input.means(), problem, epsilon: 1e-3)
        #expect(problem.error(against: expected) < 1e-6)
    }

    @Test("pictures as they come in", arguments: [3, 20])
    func planar(channels: Int) throws {
        let shape = FeatureShape(height: 4, width: 5, channels: channels)
        let problem = try LayerProblem(shape, isLifted: false) { graph, input in
            graph.append(BatchNorm(channels: channels), named: "norm", inputs: [input])
        }
        let expected = normed(problem.input, problem, epsilon: 1e-5)
        #expect(problem.error(against: expected) < 1e-6)
    }

    @Test("other channels than its own are refused")
    func channels() {
        let shape = FeatureShape(height: 4, width: 5, channels: 8)
        let error = GraphError.wrongInput(node: "norm", found: shape, expected: "16 channels")
        #expect(throws: error) {
            try BatchNorm(channels: 16).outputShape(for: [shape], at: "norm")
        }
        #expect(error.description == "norm: activations of 4x5x8 come in, expected 16 channels")
    }

    @Test("an epsilon below zero, or none at all, is refused", arguments: [-1e-5, .nan, .infinity])
    func epsilon(_ epsilon: Double) {
        let shape = FeatureShape(height: 4, width: 5, channels: 8)
        #expect(
            throws: GraphError.invalidAttribute(
                node: "norm",
                name: "epsilon",
                value: "\(epsilon)",
                expected: "a number not below 0"
            )
        ) {
            try BatchNorm(channels: 8, epsilon: epsilon).outputShape(for: [shape], at: "norm")
        }
    }
}
