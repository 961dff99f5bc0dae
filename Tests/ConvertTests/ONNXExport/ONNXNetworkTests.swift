import Convert
import Formats
import GoldenNetworks
import Networks
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
        // Where pixels are put behind each other, they are brought into TensorFlow's order before.
        #expect(counts["Transpose"] ?? 0 <= 2, "\(name): \(counts)")
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
