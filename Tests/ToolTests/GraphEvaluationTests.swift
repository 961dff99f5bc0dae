import Checkpoint
import Foundation
import Networks
import Reference
import TestSupport
import Testing
import ToolSupport

/// Networks that come as graphs, by the tools; the graphs and what TensorFlow computed of them are in `fixtures/import`.
@Suite(.serialized)
struct GraphEvaluationTests {
    private let folder: TemporaryFolder
    private static let module = Fixture.path("import/hub-module/module")

    init() throws { folder = try TemporaryFolder() }

    private func run(_ tool: String, _ arguments: [String]) throws -> Tool.Outcome {
        try Tool.run(tool, arguments, environment: ["OMP_NUM_THREADS": "1"])
    }

    private func tensor(_ name: String) throws -> ReferenceTensor {
        try ReferenceTensor(npy: folder.path(name))
    }

    /// The largest difference from what is expected, over the largest value.
    private func error(_ found: ReferenceTensor, _ expected: ReferenceTensor) -> Float {
        guard found.shape == expected.shape else { return .infinity }
        let differences = zip(found.values, expected.values).map { abs($0 - $1) }
        return (differences.max() ?? 0) / (expected.values.map { abs($0) }.max() ?? 1)
    }

    @Test("eval --tensor runs a module by the engine", arguments: ["exact", "fast"])
    func tensors(math: String) throws {
        let outcome = try run(
            "eval",
            [
                "--model-dir", Self.module, "--tensor", Fixture.path("import/hub-module/input.npy"),
                "--logits", folder.path("l.npy"), "--math", math, "-b", "1",
                "--signature", "default",
            ]
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let expected = try ReferenceTensor(npy: Fixture.path("import/hub-module/logits.npy"))
        #expect(error(try tensor("l.npy"), expected) <= 1e-5)
        #expect(!outcome.errors.contains("by reference"))
    }

    @Test("records are prepared, computed and counted as with any network")
    func records() throws {
        let data = folder.path("data")
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: Fixture.path("tiny/data/validation-00000-of-00004"),
            toPath: "\(data)/validation-00000-of-00001"
        )
        let outcome = try run(
            "eval",
            [
                "--model-dir", Self.module, "--data-dir", data, "--limit", "12", "-b", "5",
                "--logits", folder.path("a.npy"), "--pixels", folder.path("p.npy"),
            ]
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("accuracy:"))
        // What is assumed is said, with the flag: a module takes 0...1, and of this size.
        #expect(outcome.errors.contains("--preprocessing_type=hub"))
        #expect(outcome.errors.contains("96x96"))
        let pixels = try tensor("p.npy")
        #expect(pixels.shape == [12, 96, 96, 3])
        #expect(pixels.values.allSatisfy { (0...1).contains($0) })
        let again = try run(
            "eval",
            [
                "--model-dir", Self.module, "--tensor", folder.path("p.npy"), "--logits",
                folder.path("b.npy"), "-b", "3",
            ]
        )
        #expect(again.exitCode == 0, "\(again.errors)")
        #expect(try tensor("a.npy") == tensor("b.npy"))
    }

    @Test("a module teaches")
    func teacher() throws {
        let data = folder.path("in")
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        let reader = try RecordReader(path: Fixture.path("tiny/data/validation-00000-of-00004"))
        let writer = try RecordWriter(path: "\(data)/train-0", compression: .none)
        for _ in 0..<6 {
            guard let record = try reader.next() else { break }
            let bytes = record.bytes.array
            try writer.write(unsafe bytes.span.bytes)
        }
        try writer.finish()
        let arguments = [
            "--teacher", Self.module, "-p", "hub", "--data-dir", data, "--output-dir",
            folder.path("out"),
        ]
        let outcome = try run("distill-logits", arguments)
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let check = try run(
            "distill-logits",
            arguments.dropLast(4) + ["--data-dir", folder.path("out"), "--check", "1"]
        )
        #expect(check.exitCode == 0, "\(check.errors)")
    }

    @Test("inspect --plan, and tensors by the engine")
    func inspect() throws {
        let plan = try run("inspect", [Self.module, "--plan"])
        #expect(plan.exitCode == 0, "\(plan.errors)")
        #expect(plan.output.contains("Conv2D"))
        #expect(plan.output.contains("multiplications for a picture of 96x96"))
        let operation = Fixture.path("import/operations/conv-00")
        let fetch = try run(
            "inspect",
            [
                "\(operation)/graph.pb", "--feed", "input=\(operation)/input.npy", "--fetch",
                "output=\(folder.path("o.npy"))", "--by", "engine",
            ]
        )
        #expect(fetch.exitCode == 0, "\(fetch.errors)")
        #expect(fetch.errors.contains("0 by reference"))
        let expected = try ReferenceTensor(npy: "\(operation)/output.npy")
        #expect(error(try tensor("o.npy"), expected) <= 1e-6)
    }

    @Test("eval --stages tells every tensor that layers give")
    func stages() throws {
        let outcome = try run(
            "eval",
            [
                "--model-dir", Self.module, "--tensor", Fixture.path("import/hub-module/input.npy"),
                "--stages", folder.path("s.json"), "--profile", "--plan", "--trace",
                folder.path("t.json"),
            ]
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        // Where the time goes is told as with records.
        #expect(outcome.errors.contains("GFLOP/s") && outcome.errors.contains("read until"))
        #expect(try folder.text("t.json").contains("traceEvents"))
        let text = try folder.text("s.json")
        #expect(text.contains("\"absmax\""))
        #expect(text.contains("Conv2D"))
    }
}
