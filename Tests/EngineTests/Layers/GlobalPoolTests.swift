import Engine
import Foundation
import Testing

@Suite struct GlobalPoolTests {
    private func problem(_ kind: GlobalPool.Kind, channels: Int) throws -> LayerProblem {
        try LayerProblem(FeatureShape(height: 5, width: 4, channels: channels)) { graph, input in
            graph.append(GlobalPool(kind), named: "pool", inputs: [input])
        }
    }

    @Test("the mean", arguments: [32, 24])
    func average(channels: Int) throws {
        let problem = try problem(.average, channels: channels)
        #expect(problem.error(against: problem.input.means()) < 1e-6)
    }

    @Test("the cube root of the mean of cubes, negative values clipped", arguments: [32, 24])
    func generalizedMean(channels: Int) throws {
        let problem = try problem(.generalizedMean, channels: channels)
        let cubes = problem.input.map { picture, y, x, channel in
            let value = min(max(problem.input[picture, y, x, channel], 1e-6), 1e12)
            return value * value * value
        }
        let expected = cubes.means().map { picture, y, x, channel in
            cbrt(max(cubes.means()[picture, y, x, channel] * 20, 1e-6) / 20)
        }
        #expect(problem.error(against: expected) < 1e-6)
    }

    @Test("all values, rows first", arguments: [32, 24])
    func flatten(channels: Int) throws {
        let problem = try problem(.flatten, channels: channels)
        #expect(problem.error(against: problem.input) < 1e-7)
    }
}
