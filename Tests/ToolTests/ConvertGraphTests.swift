import Checkpoint
import Foundation
import Networks
import Reference
import TestSupport
import Testing

/// Graphs of other networks, converted by the tool; they and what TensorFlow computed of them are in `fixtures/import`.
@Suite(.serialized)
struct ConvertGraphTests {
    private let folder: TemporaryFolder
    private static let module = Fixture.path("import/hub-module/module")

    init() throws { folder = try TemporaryFolder() }

    private func run(_ tool: String, _ arguments: [String]) throws -> Tool.Outcome {
        try Tool.run(tool, arguments, environment: ["OMP_NUM_THREADS": "1"])
    }

    private func convert(_ arguments: String...) throws -> Tool.Outcome {
        try run("convert", [Self.module] + arguments)
    }

    @Test(
        "a module becomes a graph that every tool takes",
        arguments: [("frozen", "m.pb"), ("saved-model", "m")]
    )
    func graphs(format: String, name: String) throws {
        let path = folder.path(name)
        let outcome = try convert(
            "--to",
            format,
            "-o",
            path,
            "--signature",
            "default",
            "--certificate",
            folder.path("c.json")
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("verified: default float32"), "\(outcome.output)")
        #expect(outcome.output.contains("bit for bit"), "\(outcome.output)")
        let evaluated = try run(
            "eval",
            [
                "--model-dir", path, "--tensor", Fixture.path("import/hub-module/input.npy"),
                "--logits", folder.path("l.npy"), "--math", "exact",
            ]
        )
        #expect(evaluated.exitCode == 0, "\(evaluated.errors)")
        let expected = try ReferenceTensor(npy: Fixture.path("import/hub-module/logits.npy"))
        let found = try ReferenceTensor(npy: folder.path("l.npy"))
        #expect(found.shape == expected.shape)
        let scale = expected.values.map { abs($0) }.max() ?? 0
        let error = zip(found.values, expected.values).map { abs($0 - $1) }.max() ?? .infinity
        #expect(error <= 1e-5 * scale)
        let check = try run("convert", ["--check", folder.path("c.json")])
        #expect(check.exitCode == 0, "\(check.output)")
        #expect(check.output.contains("default has the certificate's values of fixed inputs"))
    }

    @Test("what a certificate says of a graph's answers is held against the graph")
    func certificate() throws {
        let outcome = try convert(
            "-o",
            folder.path("m.pb"),
            "--signature",
            "default",
            "--certificate",
            folder.path("c.json")
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let text = try String(contentsOfFile: folder.path("c.json"), encoding: .utf8)
        let place = try #require(text.range(of: "\"values\" : [\n"))
        let changed = text.replacingCharacters(
            in: place,
            with: "\"values\" : [\n        17,\n"
        )
        try changed.write(toFile: folder.path("c.json"), atomically: true, encoding: .utf8)
        let check = try run("convert", ["--check", folder.path("c.json")])
        #expect(check.exitCode == 1, "\(check.output)")
        #expect(check.output.contains("default: largest difference"), "\(check.output)")
    }

    @Test("a module's variables are handed on under their own names")
    func arrays() throws {
        for (name, arguments) in [
            ("m.npz", []), ("m.safetensors", []), ("m.ckpt", ["--to", "tf"]),
        ] {
            let path = folder.path(name)
            let outcome = try run(
                "convert",
                [Self.module, "-o", path, "--signature", "default"] + arguments
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            let tensors = try WeightFile(path).tensors
            let graph = try InferenceGraph(Self.module, options)
            #expect(Set(tensors.tensors.map(\.name)) == Set(graph.variables))
            #expect(!graph.variables.isEmpty)
        }
    }

    private var options: ImportOptions {
        var options = ImportOptions()
        options.signature = "default"
        return options
    }

    @Test(
        "what has no meaning for a graph is refused in a sentence",
        arguments: [
            (["-o", "x.py"], "PyTorch's text is written of networks of the family"),
            (["-o", "x.pb", "--only", "a"], "holds the whole network"),
            (["-o", "x.npz", "--names", "timm-like"], "is for networks of the family"),
            (["-o", "x.pb", "--resnet_size", "50"], "flags of models are for checkpoints"),
        ]
    )
    func refusals(arguments: [String], sentence: String) throws {
        let outcome = try run("convert", [Self.module, "--signature", "default"] + arguments)
        #expect(outcome.exitCode == 2, "\(outcome.errors)")
        #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: arguments[1]))
    }

    @Test("--dry-run says what would be written")
    func dryRun() throws {
        let outcome = try convert("--to", "frozen", "-n", "--signature", "default")
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("would write"), "\(outcome.output)")
    }
}
