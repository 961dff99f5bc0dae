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

    @Test(
        "a TF-Hub module gives what its signatures say",
        arguments: [("default", "logits.npy"), ("image_feature_vector", "feature_vector.npy")]
    )
    func module(signature: String, file: String) throws {
        guard let path = GoldenFolder.path("import/hub-module") else { return }
        let input = try ReferenceTensor(npy: "\(path)/input.npy")
        let expected = try ReferenceTensor(npy: "\(path)/\(file)")
        for tags in [nil, [], ["train"]] as [[String]?] {
            var options = ImportOptions()
            options.signature = signature
            options.tags = tags
            let graph = try ImportedGraph("\(path)/module", options)
            for note in graph.notes + graph.warnings { print("hub-module: \(note)") }
            let error = try graph.logits(input).largestRowError(from: expected)
            print("hub-module \(signature) \(tags ?? ["-"]): largest relative error \(error)")
            #expect(error <= 1e-5)
        }
    }
}
