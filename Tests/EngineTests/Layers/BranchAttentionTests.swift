import Engine
import Foundation
import Testing

/// The two ends of a selective-kernel unit: what it looks at, and what it makes of it.
@Suite struct BranchAttentionTests {
    // Whole blocks in each branch; blocks that both branches share; less than a block altogether.
    @Test("the mean of the branches' sum", arguments: [64, 48, 24, 12])
    func mean(channels: Int) throws {
        let shape = FeatureShape(height: 6, width: 5, channels: channels)
        let problem = try LayerProblem(shape) { graph, input in
            graph.append(BranchMean(), named: "mean", inputs: [input])
        }
        let means = problem.input.means()
        let half = channels / 2
        let expected = means.map(channels: half) { picture, _, _, channel in
            means[picture, 0, 0, channel] + means[picture, 0, 0, half + channel]
        }
        #expect(problem.error(against: expected) < 1e-6)
    }

    @Test(
        "the softmax of a channel's two numbers weighs its branches",
        arguments: [64, 48, 24, 12]
    )
    func mix(channels: Int) throws {
        let shape = FeatureShape(height: 6, width: 5, channels: channels)
        let half = channels / 2
        let problem = try LayerProblem(shape) { graph, input in
            let mean = graph.append(BranchMean(), named: "mean", inputs: [input])
            let numbers = graph.append(
                Convolution(
                    Window(1),
                    inputChannels: half,
                    outputChannels: channels
                ),
                named: "numbers",
                inputs: [mean]
            )
            return graph.append(
                BranchAttention(),
                named: "mix",
                inputs: [input, numbers]
            )
        }
        let means = problem.input.means()
        let sums = means.map(channels: half) { picture, _, _, channel in
            means[picture, 0, 0, channel] + means[picture, 0, 0, half + channel]
        }
        let numbers = sums.convolved(
            problem.values("numbers", .kernel),
            size: 1,
            stride: 1,
            before: 0,
            after: 0,
            outputs: channels
        )
        let expected = problem.input.map(channels: half) { picture, y, x, channel in
            let first = exp(numbers[picture, 0, 0, channel])
            let second = exp(numbers[picture, 0, 0, half + channel])
            return
                (first * problem.input[picture, y, x, channel]
                + second * problem.input[picture, y, x, half + channel]) / (first + second)
        }
        #expect(problem.error(against: expected) < 1e-6)
    }
}
