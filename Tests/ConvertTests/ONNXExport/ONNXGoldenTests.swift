import Checkpoint
import Convert
import Engine
import Formats
import GoldenNetworks
import Networks
import Reference
import TestSupport
import Testing

/// Models that were written and read back, against what TensorFlow 1.14 computed.
@Suite(.serialized)
struct ONNXGoldenTests {
    /// A golden network as a file, computed by the plain interpreter.
    private func logits(
        _ name: String,
        _ change: (inout ONNXExport) -> Void
    ) throws -> (found: ReferenceTensor, expected: GoldenArray) {
        let golden = try GoldenGraph.load(name)
        var export = ONNXExport(golden.configuration, imageSize: golden.image_size)
        change(&export)
        let network = try FamilyNetwork(golden.configuration, imageSize: golden.image_size)
        let folder = try TemporaryFolder()
        let path = folder.path("model.onnx")
        try ONNXWriter.write(
            export,
            .filled(VariableNames(network)),
            to: path,
            metadata: [:],
            replacing: false
        )
        let size = golden.image_size
        let pixels = Uniform.values("input", count: 2 * size * size * 3).map { $0 * 255 - 118 }
        let pictures = try ReferenceTensor([2, size, size, 3], pixels)
        let file = try ONNXFile(path: path)
        #expect(file.inputs == ["input"])
        let outputs = try ONNXInterpreter(file).run([
            "input": export.layout == .nhwc ? pictures : pictures.transposed([0, 3, 1, 2])
        ])
        let found = try #require(outputs["logits"])
        #expect(outputs["probabilities"] == (try found.softmax(axis: 1)))
        return (found, try GoldenArray("graphs/\(name).logits.npy"))
    }

    private func compare(_ name: String, _ change: (inout ONNXExport) -> Void) throws {
        let pair = try logits(name, change)
        let classes = pair.expected.shape[1]
        let expected = pair.expected[0] + pair.expected[1]
        let comparison = LogitComparison(
            Array(expected),
            pair.found.values,
            classes: classes
        )
        #expect(comparison.isPassed, "\(name): \(comparison)")
    }

    @Test("batch norms kept, planar pictures", arguments: GoldenGraph.names)
    func plain(name: String) throws {
        try compare(name) { _ in }
    }

    @Test(
        "batch norms folded, channels last, any size",
        arguments: ["assemble-50", "gem-emb-50", "resnetd-50", "aa-proj-50", "se-50"]
    )
    func folded(name: String) throws {
        try compare(name) {
            $0.foldsBatchNorms = true
            $0.layout = .nhwc
            $0.isSizeDynamic = true
        }
    }

    @Test("the operators bear the names of their places, the weights those of checkpoints")
    func names() throws {
        let golden = try GoldenGraph.load("assemble-50")
        let model = try ONNXExport(golden.configuration, imageSize: 64).model()
        let names = model.nodes.map(\.name)
        #expect(names.first == "stem/conv")
        #expect(names.contains("big1/block0/1/sk/mix"))
        #expect(names.contains("head/classifier"))
        #expect(Set(names).count == names.count)
        #expect(!model.nodes.contains { $0.operation == "Transpose" })
    }
}
