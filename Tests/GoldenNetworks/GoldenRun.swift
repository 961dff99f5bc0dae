package import Engine
package import Networks
package import TestSupport

/// A golden network, built, filled and run by our engine.
package struct GoldenRun {
    package let golden: GoldenGraph
    package let names: VariableNames
    package let executor: Executor
    package let logits: [Float]
    package let expected: GoldenArray

    package init(
        _ name: String,
        options: ExecutionOptions,
        observing: Bool = false,
        weights: Weights? = nil
    ) throws {
        golden = try GoldenGraph.load(name)
        expected = try GoldenArray("graphs/\(name).logits.npy")
        let network = try FamilyNetwork(golden.configuration, imageSize: golden.image_size)
        var graph = network.graph
        names = VariableNames(network)
        if observing { graph.observeAllStages() }
        executor = try Executor(
            graph,
            weights: weights ?? .filled(names),
            batch: 2,
            options: options
        )
        let size = golden.image_size
        let pixels = Uniform.values("input", count: 2 * size * size * 3)
        unsafe executor.withInput { input in
            for picture in 0..<2 {
                for pixel in 0..<(size * size) {
                    for channel in 0..<3 {
                        let value = pixels[(picture * size * size + pixel) * 3 + channel]
                        unsafe input[(picture * 3 + channel) * size * size + pixel] =
                            value * 255 - 118
                    }
                }
            }
        }
        try executor.run()
        logits = executor.logits
    }

    /// The largest difference of a logit, over the largest logit of its row.
    package var largestLogitError: Float {
        let classes = expected.shape[1]
        return (0..<2).map { row in
            let ours = logits[(row * classes)..<((row + 1) * classes)]
            let scale = expected[row].map(abs).max() ?? 0
            return (zip(ours, expected[row]).map { abs($0 - $1) }.max() ?? .infinity) / scale
        }.max() ?? .infinity
    }

    /// Whether the largest logit of each row is the reference's.
    package var argmaxAgrees: Bool {
        let classes = expected.shape[1]
        return (0..<2).allSatisfy { row in
            let ours = Array(logits[(row * classes)..<((row + 1) * classes)])
            let theirs = Array(expected[row])
            return ours.indices.max { ours[$0] < ours[$1] }
                == theirs.indices.max { theirs[$0] < theirs[$1] }
        }
    }
}
