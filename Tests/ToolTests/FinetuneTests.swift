import Checkpoint
import Convert
import Foundation
import Proto
import TestSupport
import Testing

/// What TensorFlow 1.14 did from a stated start with stated pictures.
private struct Golden: Decodable {
    struct Step: Decodable {
        let cross_entropy: Double
        let distillation: Double
        let weight_decay: Double
        let loss: Double
        let learning_rate: Double
    }

    struct Variable: Decodable {
        let shape: [Int]
        let norm: Double
        let index: [Int]
        let sample: [Double]
    }

    struct Loss: Decodable {
        let label_smoothing: Double
    }

    let variant: String
    let loss: Loss
    let num_classes: Int
    let batch: Int
    let bn_momentum: Double
    let weight_decay: Double
    let momentum: Double
    let kd_temp: Double
    let start: String
    let steps: [Step]
    let variables_after: [String: Variable]

    /// The flags that say the same to the tool.
    var arguments: [String] {
        [
            "--pretrained-model-checkpoint-path", Fixture.path(start), "--warm-start", "all",
            "--preprocessing-type=imagenet_096", "--no-augmentation", "--no-shuffle",
            "--batch_size=\(batch)", "--images-per-epoch=80", "--train_epochs=2",
            "--max_train_steps=\(steps.count)", "--learning_rate_decay_type=cosine",
            "--base_learning_rate=0.01", "--bn_momentum=\(bn_momentum)",
            "--weight_decay=\(weight_decay)", "--momentum=\(momentum)", "--kd_temp=\(kd_temp)",
            "--label_smoothing=\(loss.label_smoothing)", "--log-every=1", "--math=exact",
            "--threads=1", "--num-classes=\(num_classes)",
        ]
            + (variant == "assemble-50"
                ? ["--anti_alias_type=sconv", "--anti_alias_filter_size=3"] : [])
    }
}

/// A line of `metrics.jsonl`.
struct MetricsLine: Decodable {
    let kind: String
    let step: Int
    let loss: Double?
    let cross_entropy: Double?
    let distillation: Double?
    let weight_decay: Double?
    let learning_rate: Double?
    let accuracy: Double?

    static func all(in folder: TemporaryFolder, _ name: String) throws -> [MetricsLine] {
        try folder.text("\(name)/metrics.jsonl").split(separator: "\n").map {
            try JSONDecoder().decode(MetricsLine.self, from: Data($0.utf8))
        }
    }
}

@Suite("finetune", .serialized)
struct FinetuneTests {
    /// The pictures of the golden set-ups, with the stated teacher's logits if there is a teacher.
    private func data(_ golden: Golden, in folder: TemporaryFolder) throws {
        try FileManager.default.createDirectory(
            atPath: folder.path("data"),
            withIntermediateDirectories: true
        )
        let target = folder.path("data/train-00000-of-00001")
        guard golden.kd_temp > 0 else {
            try FileManager.default.copyItem(
                atPath: Fixture.path("training/pictures.tfrecord"),
                toPath: target
            )
            return
        }
        let reader = try RecordReader(path: Fixture.path("training/pictures.tfrecord"))
        let writer = try RecordWriter(path: target)
        for step in golden.steps.indices {
            let classes = golden.num_classes
            let logits = Uniform.values("teacher/\(step)", count: golden.batch * classes)
                .map { ($0 - 0.5) * 8 }
            for picture in 0..<golden.batch {
                let record = try #require(try reader.next())
                var example = unsafe try Example(record.bytes.array.span.bytes)
                example["image/logit"] = .floats(
                    Array(logits[(picture * classes)..<((picture + 1) * classes)])
                )
                unsafe try writer.write(example.serialized.span.bytes)
            }
        }
        try writer.finish()
    }

    @Test(
        "repeats TensorFlow's trajectories, and leaves what TensorFlow left",
        arguments: ["softmax", "distill", "vanilla"]
    )
    func trajectory(name: String) throws {
        let golden = try Fixture.json("training/\(name).json", as: Golden.self)
        let folder = try TemporaryFolder()
        try data(golden, in: folder)
        let outcome = try Tool.run(
            "finetune",
            ["--data-dir", folder.path("data"), "--model-dir", folder.path("out")]
                + golden.arguments
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let lines = try MetricsLine.all(in: folder, "out").filter { $0.kind == "step" }
        #expect(lines.map(\.step) == Array(1...golden.steps.count))
        for (line, step) in zip(lines, golden.steps) {
            #expect(close(line.cross_entropy, step.cross_entropy, 1e-4))
            #expect(close(line.distillation ?? 0, step.distillation, 1e-4))
            #expect(close(line.weight_decay, step.weight_decay, 1e-4))
            #expect(close(line.loss, step.loss, 1e-4))
            #expect(close(line.learning_rate, step.learning_rate, 1e-5))
        }
        try compare(golden, WeightFile(folder.path("out")).tensors)
    }

    private func close(_ ours: Double?, _ theirs: Double, _ tolerance: Double) -> Bool {
        abs((ours ?? .nan) - theirs) <= tolerance * abs(theirs)
    }

    /// Weights and moving statistics one by one, momentum slots together.
    private func compare(_ golden: Golden, _ source: any TensorSource) throws {
        var names = Set(golden.variables_after.keys)
        names.insert(VariableNames.globalStep)
        #expect(Set(source.tensors.map(\.name)) == names)
        var (difference, total) = (0.0, 0.0)
        for (name, expected) in golden.variables_after where name != VariableNames.globalStep {
            let entry = try #require(source.tensor(named: name))
            #expect(entry.shape == expected.shape, "\(name)")
            let values = try Self.floats(entry, source).map(Double.init)
            if name.hasSuffix("/\(VariableNames.momentumSlot)") {
                for (index, value) in zip(expected.index, expected.sample) {
                    difference += (values[index] - value) * (values[index] - value)
                    total += value * value
                }
                continue
            }
            let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(abs(norm - expected.norm) <= 1e-3 * max(expected.norm, 1e-12), "\(name)")
            let scale = max(expected.sample.map(abs).max() ?? 0, 1e-3)
            for (index, value) in zip(expected.index, expected.sample) {
                #expect(abs(values[index] - value) <= 2e-3 * scale, "\(name)[\(index)]")
            }
        }
        #expect((difference / total).squareRoot() <= 5e-2)
        let step = try #require(source.tensor(named: VariableNames.globalStep))
        #expect(step.dataType == .int64 && step.shape.isEmpty)
        #expect(
            try source.bytes(of: step, verifies: true).array == [
                UInt8(golden.steps.count), 0, 0, 0, 0, 0, 0, 0,
            ]
        )
    }

    private static func floats(_ entry: TensorEntry, _ source: any TensorSource) throws -> [Float] {
        let bytes = try source.bytes(of: entry, verifies: true).array
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(
                bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * $1) }
            )
        }
    }

    /// A small network with everything random switched on.
    private func small(_ folder: TemporaryFolder, _ name: String, _ others: [String] = [])
        -> [String]
    {
        [
            "--data-dir", Fixture.path("training"), "--train-regex", "pictures.tfrecord",
            "--model-dir", folder.path(name), "--num-classes=11", "--width=4",
            "--preprocessing-type=imagenet_064", "--batch-size=8", "--train-epochs=2",
            "--learning-rate-decay-type=cosine", "--lr-warmup-epochs=1", "--threads=1", "--seed=5",
        ] + others
    }

    private let everything = [
        // DropBlock needs seven pixels in the last group.
        "--preprocessing-type=imagenet_224", "--batch-size=4",
        "--mixup-type=1", "--autoaugment-type=good", "--use-dropblock", "--dropblock-kp=0.9,0.7",
        "--ema-decay=0.9", "--shuffle-buffer=50", "--label-smoothing=0.1", "--nesterov",
        "--clip-gradients=1", "--layer-decay=0.9", "--checkpoint-activations", "--accumulate=2",
    ]

    @Test(
        "a training that was stopped goes on to the same bytes as a straight one",
        arguments: ["0", "1"]
    )
    func resume(inputThreads: String) throws {
        let folder = try TemporaryFolder()
        let flags = everything + ["--input-threads=\(inputThreads)"]
        let straight = try Tool.run(
            "finetune",
            small(folder, "straight", flags + ["--max-train-steps=7"])
        )
        #expect(straight.exitCode == 0, "\(straight.errors)")
        for steps in [3, 4, 7] {
            let part = try Tool.run(
                "finetune",
                small(folder, "parts", flags + ["--max-train-steps=\(steps)"])
            )
            #expect(part.exitCode == 0, "\(part.errors)")
        }
        for ending in ["index", "data-00000-of-00001", "training.json"] {
            #expect(
                try folder.bytes("straight/model.ckpt-7.\(ending)")
                    == folder.bytes("parts/model.ckpt-7.\(ending)"),
                "\(ending)"
            )
        }
        let lines = try MetricsLine.all(in: folder, "parts").filter { $0.kind == "step" }
        #expect(lines.map(\.step) == [3, 4, 7])
        #expect(
            try folder.text("parts/checkpoint") == """
                model_checkpoint_path: "model.ckpt-7"
                all_model_checkpoint_paths: "model.ckpt-3"
                all_model_checkpoint_paths: "model.ckpt-4"
                all_model_checkpoint_paths: "model.ckpt-7"

                """
        )
    }

    @Test(
        "an interrupted training saves, exits with 130, and can go on",
        arguments: zip([SIGINT, SIGTERM], [1, 2])
    )
    func interruption(signal: Int32, times: Int) throws {
        let folder = try TemporaryFolder()
        let flags = small(folder, "out", ["--train-epochs=10000"])
        let outcome = try Tool.run(
            "finetune",
            flags,
            signal: signal,
            times: times,
            after: .seconds(3)
        )
        #expect(outcome.exitCode == 130, "\(outcome.errors)")
        let state = try CheckpointState(path: folder.path("out/checkpoint"))
        let step = try #require(Int(state.latest.dropFirst("model.ckpt-".count)))
        #expect(step > 0)
        #expect(
            outcome.errors.contains("interrupted; \(folder.path("out"))/\(state.latest) is saved")
        )
        let next = try Tool.run("finetune", flags + ["--max-train-steps=\(step + 1)"])
        #expect(next.exitCode == 0, "\(next.errors)")
        #expect(try folder.names().contains("out"))
        #expect(
            FileManager.default.fileExists(atPath: folder.path("out/model.ckpt-\(step + 1).index"))
        )
    }

    @Test("a loss that is no number stops, or is left out")
    func notANumber() throws {
        let folder = try TemporaryFolder()
        let wild = [
            "--base-learning-rate=1e6", "--learning-rate-decay-type=fixed", "--lr-warmup-epochs=0",
        ]
        let good = try Tool.run("finetune", small(folder, "out", ["--max-train-steps=1"]))
        #expect(good.exitCode == 0)
        let before = try folder.bytes("out/model.ckpt-1.data-00000-of-00001")
        let stopped = try Tool.run("finetune", small(folder, "out", wild))
        #expect(stopped.exitCode == 1)
        #expect(
            stopped.errors.contains(
                "the loss or its gradient is no number; the last checkpoint is "
                    + "\(folder.path("out"))/model.ckpt-1"
            )
        )
        #expect(try folder.bytes("out/model.ckpt-1.data-00000-of-00001") == before)
        let skipped = try Tool.run(
            "finetune",
            small(folder, "out", wild + ["--on-nan=skip", "--max-train-steps=20"])
        )
        #expect(skipped.exitCode == 0)
        #expect(skipped.errors.contains("the step is left out"))
        let source = try WeightFile(folder.path("out")).tensors
        for entry in source.tensors where entry.dataType == .float32 {
            #expect(try Self.floats(entry, source).allSatisfy(\.isFinite), "\(entry.name)")
        }
    }

    @Test("what is frozen stays, and only that")
    func freezing() throws {
        let folder = try TemporaryFolder()
        for (name, steps) in [("a", "1"), ("b", "2")] {
            let outcome = try Tool.run(
                "finetune",
                small(
                    folder,
                    name,
                    [
                        "--max-train-steps=\(steps)", "--freeze", "conv2d(_[0-9]+)?/", "gamma$",
                        "--no-train-batch-norm-statistics",
                    ]
                )
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
        }
        let (first, second) = (
            try WeightFile(folder.path("a")).tensors, try WeightFile(folder.path("b")).tensors
        )
        var (stayed, moved) = (0, 0)
        for entry in first.tensors where entry.dataType == .float32 {
            let other = try #require(second.tensor(named: entry.name))
            let same = try Self.floats(entry, first) == Self.floats(other, second)
            let isFrozen =
                entry.name.contains("/kernel") && !entry.name.contains("dense")
                || entry.name.contains("gamma") || entry.name.contains("moving_")
            if isFrozen { #expect(same, "\(entry.name)") }
            if same { stayed += 1 } else { moved += 1 }
        }
        #expect(stayed > 0 && moved > 50)
    }

    @Test("takes class folders, evaluates, keeps the best and the latest, draws")
    func folders() throws {
        let folder = try TemporaryFolder()
        let reader = try RecordReader(path: Fixture.path("training/pictures.tfrecord"))
        for index in 0..<24 {
            let record = try #require(try reader.next())
            let example = unsafe try Example(record.bytes.array.span.bytes)
            guard case .bytes(let encoded) = example["image/encoded"] else { continue }
            let part = index < 16 ? "train" : "val"
            let place = "data/\(part)/class\(index % 2)"
            try FileManager.default.createDirectory(
                atPath: folder.path(place),
                withIntermediateDirectories: true
            )
            try folder.write(encoded[0], to: "\(place)/\(index).jpg")
        }
        let outcome = try Tool.run(
            "finetune",
            [
                "--data-dir", folder.path("data"), "--model-dir", folder.path("out"), "--width=4",
                "--preprocessing-type=imagenet_064", "--batch-size=4", "--train-epochs=5",
                "--threads=1", "--keep-checkpoint-max=2", "--num-best-ckpt-to-keep=1",
                "--epochs-between-evals=2", "--ratio-fine-eval=0.9", "--plot",
                folder.path("curves.svg"), "--json", "--histograms",
            ]
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("16 pictures in 2 class folders"))
        #expect(outcome.errors.contains("2 classes"))
        let lines = try MetricsLine.all(in: folder, "out")
        let evaluations = lines.filter { $0.kind == "evaluation" }
        #expect(evaluations.map(\.step) == [8, 16, 20])
        let state = try CheckpointState(path: folder.path("out/checkpoint"))
        #expect(state.all == ["model.ckpt-16", "model.ckpt-20"])
        #expect(!FileManager.default.fileExists(atPath: folder.path("out/model.ckpt-12.index")))
        let periodical = try FileManager.default.contentsOfDirectory(
            atPath: folder.path("out/periodical")
        )
        #expect(periodical.filter { $0.hasSuffix(".index") }.count == 3)
        let best = try JSONDecoder().decode(
            [String: Double].self,
            from: Data(folder.bytes("out/best/best_checkpoints"))
        )
        #expect(best.count == 1)
        #expect(best.values.first == evaluations.compactMap(\.accuracy).max())
        #expect(try folder.text("curves.svg").contains("</svg>"))
        #expect(outcome.output.contains("\"schema\": \"reassemble.finetune\""))
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path("out"))
        let events = try #require(files.first { $0.hasPrefix("events.out.tfevents.") })
        let tags = try Self.tags(folder.path("out/\(events)"))
        for tag in ["cross_entropy", "l2_loss", "learning_rate", "image/image/2"] {
            #expect(tags.contains(tag), "\(tag)")
        }
        #expect(tags.contains("resnet_model/dense/kernel"))
    }

    private static func tags(_ path: String) throws -> Set<String> {
        let reader = try EventReader(path: path)
        var tags: Set<String> = []
        while let event = try reader.next() {
            if case .summary(let summary) = event.content {
                tags.formUnion(summary.values.map(\.tag))
            }
        }
        return tags
    }

    @Test("begins with another network's variables, but for its classifier")
    func warmStart() throws {
        let folder = try TemporaryFolder()
        let flags = [
            "--data-dir", Fixture.path("training"), "--train-regex", "pictures.tfrecord",
            "--pretrained-model-checkpoint-path", Fixture.path("tiny/model"),
            "--num-classes=12", "--anti-alias-type=sconv", "--anti-alias-filter-size=3",
            "--preprocessing-type=imagenet_064", "--batch-size=4", "--max-train-steps=1",
            "--base-learning-rate=0", "--threads=1", "--no-train-batch-norm-statistics",
        ]
        let original = try WeightFile(Fixture.path("tiny/model")).tensors
        for (rule, takesStatistics) in [("backbone", true), ("published", false)] {
            let outcome = try Tool.run(
                "finetune",
                flags + ["--model-dir", folder.path(rule), "--warm-start=\(rule)"]
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            let ours = try WeightFile(folder.path(rule)).tensors
            #expect(ours.tensor(named: "resnet_model/dense/kernel")?.shape.last == 12)
            for entry in original.tensors
            where entry.name.hasPrefix("resnet_model") && !entry.name.contains("dense")
                && !entry.name.hasSuffix("/Momentum")
            {
                let other = try #require(ours.tensor(named: entry.name))
                let values = try Self.floats(other, ours)
                if takesStatistics || !entry.name.contains("/moving_") {
                    #expect(try values == Self.floats(entry, original), "\(entry.name)")
                } else {
                    let start: Float = entry.name.hasSuffix("moving_mean") ? 0 : 1
                    #expect(values.allSatisfy { $0 == start }, "\(entry.name)")
                }
            }
        }
    }

    @Test("damaged pictures stop it, or are left out as far as that is allowed")
    func corruption() throws {
        let folder = try TemporaryFolder()
        var bytes = try Fixture.bytes("training/pictures.tfrecord")
        bytes[200] ^= 1
        try FileManager.default.createDirectory(
            atPath: folder.path("data"),
            withIntermediateDirectories: true
        )
        try folder.write(bytes, to: "data/train-0")
        let flags = [
            "--data-dir", folder.path("data"), "--model-dir", folder.path("out"), "--width=4",
            "--num-classes=11", "--preprocessing-type=imagenet_064", "--batch-size=8",
            "--max-train-steps=1", "--threads=1", "--no-shuffle",
        ]
        let stopped = try Tool.run("finetune", flags)
        #expect(stopped.exitCode == 3)
        #expect(
            stopped.errors.contains(
                "data/train-0: record 0 at byte 0: the record's checksum is wrong"
            )
        )
        let skipped = try Tool.run("finetune", flags + ["--skip-corrupt=1"])
        #expect(skipped.exitCode == 0)
        #expect(skipped.errors.contains("left out: \(folder.path("data"))/train-0: record 0"))
    }

    @Test(
        "says what is wrong with a command",
        arguments: [
            (["--num-classes=11"], 2, "give --model-dir"),
            (["--model-dir=x"], 2, "give --data-dir"),
            (["--model-dir=x", "--data-dir=/nowhere"], 3, "/nowhere: the folder cannot be read"),
            (["--model-dir=x", "--data-dir=/nowhere", "--dataset-name=y"], 2, "is not known"),
            (["--model-dir=x", "--data-dir=y", "--eval_only=True"], 2, "this tool trains"),
            (["--model-dir=x", "--data-dir=y", "--plot=a.png"], 2, "a.png: --plot draws SVG"),
            (["--model-dir=x", "--data-dir=y", "--plot=/dev/null/a.svg"], 3, "/dev/null/a.svg"),
        ]
    )
    func errors(flags: [String], code: Int32, message: String) throws {
        let folder = try TemporaryFolder()
        let outcome = try Tool.run("finetune", flags, in: folder.url)
        #expect(outcome.exitCode == code)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(try folder.names().isEmpty)
    }

    @Test("refuses settings that cannot be, before anything is trained")
    func settings() throws {
        let folder = try TemporaryFolder()
        for (flags, message) in [
            (["--freeze", "("], "'(' is no regular expression"),
            (["--freeze", "nothing"], "no trainable variable's name matches 'nothing'"),
            (["--freeze", "."], "nothing is left to train"),
            (["--dropblock-kp=0.9", "--use-dropblock"], "takes two numbers"),
            (["--accumulate=3"], "a batch of 8 cannot be divided into 3 parts"),
            (
                ["--learning-rate-decay-type=piecewise", "--piecewise-lr-decay-rates=1"],
                "have one value more: 4 and 1 were given"
            ),
            (["--preprocessing-type=reid"], "with --no-augmentation"),
            (
                [
                    "--preprocessing-type=imagenet_096", "--bl-alpha=2", "--resnet-size=200",
                    "--resnet-version=2",
                ], "200"
            ),
        ] {
            let outcome = try Tool.run("finetune", small(folder, "out", flags))
            #expect(outcome.exitCode == 2, "\(outcome.errors)")
            #expect(outcome.errors.contains(message), "\(outcome.errors)")
        }
        #expect(try folder.names().isEmpty)
    }

    @Test("what lies beside a checkpoint is checked")
    func progress() throws {
        let folder = try TemporaryFolder()
        let first = try Tool.run("finetune", small(folder, "out", ["--max-train-steps=1"]))
        #expect(first.exitCode == 0)
        let name = "out/model.ckpt-1.training.json"
        let whole = try folder.text(name)
        for (broken, reason) in [
            ("", "this is not what a training leaves behind"),
            (
                whole.replacing("\"drawn\" : 8", with: "\"drawn\" : -8"),
                "a number in it is impossible"
            ),
            (
                whole.replacing("\"drawn\" : 8", with: "\"drawn\" : 9223372036854775807"),
                "a number in it is impossible"
            ),
            (
                whole.replacing(/"state" : \[[^\]]*\]/, with: "\"state\" : [0, 0, 0, 0]"),
                "a number in it is impossible"
            ),
        ] {
            #expect(broken != whole)
            try folder.write(broken, to: name)
            let outcome = try Tool.run("finetune", small(folder, "out", ["--max-train-steps=2"]))
            #expect(outcome.exitCode == 3)
            #expect(
                outcome.errors.contains("model.ckpt-1.training.json: \(reason)"),
                "\(outcome.errors)"
            )
        }
        // Without it, a checkpoint is one of another program.
        try FileManager.default.removeItem(atPath: folder.path(name))
        let other = try Tool.run("finetune", small(folder, "out", ["--max-train-steps=2"]))
        #expect(other.exitCode == 0, "\(other.errors)")
        #expect(other.errors.contains("its data position is taken from its step"))
    }

    @Test("trains in bfloat16, and with a sigmoid for each class")
    func modes() throws {
        let folder = try TemporaryFolder()
        for (name, flags) in [
            ("bf16", ["--dtype=bf16"]), ("sigmoid", ["--cls-loss-type=sigmoid"]),
            ("fp16", ["--dtype=fp16", "--loss-scale=128"]),
        ] {
            let outcome = try Tool.run(
                "finetune",
                small(folder, name, flags + ["--max-train-steps=2", "--log-every=1"])
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            let lines = try MetricsLine.all(in: folder, name).filter { $0.kind == "step" }
            #expect(lines.allSatisfy { ($0.loss ?? .nan).isFinite } && lines.count == 2)
        }
    }

    @Test("refuses labels outside the classes, and another model's checkpoint")
    func mismatch() throws {
        let folder = try TemporaryFolder()
        let few = try Tool.run(
            "finetune",
            small(folder, "out", ["--num-classes=3", "--max-train-steps=1"])
        )
        #expect(few.exitCode == 4)
        #expect(few.errors.contains("is outside the model's 3 classes (0...2)"))
        let other = try Tool.run(
            "finetune",
            small(
                folder,
                "out",
                [
                    "--pretrained-model-checkpoint-path", Fixture.path("tiny/model"),
                    "--resnet_size=101",
                ]
            )
        )
        #expect(other.exitCode == 4)
        #expect(other.errors.contains("--resnet_size=101, but the checkpoint holds 50"))
    }

    @Test(
        "knows every flag of the published scripts",
        arguments: [
            "--mixup_type=1 --autoaugment_type=good --label_smoothing=0.1 --resnet_version=2 "
                + "--resnet_size=50 --anti_alias_filter_size=3 --anti_alias_type=sconv "
                + "--use_sk_block=True --use_dropblock=True --dropblock_kp=0.9,0.7 --bn_momentum=0.966 "
                + "--weight_decay=0.001 --keep_checkpoint_max=0 --ratio_fine_eval=0.9 "
                + "--epochs_between_evals=10 --clean --dataset_name=food101",
            "--preprocessing_type=imagenet_224_256 --batch_size=1024 --mixup_type=1 "
                + "--autoaugment_type=imagenet --learning_rate_decay_type=cosine --weight_decay=1e-4 "
                + "--base_learning_rate=0.4 --momentum=0.9 --lr_warmup_epochs=5 --zero_gamma=True "
                + "--label_smoothing=0.1 --kd_temp=1 --dtype=fp16 --epochs_between_evals=10 "
                + "--train_epochs=600 --dataset_name=imagenet --resnet_version=2 --resnet_size=50 "
                + "--use_sk_block=True --anti_alias_type=sconv --anti_alias_filter_size=3 "
                + "--use_dropblock=True",
            "--recipe food101-assemble", "--recipe food101-vanilla", "--recipe imagenet-assemble",
            "--recipe imagenet-vanilla",
        ]
    )
    func publishedFlags(flags: String) throws {
        let folder = try TemporaryFolder()
        let outcome = try Tool.run(
            "finetune",
            flags.split(separator: " ").map(String.init) + [
                "--num_gpus=4", "--data_dir=\(folder.root)",
                "--model_dir=\(folder.path("out"))",
            ]
        )
        #expect(outcome.exitCode == 3)
        #expect(outcome.errors.contains("not used: --num_gpus (the processor computes"))
        #expect(outcome.errors.contains("no file matches 'train-*'"))
    }
}
