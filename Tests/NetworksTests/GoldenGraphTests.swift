import Engine
import GoldenNetworks
import Networks
import TestSupport
import Testing

/// Our networks against what TensorFlow 1.14 computed with the same weights and the same input.
@Suite(.serialized)
struct GoldenGraphTests {
    @Test("every variable has the reference's name, shape and place", arguments: GoldenGraph.names)
    func variables(name: String) throws {
        let golden = try GoldenGraph.load(name)
        let network = try FamilyNetwork(golden.configuration, imageSize: golden.image_size)
        let graph = network.graph
        let found = VariableNames(network).variables.map {
            GoldenGraph.Variable(name: $0.name, shape: $0.shape, isTrainable: $0.isTrainable)
        }
        #expect(found == golden.variables)
        let trainable = graph.parameters.filter(\.key.role.isTrainable)
        #expect(trainable.reduce(0) { $0 + $1.count } == golden.parameters)
    }

    @Test("logits are the reference's", arguments: GoldenGraph.names)
    func logits(name: String) throws {
        let run = try GoldenRun(name, options: ExecutionOptions())
        #expect(run.largestLogitError <= 1e-5, "\(name): \(run.largestLogitError)")
        #expect(run.argmaxAgrees)
        print("logits \(name): largest relative error \(run.largestLogitError)")
    }

    @Test("every stage is the reference's", arguments: GoldenGraph.names)
    func stages(name: String) throws {
        let run = try GoldenRun(
            name,
            options: ExecutionOptions(math: .exact, passes: []),
            observing: true
        )
        #expect(run.largestLogitError <= 1e-5, "\(name): \(run.largestLogitError)")
        let worst = try run.largestStageError()
        #expect(worst.error <= 1e-5, "\(name): \(worst.stage) differs by \(worst.error)")
        print("stages \(name): largest relative error \(worst.error) at \(worst.stage)")
    }
}

extension GoldenRun {
    /// The largest error of a mean, deviation, magnitude or sample, over the stage's largest magnitude.
    func largestStageError() throws -> (stage: String, error: Double) {
        var worst = (stage: "none", error: 0.0)
        #expect(names.stages.map(\.name) == golden.stages.map(\.name))
        for (entry, stage) in zip(names.stages, golden.stages) {
            let values = try #require(executor.values(of: entry.stage)).map(Double.init)
            #expect(values.count == stage.shape.reduce(1, *))
            let mean = values.reduce(0, +) / Double(values.count)
            let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let deviation = (square / Double(values.count)).squareRoot()
            var errors = [
                abs(mean - stage.mean), abs(deviation - stage.std),
                abs((values.map(abs).max() ?? 0) - stage.absmax),
            ]
            errors += zip(stage.sample_index, stage.sample).map { abs(values[$0] - $1) }
            let error = (errors.max() ?? .infinity) / stage.absmax
            if error > worst.error { worst = (stage.name, error) }
        }
        return worst
    }
}
