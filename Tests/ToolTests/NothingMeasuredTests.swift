import Foundation
import Proto
import TestSupport
import Testing

/// A measure over nothing is no figure.
@Suite("A measure over nothing")
struct NothingMeasuredTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func expectNone(_ data: String, _ reason: String, _ more: [String] = []) throws {
        let arguments = ["--data-dir", folder.path(data)] + more
        for form in [[], ["--json"]] {
            let outcome = try TinyData.eval(arguments + form)
            #expect(outcome.exitCode == 3)
            #expect(outcome.output.isEmpty)
            #expect(outcome.complaints.last?.contains(reason) == true, "\(outcome.errors)")
        }
    }

    @Test("of folders that are nested, double or deeper, with the place where pictures were seen")
    func folders() throws {
        try TinyData.folders("nested/val", in: folder) { "c\($0)" }
        try TinyData.folders("a/b/c", in: folder) { "c\($0)" }
        try folder.makeFolder("deep")
        try TinyData.folders("x", in: folder) { "c\($0)" }
        for label in 1...2 {
            try folder.makeFolder("deep/c\(label)")
            try FileManager.default.moveItem(
                atPath: folder.path("x/c\(label)"),
                toPath: folder.path("deep/c\(label)/images")
            )
        }
        try expectNone("nested", "pictures were seen in \(folder.path("nested/val/c1"))")
        try expectNone("a", "pictures were seen in \(folder.path("a/b/c/c1"))")
        try expectNone("deep", "pictures were seen in \(folder.path("deep/c1/images"))")
    }

    @Test("of record files without records, and of records that were all left out")
    func records() throws {
        try folder.makeFolder("empty")
        try folder.write("", to: "empty/validation-00000-of-00001")
        try expectNone("empty", "there are no pictures: 1 record files")
        try TinyData.records("bad/validation-0", in: folder, 0..<2) { _, _ in
            TinyData.example(.init(bytes: [1, 2, 3], label: 1))
        }
        try expectNone("bad", "all 2 were left out", ["--skip-corrupt=2"])
    }

    @Test("of retrieval with distractors alone, or with no two of a label")
    func retrieval() throws {
        try TinyData.records("none/validation-0", in: folder, 0..<4) { picture, _ in
            TinyData.example(picture, label: .integers([-1]))
        }
        try expectNone("none", "all 4 pictures are distractors", ["--zeroshot-eval"])
        try TinyData.records("single/validation-0", in: folder, 0..<4) { picture, index in
            TinyData.example(picture, label: .integers([Int64(index)]))
        }
        try expectNone("single", "none of 4 pictures has another", ["--zeroshot-eval"])
    }

    @Test("in distill-logits, its check, and finetune's evaluation")
    func others() throws {
        try folder.makeFolder("empty")
        try folder.write("", to: "empty/validation-00000-of-00001")
        let teacher = [
            "--teacher", Fixture.path("tiny/model"), "-p", "imagenet_096",
            "--anti-alias-type=sconv", "--anti-alias-filter-size=3", "--no-progress", "-j", "1",
            "--data-dir", folder.path("empty"),
        ]
        for arguments in [["-o", folder.path("out"), "--force"], ["--check", "1"]] {
            let outcome = try Tool.run("distill-logits", teacher + arguments)
            #expect(outcome.exitCode == 3)
            #expect(outcome.output.isEmpty)
            #expect(outcome.complaints.last?.contains("there is no record") == true)
        }
        try TinyData.records("data/train-0", in: folder, 0..<8)
        try TinyData.records("data/validation-0", in: folder, 0..<2) { _, _ in
            TinyData.example(.init(bytes: [1, 2, 3], label: 1))
        }
        let training = try Tool.run(
            "finetune",
            TinyData.training(folder, "data", "model") + ["--num-classes=11", "--skip-corrupt=2"]
        )
        #expect(training.exitCode == 3)
        #expect(training.complaints.last?.contains("all 2 were left out") == true)
        #expect(try !folder.text("model/metrics.jsonl").contains("NaN"))
    }

    @Test("where there is something, a network of no numbers has no figures in JSON")
    func noNumbers() throws {
        let index = try Fixture.bytes("tiny/model/model.ckpt-2000.index")
        try folder.makeFolder("model")
        try folder.write(index, to: "model/model.ckpt-2000.index")
        let source = Fixture.path("tiny/model")
        let made = try Tool.run("convert", [source, "-o", folder.path("t.safetensors")])
        #expect(made.exitCode == 0)
        var bytes = try folder.bytes("t.safetensors")
        // The last bytes are values; a float of all ones is no number.
        let length = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
        for place in (8 + length)..<bytes.count { bytes[place] = 0xFF }
        try folder.write(bytes, to: "nan.safetensors")
        let outcome = try Tool.run(
            "eval",
            [
                "-c", folder.path("nan.safetensors"), "--data-dir", Fixture.path("tiny/data"),
                "-p", "imagenet_096", "--anti-alias-type=sconv", "--anti-alias-filter-size=3",
                "-n", "4", "-j", "1", "--json",
            ]
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(!outcome.output.contains("NaN"))
        #expect(outcome.output.contains("\"loss\": null"))
        #expect(outcome.complaints.contains { $0.contains("those of no network") })
    }
}
