import Checkpoint
import Foundation
import Proto
import TestSupport
import Testing

@Suite("finetune: retrieval", .serialized)
struct FinetuneRetrievalTests {
    /// Records to train on with the labels 0 to 10, and others to evaluate on with labels that are no classes.
    private func data(in folder: TemporaryFolder, label: (Int) -> Int64) throws {
        try TinyData.records("data/train-00000-of-00001", in: folder, 0..<8)
        try TinyData.records("data/validation-00000-of-00001", in: folder, 8..<32) {
            TinyData.example($0, label: .integers([label($1)]))
        }
    }

    private func flags(_ folder: TemporaryFolder, _ name: String) -> [String] {
        [
            "--data_dir=\(folder.path("data"))", "--model_dir=\(folder.path(name))", "--width=4",
            "--preprocessing_type=imagenet_064", "--batch_size=4", "--threads=1", "--num_gpus=1",
            "--dataset_name=cub_200_2011", "--zeroshot_eval=True", "--images_per_epoch=8",
            "--embedding_size=8",
        ]
    }

    @Test("recall of classes that are not learnt decides what is best, as the published command asks")
    func records() throws {
        let folder = try TemporaryFolder()
        try data(in: folder) { $0 % 5 == 4 ? -1 : Int64(100 + $0 % 5) }
        let outcome = try Tool.run(
            "finetune",
            flags(folder, "out") + [
                "--train_epochs=2", "--recall_at_k=1,3", "--eval_similarity=euclidean",
                "--num_best_ckpt_to_keep=1", "--plot=\(folder.path("curve.svg"))",
            ]
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(!outcome.errors.contains("not used: --zeroshot_eval"), "\(outcome.errors)")
        #expect(outcome.errors.contains("evaluation at step 4: recall_at_1 "))
        // The latest checkpoint, evaluated by the other tool, has the same figures to the last digit.
        let alone = try Tool.run(
            "eval",
            [
                "--model_dir=\(folder.path("out"))", "--data_dir=\(folder.path("data"))",
                "--zeroshot_eval=True", "--recall_at_k=1,3", "--eval_similarity=euclidean",
                "--threads=1",
            ]
        )
        #expect(alone.exitCode == 0, "\(alone.errors)")
        for name in ["recall_at_1", "recall_at_3"] {
            #expect(alone.figure(name) != nil)
            #expect(outcome.figure(name) == alone.figure(name), "\(outcome.output)")
        }
        #expect(outcome.figure("accuracy") == nil)
        let lines = try MetricsLine.all(in: folder, "out").filter { $0.kind == "evaluation" }
        #expect(lines.count == 2)
        let recalls = lines.compactMap(\.recall_at_1)
        let best = try JSONDecoder().decode(
            [String: Double].self,
            from: Data(folder.bytes("out/best/best_checkpoints"))
        )
        #expect(best.values.first == recalls.max())
        #expect(try folder.text("curve.svg").contains("recall at 1"))
        let events = try FileManager.default.contentsOfDirectory(atPath: folder.path("out/eval"))
        let reader = try EventReader(path: folder.path("out/eval/\(try #require(events.first))"))
        var tags: Set<String> = []
        while let event = try reader.next() {
            if case .summary(let summary) = event.content {
                tags.formUnion(summary.values.map(\.tag))
            }
        }
        #expect(tags == ["recall_at_1", "recall_at_3"])
    }

    @Test("recall at 1 decides when to stop, also where other depths are asked for")
    func threshold() throws {
        let folder = try TemporaryFolder()
        // Two labels that all share: every picture finds another.
        try data(in: folder) { _ in 150 }
        let outcome = try Tool.run(
            "finetune",
            flags(folder, "out") + ["--train_epochs=5", "--recall_at_k=4", "--stop_threshold=0.9"]
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("stops, as the recall at 1 has reached 0.9"))
        #expect(outcome.figure("step") == 2)
        #expect(outcome.figure("recall_at_4") == 1)
    }

    @Test("class folders of validation are classes of their own")
    func folders() throws {
        let folder = try TemporaryFolder()
        for (index, picture) in try TinyData.pictures(16).enumerated() {
            let place = index < 8 ? "train/known\(index % 2)" : "validation/new\(index % 2)"
            try folder.makeFolder("data/\(place)")
            try folder.write(picture.bytes, to: "data/\(place)/\(index).jpg")
        }
        let names = flags(folder, "out").filter { !$0.hasPrefix("--dataset_name") }
        let outcome = try Tool.run("finetune", names + ["--train_epochs=1"])
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.figure("recall_at_5") != nil, "\(outcome.output)")
        #expect(try folder.text("out/labels.txt") == "known0\nknown1\n")
    }

    @Test("pictures that have no other of their label are nothing to measure")
    func nothing() throws {
        let folder = try TemporaryFolder()
        try data(in: folder) { Int64($0) }
        let outcome = try Tool.run("finetune", flags(folder, "out") + ["--train_epochs=1"])
        #expect(outcome.exitCode == 3)
        #expect(
            outcome.errors.contains("none of 24 pictures has another of its label"),
            "\(outcome.errors)"
        )
    }

    @Test("labels of training must be classes all the same")
    func trainingLabels() throws {
        let folder = try TemporaryFolder()
        try data(in: folder) { _ in 150 }
        try TinyData.records("data/train-00000-of-00001", in: folder, 0..<8) { picture, _ in
            TinyData.example(picture, label: .integers([100]))
        }
        let outcome = try Tool.run("finetune", flags(folder, "out") + ["--train_epochs=1"])
        #expect(outcome.exitCode == 4)
        #expect(outcome.errors.contains("label 100"), "\(outcome.errors)")
    }
}
