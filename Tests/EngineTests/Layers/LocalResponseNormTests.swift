import Engine
import Foundation
import Testing

@Suite struct LocalResponseNormTests {
    static let layers = [
        LocalResponseNorm(), LocalResponseNorm(radius: 2, bias: 1, alpha: 2e-5, beta: 0.75),
        LocalResponseNorm(radius: 0, bias: 2, alpha: 1, beta: 1),
        LocalResponseNorm(radius: 100, bias: 1.5, alpha: 0.1, beta: 0.3),
        LocalResponseNorm(radius: .max, bias: 1, alpha: 1, beta: 0.5),
    ]

    @Test("pictures and vectors", arguments: layers, [16, 20, 3])
    func norms(_ layer: LocalResponseNorm, channels: Int) throws {
        func expected(_ map: NaiveMap) -> NaiveMap {
            map.map { picture, y, x, channel in
                let squares = (0..<channels).filter { abs($0 - channel) <= layer.radius }.map {
                    pow(map[picture, y, x, $0], 2)
                }
                let sum = Double(layer.bias) + Double(layer.alpha) * squares.reduce(0, +)
                return map[picture, y, x, channel] / pow(sum, Double(layer.beta))
            }
        }
        let shape = FeatureShape(height: 3, width: 4, channels: channels)
        for math in [MathMode.exact, .bf16] where math.isAvailable {
            let problem = try LayerProblem(shape, math: math, scale: 3) {
                $0.append(layer, named: "norm", inputs: [$1])
            }
            let error = problem.error(against: expected(problem.input))
            #expect(error < (math == .bf16 ? 2e-2 : 1e-6))
        }
        let problem = try LayerProblem(shape) { graph, input in
            let mean = graph.append(GlobalPool(.average), named: "mean", inputs: [input])
            return graph.append(layer, named: "norm", inputs: [mean])
        }
        #expect(problem.error(against: expected(problem.input.means())) < 1e-6)
    }

    @Test("numbers that are none, and a radius below zero, are refused")
    func attributes() {
        let shape = FeatureShape(height: 2, width: 3, channels: 20)
        for (name, layer) in [
            ("bias", LocalResponseNorm(bias: .nan)), ("alpha", LocalResponseNorm(alpha: .nan)),
            ("beta", LocalResponseNorm(beta: .nan)),
        ] {
            #expect(
                throws: GraphError.invalidAttribute(
                    node: "norm",
                    name: name,
                    value: "nan",
                    expected: "a finite number"
                )
            ) { try layer.outputShape(for: [shape], at: "norm") }
        }
        #expect(
            throws: GraphError.invalidAttribute(
                node: "norm",
                name: "radius",
                value: "-1",
                expected: "not below 0"
            )
        ) { try LocalResponseNorm(radius: -1).outputShape(for: [shape], at: "norm") }
    }
}
