import Engine
import Testing

@Suite struct AffineTests {
    private func expected(
        _ layer: Affine,
        _ problem: LayerProblem,
        _ input: NaiveMap
    ) -> NaiveMap {
        let (scale, shift) = (problem.values("affine", .scale), problem.values("affine", .shift))
        return input.map { picture, y, x, channel in
            input[picture, y, x, channel] * (layer.hasScale ? Double(scale[channel]) : 1)
                + (layer.hasShift ? Double(shift[channel]) : 0)
        }
    }

    @Test("pictures, in blocks and as they come in", arguments: [16, 20, 3], [true, false])
    func pictures(channels: Int, isLifted: Bool) throws {
        let shape = FeatureShape(height: 5, width: 7, channels: channels)
        for math in [MathMode.exact, .bf16] where math.isAvailable {
            for (hasScale, hasShift) in [(true, true), (true, false), (false, true)] {
                let layer = Affine(channels: channels, hasScale: hasScale, hasShift: hasShift)
                let problem = try LayerProblem(shape, math: math, passes: [], isLifted: isLifted) {
                    $0.append(layer, named: "affine", inputs: [$1])
                }
                let error = problem.error(against: expected(layer, problem, problem.input))
                #expect(error < (math == .bf16 ? 1e-2 : 1e-6))
            }
        }
    }

    @Test("vectors, rectified or not", arguments: [16, 20], [true, false])
    func vectors(channels: Int, isRectified: Bool) throws {
        let shape = FeatureShape(height: 2, width: 3, channels: channels)
        let layer = Affine(channels: channels)
        let problem = try LayerProblem(shape) { graph, input in
            let mean = graph.append(GlobalPool(.average), named: "mean", inputs: [input])
            let affine = graph.append(layer, named: "affine", inputs: [mean])
            guard isRectified else { return affine }
            return graph.append(Nonlinearity(.relu), named: "relu", inputs: [affine])
        }
        let values = expected(layer, problem, problem.input.means())
        let rectified = values.map { max(values[$0, $1, $2, $3], 0) }
        #expect(problem.error(against: isRectified ? rectified : values) < 1e-6)
    }

    @Test("other channels are refused")
    func channels() {
        let shape = FeatureShape(height: 2, width: 3, channels: 20)
        #expect(
            throws: GraphError.wrongInput(node: "affine", found: shape, expected: "21 channels")
        ) { try Affine(channels: 21).outputShape(for: [shape], at: "affine") }
    }
}
