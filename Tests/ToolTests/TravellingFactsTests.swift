import Foundation
import TestSupport
import Testing

/// What a network was trained with goes with it, whatever becomes of its weights.
@Suite("What is known of a network") struct TravellingFactsTests {
    private let folder: TemporaryFolder
    private let flags = [
        "-p", "imagenet_096", "--anti-alias-type=sconv", "--anti-alias-filter-size=3",
        "--pool-type=gap", "--no-downsample=False",
    ]
    private let recorded = """
        {"anti_alias_type": "sconv", "anti_alias_filter_size": 3, "pool_type": "gap",
         "no_downsample": false, "preprocessing_type": "imagenet_096", "dct_method": "",
         "label_offset": 1, "learning_rate": [0.1, 0.2], "nothing": null}
        """

    init() throws {
        folder = try TemporaryFolder()
        try folder.makeFolder("trained")
        for ending in [".index", ".data-00000-of-00001"] {
            let name = "model.ckpt-2000" + ending
            try folder.write(Fixture.bytes("tiny/model/\(name)"), to: "trained/\(name)")
        }
        try folder.write(recorded, to: "trained/hparams.json")
    }

    private func run(_ tool: String, _ arguments: [String]) throws -> Tool.Outcome {
        try Tool.run(tool, arguments, environment: ["OMP_NUM_THREADS": "1"])
    }

    /// The figures of an evaluation on the same few records.
    private func figures(_ network: [String], _ more: [String] = []) throws -> (
        [String: Double], Tool.Outcome
    ) {
        let outcome = try run(
            "eval",
            network + [
                "--data-dir", Fixture.path("tiny/data"), "-n", "40", "-j", "1", "--no-progress",
                "--json",
            ] + more
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        let all = try #require(object as? [String: Any])
        let names = ["accuracy", "accuracy_top_5", "loss", "ece", "image_size"]
        let found = all.filter { names.contains($0.key) }.compactMapValues { $0 as? Double }
        #expect(found.count == names.count)
        return (found, outcome)
    }

    /// Those of the network with all its flags.
    private func expected() throws -> [String: Double] {
        try figures(["--model-dir", Fixture.path("tiny/model")] + flags).0
    }

    @Test("is read beside a checkpoint by eval")
    func evaluated() throws {
        let (found, outcome) = try figures(["--model-dir", folder.path("trained")])
        #expect(try found == expected())
        #expect(outcome.errors.contains("hparams.json tells: --anti_alias_type=sconv"))
        #expect(outcome.errors.contains("--preprocessing_type=imagenet_096"))
        // Records of unknown kind are not shifted, which is said.
        #expect(outcome.complaints.count == 1)
        #expect(outcome.complaints.first?.contains("give --label-offset") == true)
        let (_, other) = try figures(
            ["--model-dir", folder.path("trained"), "--pool-type=gem", "--label-offset=0"]
        )
        #expect(
            other.errors.contains("--pool_type=gem is taken as asked for, but ")
                && other.errors.contains("hparams.json tells gap")
        )
    }

    @Test("gives class folders their first label")
    func folders() throws {
        try TinyData.folders("data", in: folder) { "c\(100 + $0)" }
        let data = ["--data-dir", folder.path("data"), "-j", "1", "--no-progress", "--force"]
        let told = try run("eval", ["--model-dir", folder.path("trained")] + data)
        let asked = try TinyData.eval(["--data-dir", folder.path("data"), "--label-offset=1"])
        #expect(told.exitCode == 0 && asked.exitCode == 0)
        for name in ["accuracy", "loss"] { #expect(told.figure(name) == asked.figure(name)) }
        #expect(told.errors.contains("hparams.json tells: --label-offset=1"))
    }

    @Test(
        "goes with converted weights",
        arguments: ["net.safetensors", "out/net", "out.npz/net.safetensors"]
    )
    func converted(target: String) throws {
        for (source, given) in [(Fixture.path("tiny/model"), flags), (folder.path("trained"), [])] {
            let path = folder.path(given.isEmpty ? "told/\(target)" : "given/\(target)")
            let format = target.hasSuffix("safetensors") ? "safetensors" : "tf"
            let made = try run("convert", [source, "-o", path, "--to", format] + given)
            #expect(made.exitCode == 0, "\(made.errors)")
            let (found, outcome) = try figures(["-c", path, "--label-offset=0"])
            #expect(try found == expected())
            #expect(outcome.complaints.isEmpty)
        }
    }

    @Test("goes with a SavedModel, and through a second conversion")
    func savedModel() throws {
        let saved = try run(
            "convert",
            [
                folder.path("trained"), "--to", "saved-model", "-o", folder.path("saved"),
                "--timestamp", "1", "--no-verify",
            ]
        )
        #expect(saved.exitCode == 0 && saved.complaints.isEmpty, "\(saved.errors)")
        let model = folder.path("saved/channels_last/preprocessed_input/1")
        #expect(try figures(["-c", model, "--label-offset=0"]).0 == expected())
        let made = try run("convert", [model, "-o", folder.path("again.safetensors")])
        #expect(made.exitCode == 0, "\(made.errors)")
        let again = ["-c", folder.path("again.safetensors"), "--label-offset=0"]
        #expect(try figures(again).0 == expected())
    }

    @Test("is written into ONNX models and PyTorch's text")
    func networks() throws {
        for (name, sign) in [("net.onnx", "anti_alias_filter_size"), ("net.py", "imagenet_096")] {
            let made = try run(
                "convert",
                [folder.path("trained"), "-o", folder.path(name), "--no-verify"]
            )
            #expect(made.exitCode == 0 && made.complaints.isEmpty, "\(made.errors)")
            let bytes = try Data(contentsOf: URL(filePath: folder.path(name)))
            #expect(bytes.range(of: Data(sign.utf8)) != nil)
            #expect(bytes.range(of: Data("imagenet_096".utf8)) != nil)
        }
    }

    @Test("is not overwritten by what another network is known for")
    func conflict() throws {
        let first = try run(
            "convert",
            [folder.path("trained"), "--to", "tf", "-o", folder.path("t/a")]
        )
        #expect(first.exitCode == 0)
        let same = try run(
            "convert",
            [folder.path("trained"), "--to", "tf", "-o", folder.path("t/b")]
        )
        #expect(same.exitCode == 0, "\(same.errors)")
        let other = try run(
            "convert",
            [
                folder.path("trained"), "--to", "tf", "-o", folder.path("t/c"),
                "--preprocessing-type=imagenet_128a",
            ]
        )
        #expect(other.exitCode == 3 && other.errors.contains("t/hparams.json"))
        #expect(!(try TemporaryFolder.names(at: folder.path("t"))).contains("c.index"))
    }

    @Test("is what teachers and trainings prepare pictures by")
    func others() throws {
        try TinyData.records("data/train-00000-of-00001", in: folder)
        let logits = try run(
            "distill-logits",
            [
                "--teacher", folder.path("trained"), "--data-dir", folder.path("data"), "-o",
                folder.path("logits"), "-j", "1", "--no-progress",
            ]
        )
        #expect(logits.exitCode == 0, "\(logits.errors)")
        let text = try String(contentsOfFile: folder.path("logits/logits.json"), encoding: .utf8)
        #expect(text.contains("imagenet_096"))
        let tuned = try run(
            "finetune",
            [
                "--data-dir", folder.path("data"), "--model-dir", folder.path("tuned"),
                "--pretrained-model-checkpoint-path", folder.path("trained"), "--batch-size=4",
                "--stop-at-step=1", "--num-classes=11", "-j", "1", "--no-progress",
                "--no-augmentation",
            ]
        )
        #expect(tuned.exitCode == 0, "\(tuned.errors)")
        let left = try String(contentsOfFile: folder.path("tuned/hparams.json"), encoding: .utf8)
        #expect(left.contains(#""preprocessing_type": "imagenet_096""#))
        #expect(left.contains(#""anti_alias_type": "sconv""#))
        #expect(left.contains(#""data_kind": "records""#))
    }

    @Test("is doubted where weights may be PyTorch's")
    func otherFramework() throws {
        for (name, isMarked) in [("net.safetensors", true), ("net.npz", false)] {
            let path = folder.path("renamed/\(name)")
            let made = try run(
                "convert",
                [Fixture.path("tiny/model"), "--names", "timm-like", "-o", path] + flags
            )
            #expect(made.exitCode == 0 && made.errors.contains("--to torch writes one"))
            let (found, outcome) = try figures(["-c", path] + flags)
            #expect(try found == expected())
            #expect(outcome.complaints.count == (isMarked ? 0 : 1))
            #expect(outcome.errors.contains("if PyTorch trained the weights") != isMarked)
        }
    }

    @Test("is told by inspect")
    func inspected() throws {
        let outcome = try run("inspect", [folder.path("trained")])
        #expect(outcome.output.contains("hparams.json tells: --anti_alias_type=sconv"))
        #expect(!outcome.output.contains("cannot be told"))
    }
}
