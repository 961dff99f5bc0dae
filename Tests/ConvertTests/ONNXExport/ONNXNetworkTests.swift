import Checkpoint
import Convert
import Engine
import Formats
import GoldenNetworks
import Networks
import Proto
import Reference
import TestSupport
import Testing

/// Foreign networks as ONNX models, against what TensorFlow computed.
@Suite(.serialized)
struct ONNXNetworkTests {
    private func check(
        _ name: String,
        _ change: (inout ONNXGraphExport) -> Void = { _ in }
    ) throws {
        guard let golden = try GoldenImport.load(name) else { return }
        let folder = try TemporaryFolder()
        let imported = try ImportedGraph(try golden.write(into: folder))
        let graph = try imported.formed(size: golden.input_shape[1])
        var export = ONNXGraphExport(graph, layout: .nchw)
        change(&export)
        let model = try export.model()
        #expect(model.inputs.map { $0.shape?.first } == [.named("batch")])
        #expect(model.outputs.allSatisfy { $0.shape?.first == .named("batch") })
        let path = folder.path("model.onnx")
        try ONNXWriter.write(model, to: path, replacing: false)
        let pictures = try golden.tensor()
        let order = export.inputOrders[0]
        let found = try ONNXInterpreter(ONNXFile(path: path)).run([
            "input": order.map { order in try pictures.transposed(order) } ?? pictures
        ])
        let logits = try #require(found["logits"])
        let expected = try golden.expected("logits.npy")
        let error = logits.largestRowError(from: expected)
        var counts: [String: Int] = [:]
        for node in model.nodes { counts[node.operation, default: 0] += 1 }
        print(
            "\(name): \(error), \(model.nodes.count) operators, \(counts["Transpose"] ?? 0) transposes"
        )
        #expect(error <= golden.allowed, "\(name): \(error)")
        #expect(logits.rowMaxima == expected.rowMaxima)
        // Where pixels are put behind each other, they are brought into TensorFlow's order before; so they are for Keras' layer
        // norms, which are batch norms of other shapes.
        let limit = name == "tf2-convnext" ? 18 : 2
        #expect(counts["Transpose"] ?? 0 <= limit, "\(name): \(counts)")
        // What was written is a network again, of as many logits.
        let again = try ImportedGraph(path)
        let layers = try again.translated(size: golden.input_shape[1])
        let rounded = try layers.values(
            of: [.logits],
            pictures: order.map { order in try pictures.transposed(order) } ?? pictures,
            batch: 2
        )[0]
        let distance = rounded.largestRowError(from: expected)
        let slow = layers.byReference.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        print("\(name): read back, \(distance), by reference \(slow)")
        #expect(distance <= golden.allowed, "\(name): \(distance)")
    }

    @Test("logits of inference graphs", arguments: GoldenImport.inference)
    func inference(name: String) throws { try check(name) }

    @Test("logits of training graphs", arguments: GoldenImport.training)
    func training(name: String) throws { try check(name) }

    @Test("logits of SavedModels of TensorFlow 2", arguments: GoldenImport.second)
    func second(name: String) throws { try check(name) }

    @Test(
        "batch norms folded, pictures with their channels last",
        arguments: ["lrn", "tpu-resnet-18", "tpu-resnet-18-nchw", "slim-resnet-v2-dilated"]
    )
    func folded(name: String) throws {
        try check(name) { export in
            export.foldsBatchNorms = true
            export.layout = .nhwc
        }
    }
}
