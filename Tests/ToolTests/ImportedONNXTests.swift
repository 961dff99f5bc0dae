import Foundation
import TestSupport
import Testing

/// Graphs of other networks as ONNX models that prepare pictures, or take them in any size.
@Suite("A graph converted to ONNX")
struct ImportedONNXTests {
    private static let module = Fixture.path("import/hub-module/module")

    @Test(
        "prepares pictures as the preprocessing says, and is proved with that",
        arguments: [
            "efficientnet", "keras_caffe", "keras_torch", "slim_vgg", "slim_inception", "hub",
        ]
    )
    func preparation(name: String) throws {
        let folder = try TemporaryFolder()
        let model = folder.path("net.onnx")
        let made = try Tool.run(
            "convert",
            [Self.module, "-o", model, "--with-preprocessing", "--preprocessing-type", name]
        )
        #expect(made.exitCode == 0, "\(made.errors)")
        #expect(made.output.contains("verified"), "\(made.output)")
        let shown = try Tool.run("inspect", ["--plan", model])
        #expect(shown.exitCode == 0, "\(shown.errors)")
    }

    @Test("takes pictures of any size, and is evaluated with those that are asked for")
    func anySize() throws {
        let folder = try TemporaryFolder()
        let model = folder.path("net.onnx")
        let made = try Tool.run("convert", [Self.module, "-o", model, "--dynamic-size"])
        #expect(made.exitCode == 0, "\(made.errors)")
        #expect(made.output.contains("verified"), "\(made.output)")
        let planned = try Tool.run("inspect", ["--plan", model])
        #expect(planned.exitCode == 0, "\(planned.errors)")
    }

    @Test("a family's export for any size is planned and evaluated at the size it was made with")
    func dynamicFamily() throws {
        let folder = try TemporaryFolder()
        let model = folder.path("model.onnx")
        let settings = [
            "--preprocessing_type=imagenet_096", "--use_sk_block=True", "--anti_alias_type=sconv",
            "--anti_alias_filter_size=3",
        ]
        let made = try Tool.run(
            "convert",
            [Fixture.path("tiny/model"), "-o", model, "--dynamic-size"] + settings
        )
        #expect(made.exitCode == 0, "\(made.errors)")
        let planned = try Tool.run("inspect", ["--plan", model])
        #expect(planned.exitCode == 0, "\(planned.errors)")
        let measured = try Tool.run(
            "eval",
            ["--model-dir", model, "--data-dir", Fixture.path("tiny/data"), "-n", "20"]
        )
        #expect(measured.exitCode == 0, "\(measured.errors)")
    }
}
