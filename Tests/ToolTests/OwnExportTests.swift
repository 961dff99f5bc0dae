import Foundation
import TestSupport
import Testing

/// What `convert` wrote is taken again, with what it says of itself.
@Suite("Own exports", .serialized)
struct OwnExportTests {
    private static let flags = [
        "--anti-alias-type", "sconv", "--anti-alias-filter-size", "3", "-p", "imagenet_096",
    ]

    /// A folder with the small network's logits, and a checkpoint with names of its classes beside it.
    private static func source() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path("model"),
            withIntermediateDirectories: true
        )
        for end in [".index", ".data-00000-of-00001"] {
            let bytes = try Fixture.bytes("tiny/model/model.ckpt-2000\(end)")
            try folder.write(bytes, to: "model/model.ckpt-2000\(end)")
        }
        let names = (0..<11).map { "thing \($0)" }.joined(separator: "\n") + "\n"
        try folder.write(Array(names.utf8), to: "model/labels.txt")
        return folder
    }

    private static func convert(
        _ folder: TemporaryFolder,
        to name: String,
        _ more: [String] = []
    ) throws {
        let outcome = try Tool.run(
            "convert",
            [folder.path("model/model.ckpt-2000"), "-o", folder.path(name), "--no-verify"] + flags
                + more
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
    }

    private static func logits(_ path: String, in folder: TemporaryFolder, _ more: [String]) throws
        -> [Float]
    {
        let output = folder.path("logits-\(more.count)-\(path.hashValue).npy")
        let outcome = try Tool.run(
            "eval",
            ["--model-dir", path, "--data-dir", Fixture.path("tiny/data"), "-n", "24"]
                + ["--logits", output, "--math", "exact"] + more
        )
        #expect(outcome.exitCode == 0, "\(path): \(outcome.errors)")
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: output)))
        let values = Array(bytes.suffix(24 * 11 * 4))
        return unsafe values.withUnsafeBytes { unsafe Array($0.bindMemory(to: Float.self)) }
    }

    @Test(
        "give the checkpoint's logits without a flag",
        arguments: [
            ("a/model.onnx", []), ("b/model.onnx", ["--layout", "nhwc"]),
            ("c/model.onnx", ["--fold"]), ("d/model.onnx", ["--with-preprocessing"]),
            ("f/model.pb", []),
            ("g", ["--to", "saved-model"]), ("h/model.safetensors", []),
        ] as [(String, [String])]
    )
    func logits(name: String, options: [String]) throws {
        let folder = try Self.source()
        try Self.convert(folder, to: name, options)
        let expected = try Self.logits(
            folder.path("model/model.ckpt-2000"),
            in: folder,
            Self.flags
        )
        let found = try Self.logits(folder.path(name), in: folder, [])
        let scale = expected.map(abs).max() ?? 0
        let distance = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
        print("\(name) \(options): \(distance / scale)")
        #expect(distance <= 1e-6 * scale, "\(name) \(options): \(distance / scale)")
    }

    @Test("carry what they are in timm's and Hugging Face's words, and the names of classes")
    func configuration() throws {
        let folder = try Self.source()
        try Self.convert(folder, to: "out/model.pb")
        let bytes = try folder.bytes("out/config.json")
        let read = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        let card = try #require(read)
        #expect(card["num_classes"] as? Int == 11)
        #expect((card["label_names"] as? [String])?.last == "thing 10")
        #expect((card["id2label"] as? [String: String])?["3"] == "thing 3")
        #expect((card["label2id"] as? [String: Int])?["thing 3"] == 3)
        let pretrained = try #require(card["pretrained_cfg"] as? [String: Any])
        #expect(pretrained["input_size"] as? [Int] == [3, 96, 96])
        #expect(pretrained["interpolation"] as? String == "bilinear")
        let mean = try #require(pretrained["mean"] as? [Double])
        #expect(abs(mean[0] - 123.68 / 255) < 1e-6)
        let own = try #require(card["reassemble"] as? [String: String])
        #expect(own["model_file"] == "model.pb" && own["preprocessing_type"] == "imagenet_096")
        let picture = Fixture.path("tiny/data")
        let outcome = try Tool.run(
            "eval",
            ["--model-dir", folder.path("out/model.pb"), "--data-dir", picture, "-n", "4"]
                + ["--predictions", folder.path("p.jsonl"), "--json"]
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("config.json tells: --preprocessing_type=imagenet_096"))
        #expect(outcome.output.contains("\"predictions\": ["))
        #expect(outcome.output.contains("\"name\": \"thing "))
    }

    @Test("leave a config.json of another network alone, and read the one of their own")
    func others() throws {
        let folder = try Self.source()
        try FileManager.default.createDirectory(
            atPath: folder.path("out"),
            withIntermediateDirectories: true
        )
        let foreign = Array("{\"model_type\": \"llama\"}".utf8)
        try folder.write(foreign, to: "out/config.json")
        try Self.convert(folder, to: "out/model.pb")
        #expect(try folder.bytes("out/config.json") == foreign)
        let outcome = try Tool.run(
            "eval",
            ["--model-dir", folder.path("out/model.pb"), "--data-dir", Fixture.path("tiny/data")]
                + ["-n", "4"]
        )
        #expect(outcome.errors.contains("model.pb.config.json tells: "), "\(outcome.errors)")
    }

    @Test(
        "with a config.json that is wrong are measured all the same, and that is said",
        arguments: [
            ("{", "passed over: it is no JSON object"),
            ("[1]", "passed over: it is no JSON object"),
            (
                "{\"num_classes\": 1000, \"id2label\": {\"0\": \"a\"}}",
                "are no names of 1000 classes"
            ),
            (
                "{\"num_classes\": 5, \"reassemble\": {\"preprocessing_type\": \"raw\"}}",
                "is passed over: it is that of a network of 5 classes, and this one has 11"
            ),
            (
                "{\"pretrained_cfg\": {\"input_size\": [3, 96, 96], \"mean\": [0, 0, 0], \"std\": [9, 9, 9]}}",
                "which no --preprocessing-type gives"
            ),
        ]
    )
    func wrong(text: String, said: String) throws {
        let folder = try Self.source()
        try Self.convert(folder, to: "out/model.pb")
        try folder.write(Array(text.utf8), to: "out/config.json")
        let outcome = try Tool.run(
            "eval",
            ["--model-dir", folder.path("out/model.pb"), "--data-dir", Fixture.path("tiny/data")]
                + ["-n", "4"]
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains(said), "\(outcome.errors)")
    }

    @Test("timm's words for a preparation are understood")
    func timm() throws {
        let folder = try Self.source()
        try Self.convert(folder, to: "out/model.pb")
        let card =
            "{\"pretrained_cfg\": {\"input_size\": [3, 96, 96], \"mean\": [0.485, 0.456, 0.406], "
            + "\"std\": [0.229, 0.224, 0.225], \"crop_pct\": 1.0, \"crop_mode\": \"squash\"}}"
        try folder.write(Array(card.utf8), to: "out/config.json")
        let outcome = try Tool.run(
            "eval",
            ["--model-dir", folder.path("out/model.pb"), "--data-dir", Fixture.path("tiny/data")]
                + ["-n", "4"]
        )
        #expect(
            outcome.errors.contains("config.json tells: --preprocessing_type=keras_torch"),
            "\(outcome.errors)"
        )
    }
}
