import Foundation
import TestSupport
import Testing
import ToolSupport

/// The tool on the small trained network and its thousand pictures; see `fixtures/tiny`.
@Suite("eval", .serialized)
struct EvalTests {
    static let model = [
        "--model_dir=\(Fixture.path("tiny/model"))", "--resnet_version=2", "--resnet_size=50",
        "--use_sk_block=True", "--anti_alias_type=sconv", "--anti_alias_filter_size=3",
    ]
    static let data = ["--data_dir=\(Fixture.path("tiny/data"))"]

    static func eval(_ arguments: [String]) throws -> Tool.Outcome {
        try Tool.run("eval", model + arguments, environment: ["OMP_NUM_THREADS": "1"])
    }

    /// The printed table but for the speed, which no two runs share.
    static func figures(_ output: String) -> [String] {
        output.split(separator: "\n").map(String.init).filter { !$0.contains("images_per_second") }
    }

    @Test("TensorFlow's scores, logits and prepared pictures; a line for each; a results file")
    func reference() throws {
        let folder = try TemporaryFolder()
        let outcome = try Self.eval(
            Self.data + [
                "--preprocessing_type=imagenet_096", "--batch_size=64", "--threads=1",
                "--logits=\(folder.path("l.npy"))", "--pixels=\(folder.path("p.npy"))",
                "--predictions=\(folder.path("p.jsonl"))",
                "--results-file=\(folder.path("r.csv"))",
            ]
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let lines = Self.figures(outcome.output)
        #expect(lines.last == "| accuracy:            0.648000 |")
        #expect(lines.contains("| accuracy_top_5:      0.968000 |"))
        #expect(lines.contains("| ece:                 0.052969 |"))
        #expect(outcome.errors.contains("anti-aliasing sconv 3"))
        #expect(outcome.errors.contains("preprocessing imagenet_096 (96x96), 11 classes"))

        let golden = try GoldenArray("tiny/eval-imagenet_096/logits.npy")
        let logits = try Self.floats(folder.bytes("l.npy"))
        #expect(logits.count == golden.values.count)
        var worst: Float = 0
        var agreeing = 0
        for row in 0..<1000 {
            let (ours, theirs) = (Array(logits[(row * 11)..<(row * 11 + 11)]), Array(golden[row]))
            let largest = theirs.map(abs).max() ?? 0
            worst = max(worst, (zip(ours, theirs).map { abs($0 - $1) }.max() ?? 0) / largest)
            if ours.firstIndex(of: ours.max() ?? 0) == theirs.firstIndex(of: theirs.max() ?? 0) {
                agreeing += 1
            }
        }
        #expect(worst <= 3e-5, "the largest difference of a logit is \(worst)")
        #expect(agreeing == 1000)
        print("eval logits: largest relative error \(worst), same class \(agreeing) of 1000")

        let means = try GoldenArray("tiny/eval-imagenet_096/image_mean.npy").values
        let pixels = try Self.floats(folder.bytes("p.npy"))
        let count = 96 * 96 * 3
        #expect(pixels.count == 1000 * count)
        for picture in 0..<min(1000, pixels.count / count) {
            let values = pixels[(picture * count)..<((picture + 1) * count)]
            let mean = values.reduce(0.0) { $0 + Double($1) } / Double(count)
            #expect(abs(mean - Double(means[picture])) < 1e-3, "picture \(picture)")
        }

        let predictions = try folder.text("p.jsonl").split(separator: "\n")
        #expect(predictions.count == 1000)
        let last = try #require(
            JSONSerialization.jsonObject(with: Data(predictions[999].utf8)) as? [String: Any]
        )
        #expect((last["file"] as? String)?.hasSuffix("validation-00003-of-00004") == true)
        #expect(last["index"] as? Int == 999)
        #expect((last["top"] as? [Any])?.count == 5)
        let table = try folder.text("r.csv").split(whereSeparator: \.isNewline)
        #expect(table.count == 2)
        #expect(table.first?.contains("accuracy") == true)
        #expect(table.last?.contains("imagenet_096") == true)
    }

    @Test("TensorFlow's accuracy with another preprocessing, batch and number of threads")
    func otherPreprocessing() throws {
        let outcome = try Self.eval(
            Self.data + ["-p", "imagenet_128a", "--batch_size=7", "--threads=2"]
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(Self.figures(outcome.output).last == "| accuracy:            0.581000 |")
    }

    @Test("a safetensors file of the same weights has the same scores")
    func safeTensors() throws {
        let folder = try TemporaryFolder()
        let weights = folder.path("tiny.safetensors")
        let conversion = try Tool.run("convert", [Fixture.path("tiny/model"), "-o", weights])
        #expect(conversion.exitCode == 0, "\(conversion.errors)")
        let scores = Self.data + ["--preprocessing_type=imagenet_096", "--limit=200"]
        let (stored, original) = (
            try Self.eval(scores + ["-c", weights]), try Self.eval(scores)
        )
        #expect(stored.exitCode == 0, "\(stored.errors)")
        #expect(stored.errors.contains("safetensors file: \(weights), sha256 of its bytes "))
        #expect(Self.figures(stored.output) == Self.figures(original.output))
    }

    @Test("retrieval: recall is what the written vectors give")
    func retrieval() throws {
        let folder = try TemporaryFolder()
        let outcome = try Self.eval(
            Self.data + [
                "--preprocessing_type=imagenet_096", "--zeroshot_eval=True", "--recall_at_k=1,4",
                "--limit=300", "--embeddings=\(folder.path("e.npy"))",
                "--predictions=\(folder.path("p.jsonl"))",
            ]
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let labels = try folder.text("p.jsonl").split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return try #require(object?["label"] as? Int)
        }
        #expect(labels.count == 300)
        let values = try Self.floats(folder.bytes("e.npy")).map(Double.init)
        let dimension = values.count / labels.count
        #expect(dimension * labels.count == values.count && dimension > 1)
        let rows = labels.indices.map { Array(values[($0 * dimension)..<(($0 + 1) * dimension)]) }
        let lengths = rows.map { row in row.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        for (depth, name) in [(1, "recall_at_1"), (4, "recall_at_4")] {
            let found = labels.indices.count { query in
                let nearness = rows.indices.map { other in
                    zip(rows[query], rows[other]).reduce(0) { $0 + $1.0 * $1.1 }
                        / (lengths[query] * lengths[other])
                }
                let nearest = rows.indices.filter { $0 != query }
                    .sorted { nearness[$0] > nearness[$1] }
                return nearest.prefix(depth).contains { labels[$0] == labels[query] }
            }
            let recall = fixed(Double(found) / 300, digits: 6)
            #expect(outcome.output.contains(recall), "\(name): \(recall)\n\(outcome.output)")
        }
        #expect(!outcome.output.contains("accuracy"))
    }

    @Test("single pictures are classified by name, class folders counted")
    func pictures() throws {
        let folder = try TemporaryFolder()
        let picture = Fixture.path("pictures/images/landscape-420.jpg")
        for name in ["apple", "pear"] {
            try folder.makeFolder("set/\(name)")
            try FileManager.default.copyItem(
                atPath: picture,
                toPath: folder.path("set/\(name)/a.jpg")
            )
        }
        let names = ["--label-file=\(try folder.write("apple\npear\n", to: "labels.txt"))"]
        let preprocessing = ["--preprocessing_type=imagenet_096"]
        let single = try Self.eval(preprocessing + ["--images", picture])
        #expect(single.exitCode == 0, "\(single.errors)")
        let lines = single.output.split(separator: "\n")
        #expect(lines.count == 6)
        #expect(lines.first == Substring(picture))
        let counted = try Self.eval(
            preprocessing + names + ["--data_dir=\(folder.path("set"))"]
        )
        #expect(counted.exitCode == 0, "\(counted.errors)")
        #expect(counted.output.contains("| images:                     2 |"))
        #expect(counted.errors.contains("class folders in"))
    }

    @Test("the printed figures do not depend on batch size and threads")
    func batches() throws {
        let base = Self.data + ["-p", "imagenet_096", "--limit", "100"]
        let one = try Self.eval(base + ["-b", "1", "-j", "2"])
        #expect(one.exitCode == 0, "\(one.errors)")
        #expect(one.output.contains("| images:                   100 |"))
        for (batch, threads) in [(7, 1), (64, 1), (64, 2)] {
            let other = try Self.eval(base + ["-b", "\(batch)", "-j", "\(threads)"])
            #expect(Self.figures(other.output) == Self.figures(one.output))
        }
    }

    @Test("prepared pictures give the logits that their files gave; stages are written")
    func tensor() throws {
        let folder = try TemporaryFolder()
        let (pixels, first) = (folder.path("p.npy"), folder.path("a.npy"))
        let one = try Self.eval(
            Self.data + ["-p", "imagenet_096", "-n", "5", "--pixels", pixels, "--logits", first]
        )
        #expect(one.exitCode == 0, "\(one.errors)")
        let two = try Self.eval([
            "--tensor", pixels, "--logits", folder.path("b.npy"), "--stages", folder.path("s.json"),
        ])
        #expect(two.exitCode == 0, "\(two.errors)")
        let (a, b) = (
            try Self.floats(folder.bytes("a.npy")), try Self.floats(folder.bytes("b.npy"))
        )
        #expect(a.count == 55 && b.count == 55)
        for (x, y) in zip(a, b) { #expect(abs(x - y) <= 1e-4) }
        let stages = try JSONSerialization.jsonObject(with: Data(folder.bytes("s.json")))
        let list = try #require((stages as? [String: Any])?["stages"] as? [[String: Any]])
        #expect(list.count > 5)
        #expect(list.last?["shape"] as? [Int] == [5, 11])
    }

    @Test("the slip of the published ResNet-50 command is taken with a warning")
    func slip() throws {
        let outcome = try Self.eval(
            Self.data + ["-p", "imagenet_096", "-n", "4", "--use_resnet_d==False", "--clean"]
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("warning: "))
        #expect(outcome.errors.contains("note: not used for evaluation: --clean"))
    }

    @Test("Ctrl-C prints what has been counted, exit 130")
    func interrupted() throws {
        let outcome = try Tool.run(
            "eval",
            Self.model + Self.data + ["-p", "imagenet_320", "-b", "1", "-j", "1"],
            environment: ["OMP_NUM_THREADS": "1"],
            signal: SIGINT,
            after: .seconds(3)
        )
        #expect(outcome.exitCode == 130, "\(outcome.errors)")
        #expect(outcome.output.contains("| accuracy: "))
        #expect(outcome.errors.contains("interrupted; this is what had been counted"))
    }

    @Test(
        "what exists is refused before anything is computed",
        arguments: [
            ("--logits", "o.npy"), ("--pixels", "o.npy"), ("--predictions", "o.jsonl"),
            ("--results-file", "o.json"), ("--stages", "o.json"),
        ]
    )
    func existing(option: String, name: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("kept", to: name)
        let arguments = Self.data + ["-p", "imagenet_096", "-n", "2", option, folder.path(name)]
        let outcome = try Self.eval(arguments)
        #expect(outcome.exitCode != 0)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains(folder.path(name)))
        #expect(try folder.text(name) == "kept")
        #expect(try folder.names() == [name])
        #expect(try Self.eval(arguments + ["--force"]).exitCode == 0)
        #expect(try folder.bytes(name).count > 4)
    }

    /// The elements behind the header of a `.npy` file of float32.
    static func floats(_ bytes: [UInt8]) -> [Float] {
        let start = 10 + (Int(bytes[8]) | Int(bytes[9]) << 8)
        return stride(from: start, to: bytes.count, by: 4).map { place in
            Float(
                bitPattern: (0..<4).reduce(UInt32(0)) {
                    $0 | UInt32(bytes[place + $1]) << (8 * $1)
                }
            )
        }
    }
}
