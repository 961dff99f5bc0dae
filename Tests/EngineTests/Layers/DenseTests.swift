import Engine
import Testing

@Suite struct DenseTests {
    @Test("a matrix product with bias, for every batch", arguments: [1, 2, 7])
    func dense(batch: Int) throws {
        let shape = FeatureShape(height: 3, width: 3, channels: 40)
        let problem = try LayerProblem(shape, batch: batch) { graph, input in
            let mean = graph.append(GlobalPool(.average), named: "mean", inputs: [input])
            return graph.append(
                Dense(inputs: 40, outputs: 11),
                named: "dense",
                inputs: [mean]
            )
        }
        let means = problem.input.means()
        let products = means.convolved(
            problem.values("dense", .kernel),
            size: 1,
            stride: 1,
            before: 0,
            after: 0,
            outputs: 11
        )
        let bias = problem.values("dense", .bias)
        let expected = products.map { picture, y, x, channel in
            products[picture, y, x, channel] + Double(bias[channel])
        }
        #expect(problem.error(against: expected) < 1e-6)
    }

    @Test("without bias, of a picture of one pixel", arguments: [16, 20])
    func pixel(channels: Int) throws {
        let shape = FeatureShape(height: 3, width: 3, channels: channels)
        for math in [MathMode.exact, .bf16] where math.isAvailable {
            let problem = try LayerProblem(shape, math: math) { graph, input in
                let mean = graph.append(Pool(.average, Window(3)), named: "mean", inputs: [input])
                return graph.append(
                    Dense(inputs: channels, outputs: 11, hasBias: false),
                    named: "dense",
                    inputs: [mean]
                )
            }
            let expected = problem.input.means().convolved(
                problem.values("dense", .kernel),
                size: 1,
                stride: 1,
                before: 0,
                after: 0,
                outputs: 11
            )
            #expect(problem.error(against: expected) < (math == .bf16 ? 2e-2 : 1e-6))
        }
    }
}
