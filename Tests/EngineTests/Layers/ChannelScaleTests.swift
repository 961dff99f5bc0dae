import Engine
import Foundation
import Testing

@Suite struct ChannelScaleTests {
    @Test("squeeze and excitation: each channel times a sigmoid", arguments: [32, 40])
    func scale(channels: Int) throws {
        let shape = FeatureShape(height: 6, width: 7, channels: channels)
        let problem = try LayerProblem(shape) { graph, input in
            let mean = graph.append(GlobalPool(.average), named: "mean", inputs: [input])
            let numbers = graph.append(
                Nonlinearity(.sigmoid),
                named: "sigmoid",
                inputs: [mean]
            )
            return graph.append(
                ChannelScale(),
                named: "scale",
                inputs: [input, numbers]
            )
        }
        let means = problem.input.means()
        let expected = problem.input.map { picture, y, x, channel in
            problem.input[picture, y, x, channel] / (1 + exp(-means[picture, 0, 0, channel]))
        }
        #expect(problem.error(against: expected) < 1e-6)
    }
}
