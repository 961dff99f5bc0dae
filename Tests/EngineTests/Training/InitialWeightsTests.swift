import Engine
import Foundation
import Networks
import Testing

@Suite struct InitialWeightsTests {
    private func weights(
        zeroGamma: Bool = false,
        _ classification: LossSettings.Classification = .softmax,
        seed: UInt64 = 1
    ) throws -> (graph: Graph, weights: Weights) {
        var model = ModelConfiguration()
        model.width = 16
        model.classes = 21
        let graph = try Graph(model, imageSize: 64)
        var random = RandomNumbers(seed: seed)
        return (
            graph,
            .initial(
                for: graph,
                zeroGamma: zeroGamma,
                classification: classification,
                using: &random
            )
        )
    }

    @Test("kernels have the deviation that their fan-in asks for")
    func kernels() throws {
        let (graph, weights) = try weights()
        for parameter in graph.parameters where parameter.key.role == .kernel {
            let values = try #require(weights[parameter.key]).values.map(Double.init)
            let square = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
            let isDense = parameter.shape.count == 2
            let fanIn = Double(parameter.shape.dropLast().reduce(1, *))
            let expected =
                isDense ? 2 / Double(parameter.shape.reduce(0, +)) : 1 / fanIn
            // Few values have a deviation of their own.
            let room = 6 / Double(values.count).squareRoot()
            #expect(abs(square / expected - 1) < room, "\(parameter.key)")
        }
    }

    @Test("batch norms do nothing at first, and end residuals at zero where asked for")
    func norms() throws {
        let (graph, weights) = try weights(zeroGamma: true)
        var zeros = 0
        for parameter in graph.parameters {
            let values = try #require(weights[parameter.key]).values
            switch parameter.key.role {
            case .gamma:
                #expect(Set(values).count == 1)
                if values[0] == 0 { zeros += 1 } else { #expect(values[0] == 1) }
            case .movingVariance, .scale: #expect(values.allSatisfy { $0 == 1 })
            case .beta, .movingMean, .bias, .shift: #expect(values.allSatisfy { $0 == 0 })
            case .kernel: break
            }
        }
        #expect(zeros == 16)
    }

    @Test("the sigmoid loss starts from rare classes")
    func sigmoid() throws {
        let (graph, weights) = try weights(.sigmoid)
        let bias = try #require(graph.parameters.last { $0.key.role == .bias })
        #expect(weights[bias.key]?.values == [Float](repeating: -Float(log(20.0)), count: 21))
    }

    @Test("a seed decides all values")
    func seeds() throws {
        let (graph, first) = try weights()
        let (_, second) = try weights()
        let (_, other) = try weights(seed: 2)
        let kernel = try #require(graph.parameters.first)
        #expect(first[kernel.key]?.values == second[kernel.key]?.values)
        #expect(first[kernel.key]?.values != other[kernel.key]?.values)
    }
}
