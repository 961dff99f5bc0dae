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
            SmallTraining.flags(folder, "straight", flags + ["--max-train-steps=7"])
        )
        #expect(straight.exitCode == 0, "\(straight.errors)")
        for steps in [3, 4, 7] {
            let part = try Tool.run(
                "finetune",
                SmallTraining.flags(folder, "parts", flags + ["--max-train-steps=\(steps)"])
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
        let next = try Tool.run("finetune", flags + ["--max-train-steps=\(step + 1)"])
        #expect(next.exitCode == 0, "\(next.errors)")
        #expect(try folder.names().contains("out"))
        #expect(
            FileManager.default.fileExists(atPath: folder.path("out/model.ckpt-\(step + 1).index"))
        )
    }

    @Test("what lies beside a checkpoint is checked")
    func progress() throws {
        let folder = try TemporaryFolder()
        let first = try Tool.run(
            "finetune",
            SmallTraining.flags(folder, "out", ["--max-train-steps=1"])
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
                whole.replacing(/"state" : \[[^\]]*\]/, with: "\"state\" : [0, 0, 0, 0]"),
                "a number in it is impossible"
            ),
        ] {
            #expect(broken != whole)
            try folder.write(broken, to: name)
            let outcome = try Tool.run(
                "finetune",
                SmallTraining.flags(folder, "out", ["--max-train-steps=2"])
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
            SmallTraining.flags(folder, "out", ["--max-train-steps=2"])
        )
        #expect(other.exitCode == 0, "\(other.errors)")
        #expect(other.errors.contains("its data position is taken from its step"))
    }
}
