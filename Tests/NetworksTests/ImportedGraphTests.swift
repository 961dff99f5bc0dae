import GoldenNetworks
import Networks
import Reference
import TestSupport
import Testing

/// Foreign networks against what TensorFlow computed with the same weights and the same pictures.
@Suite(.serialized)
struct ImportedGraphTests {
    private func check(_ name: String) throws {
        guard let golden = try GoldenImport.load(name) else { return }
        let folder = try TemporaryFolder()
        let path = try golden.write(into: folder)
        let graph = try ImportedGraph(path)
        for note in graph.notes + graph.warnings { print("\(name): \(note)") }
        let expected = try golden.expected("logits.npy")
        let logits = try graph.logits(golden.tensor())
        let error = logits.largestRowError(from: expected)
        print("\(name): logits \(logits.shape), largest relative error \(error)")
        #expect(error <= golden.allowed, "\(name): \(error)")
        #expect(logits.rowMaxima == expected.rowMaxima)
    }

    @Test("logits of inference graphs", arguments: GoldenImport.inference)
    func inference(name: String) throws { try check(name) }

    @Test("logits of training graphs", arguments: GoldenImport.training)
    func training(name: String) throws { try check(name) }

    @Test("logits of SavedModels of TensorFlow 2", arguments: GoldenImport.second)
    func second(name: String) throws { try check(name) }
}
