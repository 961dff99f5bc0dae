import Checkpoint
import Foundation
import TestSupport
import Testing

@Suite("finetune: going on", .serialized)
struct FinetuneResumeTests {
    @Test(
        "a training that was stopped goes on to the same bytes as a straight one",
        arguments: ["0", "1"]
    )
    func resume(inputThreads: String) throws {
        let folder = try TemporaryFolder()
        let flags = SmallTraining.everything + ["--input-threads=\(inputThreads)"]
        let straight = try Tool.run(
            "finetune",
            SmallTraining.flags(folder, "straight", flags + ["--stop-at-step=7"])
        )
        #expect(straight.exitCode == 0, "\(straight.errors)")
        for steps in [3, 4, 7] {
            let part = try Tool.run(
                "finetune",
                SmallTraining.flags(folder, "parts", flags + ["--stop-at-step=\(steps)"])
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
        let flags = SmallTraining.flags(folder, "out", ["--train-epochs=10000"])
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
        let next = try Tool.run("finetune", flags + ["--stop-at-step=\(step + 1)"])
        #expect(next.exitCode == 0, "\(next.errors)")
        #expect(try folder.names().contains("out"))
        #expect(
            FileManager.default.fileExists(atPath: folder.path("out/model.ckpt-\(step + 1).index"))
        )
    }

    @Test("an evaluation that was interrupted is made up for")
    func interruptedEvaluation() throws {
        let folder = try TemporaryFolder()
        let data = ["--val-regex=pictures.tfrecord"]
        let straight = SmallTraining.flags(folder, "straight", data)
        #expect(try Tool.run("finetune", straight).exitCode == 0)
        // What is there when the last evaluation is stopped: its step is saved, and nothing tells of it.
        let parts = SmallTraining.flags(folder, "parts", data)
        #expect(try Tool.run("finetune", parts).exitCode == 0)
        let lines = try folder.text("parts/metrics.jsonl").split(separator: "\n")
        #expect(lines.last?.contains("\"kind\":\"evaluation\"") == true)
        try folder.write(lines.dropLast().joined(separator: "\n") + "\n", to: "parts/metrics.jsonl")
        try FileManager.default.removeItem(atPath: folder.path("parts/best"))
        let again = try Tool.run("finetune", parts)
        #expect(again.exitCode == 0, "\(again.errors)")
        #expect(again.output.contains("| accuracy:"))
        let evaluations = try ["straight", "parts"].map { name in
            try MetricsLine.all(in: folder, name).filter { $0.kind == "evaluation" }
        }
        #expect(evaluations[0].map(\.step) == evaluations[1].map(\.step))
        #expect(evaluations[0].map(\.accuracy) == evaluations[1].map(\.accuracy))
        #expect(FileManager.default.fileExists(atPath: folder.path("parts/best/best_checkpoints")))
        // And only once.
        let third = try Tool.run("finetune", parts)
        #expect(!third.output.contains("| accuracy:"))
    }

    @Test("a training that has reached its threshold stays where it is")
    func threshold() throws {
        let folder = try TemporaryFolder()
        let flags = SmallTraining.flags(
            folder,
            "out",
            ["--val-regex=pictures.tfrecord", "--stop-threshold=0"]
        )
        let first = try Tool.run("finetune", flags)
        #expect(first.exitCode == 0, "\(first.errors)")
        #expect(first.errors.contains("the accuracy has reached 0"))
        let state = try folder.text("out/checkpoint")
        let again = try Tool.run("finetune", flags)
        #expect(again.exitCode == 0)
        #expect(again.errors.contains("the accuracy has reached 0"))
        #expect(try folder.text("out/checkpoint") == state)
    }

    @Test("--clean takes nothing away before everything else is right, nor what is begun with")
    func cleaning() throws {
        let folder = try TemporaryFolder()
        let flags = SmallTraining.flags(folder, "out", ["--stop-at-step=1"])
        #expect(try Tool.run("finetune", flags).exitCode == 0)
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.path("out"))
            .sorted()
        for (start, code) in [("/nonexistent", 3), (folder.path("out"), 2)] as [(String, Int32)] {
            let outcome = try Tool.run(
                "finetune",
                flags + ["--clean", "--pretrained-model-checkpoint-path", start]
            )
            #expect(outcome.exitCode == code, "\(outcome.errors)")
            let now = try FileManager.default.contentsOfDirectory(atPath: folder.path("out"))
            #expect(now.sorted() == before)
        }
        let again = try Tool.run("finetune", flags + ["--clean"])
        #expect(again.exitCode == 0)
        #expect(again.errors.contains("begins from scratch"))
    }

    @Test("checkpoints that no state file names are not written over")
    func strayCheckpoint() throws {
        let folder = try TemporaryFolder()
        let flags = SmallTraining.flags(folder, "out", ["--stop-at-step=1"])
        #expect(try Tool.run("finetune", flags).exitCode == 0)
        try FileManager.default.removeItem(atPath: folder.path("out/checkpoint"))
        let before = try folder.bytes("out/model.ckpt-1.index")
        let refused = try Tool.run("finetune", flags + ["--seed=6"])
        #expect(refused.exitCode == 3)
        #expect(refused.errors.contains("model.ckpt-1 is there"), "\(refused.errors)")
        #expect(try folder.bytes("out/model.ckpt-1.index") == before)
        #expect(try Tool.run("finetune", flags + ["--seed=6", "--force"]).exitCode == 0)
    }

    @Test("hparams.json tells what a checkpoint cannot, and what has changed")
    func hyperParameters() throws {
        let folder = try TemporaryFolder()
        let blurred = [
            "--resnet-version=2", "--width=8", "--anti-alias-type=sconv",
            "--anti-alias-filter-size=5",
        ]
        let first = SmallTraining.flags(folder, "out", blurred + ["--stop-at-step=1"])
        #expect(try Tool.run("finetune", first).exitCode == 0)
        let written = try JSONSerialization.jsonObject(with: Data(folder.bytes("out/hparams.json")))
        let values = try #require(written as? [String: Any])
        #expect(values["anti_alias_filter_size"] as? Int == 5)
        #expect(values["accumulate"] is NSNull && values["shuffle"] as? Bool == true)
        #expect(values["dropblock_kp"] as? [Double] == [1, 0.9])
        let next = SmallTraining.flags(
            folder,
            "out",
            ["--width=8", "--stop-at-step=2", "--weight-decay=0.5"]
        )
        let outcome = try Tool.run("finetune", next)
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("anti-aliasing sconv 5"), "\(outcome.errors)")
        #expect(outcome.errors.contains("hparams.json tells: --anti_alias_type=sconv"))
        #expect(outcome.errors.contains("--weight_decay 4e-05 -> 0.5"), "\(outcome.errors)")
        let evaluated = try Tool.run(
            "eval",
            [
                "--checkpoint", folder.path("out"), "--data-dir", Fixture.path("training"),
                "--val-regex=pictures.tfrecord", "-p", "imagenet_064",
            ]
        )
        #expect(evaluated.errors.contains("anti-aliasing sconv 5"), "\(evaluated.errors)")
    }

    @Test("what lies beside a checkpoint is checked")
    func progress() throws {
        let folder = try TemporaryFolder()
        let first = try Tool.run(
            "finetune",
            SmallTraining.flags(folder, "out", ["--stop-at-step=1"])
        )
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
                whole.replacing("\"skipped\" : 0", with: "\"skipped\" : -1"),
                "a number in it is impossible"
            ),
        ] {
            #expect(broken != whole)
            try folder.write(broken, to: name)
            let outcome = try Tool.run(
                "finetune",
                SmallTraining.flags(folder, "out", ["--stop-at-step=2"])
            )
            #expect(outcome.exitCode == 3)
            #expect(
                outcome.errors.contains("model.ckpt-1.training.json: \(reason)"),
                "\(outcome.errors)"
            )
        }
        // Without it, a checkpoint is one of another program.
        try FileManager.default.removeItem(atPath: folder.path(name))
        let other = try Tool.run(
            "finetune",
            SmallTraining.flags(folder, "out", ["--stop-at-step=2"])
        )
        #expect(other.exitCode == 0, "\(other.errors)")
        #expect(other.errors.contains("its data position is taken from its step"))
    }
}
