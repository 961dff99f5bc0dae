import Checkpoint
import Foundation
import Proto
import TestSupport
import Testing

@Suite("finetune: data", .serialized)
struct FinetuneDataTests {
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
            try folder.makeFolder(place)
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

    /// Pictures of the fixture in class folders, `count` of them to each.
    private func folders(_ names: [String], _ count: Int, in folder: TemporaryFolder) throws {
        let reader = try RecordReader(path: Fixture.path("training/pictures.tfrecord"))
        for name in names {
            try folder.makeFolder(name)
            for index in 0..<count {
                let record = try #require(try reader.next())
                let example = unsafe try Example(record.bytes.array.span.bytes)
                guard case .bytes(let encoded) = example["image/encoded"] else { continue }
                try folder.write(encoded[0], to: "\(name)/\(index).jpg")
            }
        }
    }

    @Test("numbers the classes of validation as those of training")
    func missingClass() throws {
        let folder = try TemporaryFolder()
        try folders(["data/train/a", "data/train/b", "data/validation/b"], 4, in: folder)
        let flags = [
            "--data-dir", folder.path("data"), "--width=4", "--preprocessing-type=imagenet_064",
            "--batch-size=8", "--train-epochs=1", "--threads=1",
            "--base-learning-rate=0", "--no-augmentation",
        ]
        let outcome = try Tool.run("finetune", flags + ["--model-dir", folder.path("out")])
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        // The same pictures, and those alone, with the label that they must have.
        let (start, source) = (folder.path("out"), folder.path("data/validation/b"))
        try folder.makeFolder("alone/a")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("alone/b"),
            withDestinationPath: source
        )
        let alone = try Tool.run(
            "eval",
            ["--model-dir", start, "--data-dir", folder.path("alone"), "-p", "imagenet_064"]
        )
        let line = try #require(alone.output.split(separator: "\n").first { $0.contains("loss") })
        #expect(outcome.output.contains(line), "\(outcome.output) \(alone.output)")

        try folders(["data/validation/c"], 1, in: folder)
        let unknown = try Tool.run("finetune", flags + ["--model-dir", folder.path("other")])
        #expect(unknown.exitCode == 3)
        #expect(unknown.errors.contains("called like no known class: c"), "\(unknown.errors)")
    }

    @Test("takes a pattern of validation that finds nothing for a mistake")
    func missingValidation() throws {
        let folder = try TemporaryFolder()
        let outcome = try Tool.run(
            "finetune",
            SmallTraining.flags(folder, "out", ["--val-regex=validatoin-*"])
        )
        #expect(outcome.exitCode == 3)
        #expect(outcome.errors.contains("no file matches 'validatoin-*'"))
    }

    @Test("says what is wrong with the pictures to evaluate on before it trains")
    func unusableValidation() throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("data")
        let bytes = try Fixture.bytes("training/pictures.tfrecord")
        try folder.write(bytes, to: "data/train-0")
        let flags = SmallTraining.flags(
            folder,
            "out",
            ["--data-dir", folder.path("data"), "--train-regex=train-*", "--stop-at-step=1"]
        )
        for (content, reason) in [([], "there is no picture"), ([UInt8](bytes.prefix(99)), "ends")]
        {
            try folder.write(content, to: "data/validation-0")
            let outcome = try Tool.run("finetune", flags)
            #expect(outcome.exitCode == 3)
            #expect(outcome.errors.contains(reason), "\(outcome.errors)")
            #expect(try folder.names() == ["data"])
        }
    }

    @Test("leaves out the same damaged pictures in every epoch")
    func corruptionEachEpoch() throws {
        let folder = try TemporaryFolder()
        var bytes = try Fixture.bytes("training/pictures.tfrecord")
        bytes[200] ^= 1
        try folder.makeFolder("data")
        try folder.write(bytes, to: "data/pictures.tfrecord")
        let flags = SmallTraining.flags(
            folder,
            "out",
            ["--data-dir", folder.path("data"), "--skip-corrupt=1", "--train-epochs=4"]
        )
        let outcome = try Tool.run("finetune", flags)
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "left out: ").count == 2, "told once")
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

    @Test("damaged pictures stop it, or are left out as far as that is allowed")
    func corruption() throws {
        let folder = try TemporaryFolder()
        var bytes = try Fixture.bytes("training/pictures.tfrecord")
        bytes[200] ^= 1
        try folder.makeFolder("data")
        try folder.write(bytes, to: "data/train-0")
        let flags = [
            "--data-dir", folder.path("data"), "--model-dir", folder.path("out"), "--width=4",
            "--num-classes=11", "--preprocessing-type=imagenet_064", "--batch-size=8",
            "--stop-at-step=1", "--threads=1", "--no-shuffle",
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

    @Test("refuses labels outside the classes, and another model's checkpoint")
    func mismatch() throws {
        let folder = try TemporaryFolder()
        let few = try Tool.run(
            "finetune",
            SmallTraining.flags(folder, "out", ["--num-classes=3", "--stop-at-step=1"])
        )
        #expect(few.exitCode == 4)
        #expect(few.errors.contains("is outside the model's 3 classes (0...2)"))
        let other = try Tool.run(
            "finetune",
            SmallTraining.flags(
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
}
