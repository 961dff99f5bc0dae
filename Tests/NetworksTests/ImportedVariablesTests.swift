import Engine
import Foundation
import GoldenNetworks
import Networks
import Reference
import TestSupport
import Testing

/// Variables in parts, and their moving averages, of graphs that TensorFlow saved.
@Suite struct ImportedVariablesTests {
    private static let folder = "import/partitioned"

    private func logits(_ file: String, _ weights: WeightSet, checkpoint: String? = nil) throws
        -> (ImportedGraph, ReferenceTensor)
    {
        func path(_ name: String) -> String {
            Fixture.url("\(Self.folder)/\(name)").path(percentEncoded: false)
        }
        var options = ImportOptions()
        options.weights = weights
        options.checkpoint = checkpoint.map { path($0) }
        let graph = try ImportedGraph(path(file), options)
        return (graph, try graph.logits(ReferenceTensor(npy: path("input.npy"))))
    }

    private func expected(_ name: String) throws -> ReferenceTensor {
        try ReferenceTensor(
            npy: Fixture.url("\(Self.folder)/\(name)").path(percentEncoded: false)
        )
    }

    @Test(
        "variables in parts are put together",
        arguments: ["model.ckpt.meta", "v1/model.ckpt.meta", "saved_model"]
    )
    func parts(file: String) throws {
        let (_, logits) = try logits(file, .raw)
        #expect(logits.largestRowError(from: try expected("logits.npy")) <= 1e-6)
    }

    @Test(
        "moving averages take the place of trained variables, part for part",
        arguments: ["model.ckpt.meta", "v1/model.ckpt.meta", "saved_model"]
    )
    func averages(file: String) throws {
        let (graph, logits) = try logits(file, .movingAverages)
        #expect(logits.largestRowError(from: try expected("averages.npy")) <= 1e-6)
        // The moving mean is not trained, and has none.
        #expect(
            graph.notes.contains {
                $0.contains("have no moving average, and stay as they are")
            }
        )
    }

    @Test("a graph's file with a checkpoint that is named")
    func named() throws {
        let (_, logits) = try logits("model.ckpt.meta", .raw, checkpoint: "v1/model.ckpt")
        #expect(logits.largestRowError(from: try expected("logits.npy")) <= 1e-6)
    }

    @Test("the engine runs them as well")
    func engine() throws {
        let (graph, _) = try logits("saved_model", .movingAverages)
        let layers = try graph.translated()
        #expect(layers.byReference.isEmpty)
        let input = try expected("input.npy")
        let values = try layers.values(of: [.logits], pictures: input, batch: 3)[0]
        #expect(values.largestRowError(from: try expected("averages.npy")) <= 1e-5)
    }
}
