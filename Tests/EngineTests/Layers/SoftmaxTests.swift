import Engine
import Foundation
import Testing

@Suite struct SoftmaxTests {
    private func expected(_ map: NaiveMap, _ isLogarithm: Bool) -> NaiveMap {
        map.map { picture, y, x, channel in
            let values = (0..<map.channels).map { map[picture, y, x, $0] }
            let sum = values.map { exp($0) }.reduce(0, +)
            let value = map[picture, y, x, channel]
            return isLogarithm ? value - log(sum) : exp(value) / sum
        }
    }

    @Test("pictures", arguments: [16, 20, 3, 1001], [false, true])
    func pictures(channels: Int, isLogarithm: Bool) throws {
        let shape = FeatureShape(height: 2, width: 3, channels: channels)
        for math in [MathMode.exact, .bf16] where math.isAvailable {
            let problem = try LayerProblem(shape, math: math, scale: 8) {
                $0.append(Softmax(isLogarithm: isLogarithm), named: "softmax", inputs: [$1])
            }
            let error = problem.error(against: expected(problem.input, isLogarithm))
            #expect(error < (math == .bf16 ? 5e-2 : 2e-6))
        }
    }

    @Test("vectors", arguments: [16, 20, 3, 1], [false, true])
    func vectors(channels: Int, isLogarithm: Bool) throws {
        let shape = FeatureShape(height: 2, width: 2, channels: channels)
        let problem = try LayerProblem(shape, scale: 30) { graph, input in
            let mean = graph.append(GlobalPool(.average), named: "mean", inputs: [input])
            return graph.append(
                Softmax(isLogarithm: isLogarithm),
                named: "softmax",
                inputs: [mean]
            )
        }
        if channels == 1 {
            #expect(problem.output.allSatisfy { $0 == (isLogarithm ? 0 : 1) })
        } else {
            let values = expected(problem.input.means(), isLogarithm)
            #expect(problem.error(against: values) < 2e-6)
        }
    }

    /// The difference from the largest value is rounded before it is an exponent.
    @Test("of values far apart, each share by itself", arguments: [0.5, 1, 10, 40])
    func shares(scale: Double) throws {
        let shape = FeatureShape(height: 2, width: 2, channels: 40)
        let problem = try LayerProblem(shape, scale: scale) {
            $0.append(Softmax(), named: "softmax", inputs: [$1])
        }
        let values = expected(problem.input, false).values
        for (found, wanted) in zip(problem.output, values) where wanted > 1e-37 {
            #expect(abs(Double(found) - wanted) <= wanted * (5e-7 - 6e-8 * log(wanted)))
        }
    }
}
