import Checkpoint
import Foundation
import Proto
import TestSupport
import Testing

@Suite("finetune: as published", .serialized)
struct FinetunePublishedTests {
    private func data(in folder: TemporaryFolder) throws {
        try TinyData.records("data/train-00000-of-00001", in: folder, 0..<16)
        try TinyData.records("data/validation-00000-of-00001", in: folder, 16..<40)
    }

    private func flags(_ folder: TemporaryFolder, _ others: [String]) -> [String] {
        [
            "--data_dir=\(folder.path("data"))", "--model_dir=\(folder.path("out"))", "--width=4",
            "--preprocessing_type=imagenet_064", "--batch_size=4", "--threads=1",
            "--num_classes=11", "--resnet_version=1",
        ] + others
    }

    @Test(
        "--max_train_steps cuts every cycle, and every evaluation",
        arguments: ["--max_train_steps", "--max-train-steps"]
    )
    func maxSteps(name: String) throws {
        let folder = try TemporaryFolder()
        try data(in: folder)
        let outcome = try Tool.run(
            "finetune",
            flags(folder, ["\(name)=2", "--train_epochs=3"])
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        // Epochs are four steps long; each gives two.
        let lines = try MetricsLine.all(in: folder, "out").filter { $0.kind == "evaluation" }
        #expect(lines.map(\.step) == [2, 4, 6])
        let images = try folder.text("out/metrics.jsonl").split(separator: "\n").filter {
            $0.contains("\"images\":8") || $0.contains("\"images\": 8")
        }
        #expect(images.count == 3)
        let eval = try Tool.run(
            "eval",
            [
                "--model_dir=\(folder.path("out"))", "--data_dir=\(folder.path("data"))",
                "--batch_size=4", "--max_train_steps=3", "--threads=1", "--loss_with_l2",
                "--weight_decay=0.5", "--event-dir=\(folder.path("events"))",
            ]
        )
        #expect(eval.exitCode == 0, "\(eval.errors)")
        #expect(eval.figure("images") == 12)
        #expect(eval.figure("global_step") == 6)
        let plain = try Tool.run(
            "eval",
            [
                "--model_dir=\(folder.path("out"))", "--data_dir=\(folder.path("data"))", "-n",
                "12",
                "--threads=1",
            ]
        )
        let source = try BundleReader(prefix: folder.path("out/model.ckpt-6"))
        let penalty = try source.tensors.filter {
            !$0.name.contains("batch_normalization") && !$0.name.hasSuffix("Momentum")
                && $0.dataType == .float32
        }.reduce(0.0) { sum, entry in
            try SmallTraining.floats(entry, source).reduce(sum) {
                $0 + Double($1) * Double($1) / 2
            }
        }
        let difference = (eval.figure("loss") ?? 0) - (plain.figure("loss") ?? 0)
        #expect(
            abs(difference - 0.5 * penalty) < 2e-5 * max(1, penalty),
            "\(difference) \(penalty)"
        )
        #expect(try !FileManager.default.contentsOfDirectory(atPath: folder.path("events")).isEmpty)
    }

    @Test("ProfilerHook's timeline is of the second step, and changes nothing")
    func timeline() throws {
        let folder = try TemporaryFolder()
        try data(in: folder)
        let plain = try Tool.run("finetune", flags(folder, ["--train_epochs=1"]))
        #expect(plain.exitCode == 0, "\(plain.errors)")
        let index = "out/model.ckpt-4.data-00000-of-00001"
        let expected = try folder.bytes(index)
        let outcome = try Tool.run(
            "finetune",
            flags(
                folder,
                ["--train_epochs=1", "--clean", "--hooks=loggingtensorhook,ProfilerHook"]
            )
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(try folder.bytes(index) == expected)
        let document = try JSONSerialization.jsonObject(
            with: Data(folder.bytes("out/timeline-2.json"))
        )
        let events = try #require((document as? [String: Any])?["traceEvents"] as? [[String: Any]])
        #expect(events.first?["ph"] as? String == "M")
        let work = events.dropFirst()
        #expect(work.count > 100)
        #expect(work.allSatisfy { $0["ph"] as? String == "X" && $0["cat"] as? String == "Op" })
        let starts = work.compactMap { $0["ts"] as? Int }
        #expect(starts.count == work.count && starts == starts.sorted())
        #expect(!FileManager.default.fileExists(atPath: folder.path("out/timeline-3.json")))
        let unknown = try Tool.run("finetune", flags(folder, ["--hooks=OtherHook"]))
        #expect(unknown.exitCode == 2)
    }

    @Test("a profile of the second step stands beside the machine's limits, and changes nothing")
    func profile() throws {
        let folder = try TemporaryFolder()
        try data(in: folder)
        let plain = try Tool.run("finetune", flags(folder, ["--train_epochs=1"]))
        #expect(plain.exitCode == 0, "\(plain.errors)")
        let index = "out/model.ckpt-4.data-00000-of-00001"
        let expected = try folder.bytes(index)
        let outcome = try Tool.run(
            "finetune",
            flags(folder, ["--train_epochs=1", "--clean", "--profile"])
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(try folder.bytes(index) == expected)
        let lines = outcome.errors.split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("limits of ") } == 1)
        #expect(lines.contains { $0.contains("convolution weights gradient") })
        #expect(lines.contains { $0.hasPrefix("all ") && $0.hasSuffix(" %") })
        #expect(!FileManager.default.fileExists(atPath: folder.path("out/timeline-2.json")))
    }

    @Test("graphs lie beside checkpoints, logs of benchmarks where they are asked for")
    func files() throws {
        let folder = try TemporaryFolder()
        try data(in: folder)
        let outcome = try Tool.run(
            "finetune",
            flags(
                folder,
                [
                    "--train_epochs=1", "--log-every=2",
                    "--benchmark_logger_type=BenchmarkFileLogger",
                    "--benchmark_log_dir=\(folder.path("logs"))", "--benchmark_test_id=one",
                ]
            )
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let inspection = try Tool.run("inspect", [folder.path("out/model.ckpt-4.meta")])
        #expect(inspection.exitCode == 0, "\(inspection.errors)")
        let run = try JSONSerialization.jsonObject(
            with: Data(folder.bytes("logs/benchmark_run.log"))
        )
        #expect((run as? [String: Any])?["test_id"] as? String == "one")
        let lines = try folder.text("logs/benchmark_metric.log").split(separator: "\n").compactMap {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
        #expect(
            lines.compactMap { $0["name"] as? String } == [
                "accuracy", "accuracy_top_5", "ece", "loss",
            ]
        )
        #expect(lines.allSatisfy { $0["global_step"] as? Int == 4 })
        let without = try Tool.run(
            "finetune",
            flags(folder, ["--train_epochs=1", "--no-meta", "--clean"])
        )
        #expect(without.exitCode == 0)
        #expect(!FileManager.default.fileExists(atPath: folder.path("out/model.ckpt-4.meta")))
        let cloud = try Tool.run(
            "finetune",
            flags(folder, ["--benchmark_logger_type=BenchmarkBigQueryLogger", "--train_epochs=2"])
        )
        #expect(cloud.exitCode == 2)
    }

    @Test("the last checkpoint is exported, proved and measured, at the end or alone")
    func export() throws {
        let folder = try TemporaryFolder()
        try data(in: folder)
        let flags = flags(
            folder,
            [
                "--train_epochs=1", "--export_dir=\(folder.path("export"))",
                "--data_format=channels_last",
            ]
        )
        let outcome = try Tool.run("finetune", flags)
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let root = "export/channels_last"
        let times = try FileManager.default.contentsOfDirectory(
            atPath: folder.path("\(root)/binary_input")
        )
        let time = try #require(times.first)
        let text = try folder.text("\(root)/binary_input/\(time)/model_performance.txt")
        let accuracy = try #require(outcome.figure("accuracy"))
        let prefix = "IMPOTANT! Evaluation metric of exported saved_model.pb is "
        #expect(text.hasPrefix(prefix))
        let metric = try #require(Double(text.dropFirst(prefix.count)))
        #expect(abs(metric - accuracy) < 1e-6)
        let prepared = try Tool.run(
            "inspect",
            [folder.path("\(root)/preprocessed_input/\(time)")]
        )
        #expect(prepared.output.contains("224, 224, 3"), "\(prepared.output)")
        // Timestamps are seconds.
        Thread.sleep(forTimeInterval: 1.1)
        let alone = try Tool.run("finetune", flags + ["--export_only=True"])
        #expect(alone.exitCode == 0, "\(alone.errors)")
        #expect(
            try FileManager.default.contentsOfDirectory(
                atPath: folder.path("\(root)/binary_input")
            ).count == 2
        )
        let first = try Tool.run(
            "finetune",
            flags + ["--export_only=True", "--data_format=channels_first"]
        )
        #expect(first.exitCode == 0, "\(first.errors)")
        #expect(first.errors.contains("/channels_first/preprocessed_input/"))
        #expect(first.errors.contains("IMPOTANT!"))
        let none = try Tool.run(
            "finetune",
            ["--model_dir=\(folder.path("out"))", "--export_only=True"]
        )
        #expect(none.exitCode == 2)
        #expect(none.errors.contains("--export-dir"))
    }

    @Test("trains with the pictures of reid and of inception")
    func preprocessings() throws {
        let folder = try TemporaryFolder()
        try data(in: folder)
        for (index, others) in [
            ["--preprocessing_type=reid", "--autoaugment_type=good"],
            ["--preprocessing_type=inception_331", "--cb_distortion_range=0.2"],
            ["--preprocessing_type=inception_331", "--use_fast_color_distort=False"],
        ].enumerated() {
            let outcome = try Tool.run(
                "finetune",
                flags(
                    folder,
                    others + [
                        "--image-size=64", "--stop-at-step=1",
                        "--model_dir=\(folder.path("out\(index)"))",
                    ]
                )
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
        }
        let refused = try Tool.run(
            "finetune",
            flags(folder, ["--preprocessing_type=inception_331", "--autoaugment_type=good"])
        )
        #expect(refused.exitCode == 2)
    }

    @Test("flags come from files, and a command that lacks its last line says so")
    func flagFiles() throws {
        let folder = try TemporaryFolder()
        try data(in: folder)
        let lines = flags(folder, ["--train_epochs=1", "--stop-at-step=1"])
        try folder.write(
            Array(("# the data\n\n" + lines.joined(separator: "\n") + "\n").utf8),
            to: "inner"
        )
        try folder.write(Array("--flagfile=\(folder.path("inner"))\n// end\n".utf8), to: "outer")
        let outcome = try Tool.run("finetune", ["--flagfile", folder.path("outer")])
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let missing = try Tool.run("finetune", ["--flagfile=\(folder.path("none"))"])
        #expect(missing.exitCode == 2)
        #expect(missing.errors.contains("there is no such file"))
        try folder.write(Array("--flagfile=\(folder.path("loop"))\n".utf8), to: "loop")
        #expect(try Tool.run("eval", ["--flagfile=\(folder.path("loop"))"]).exitCode == 2)
        let cut = try Tool.run(
            "eval",
            [
                "--model_dir=\(Fixture.path("tiny/model"))", "--data_dir=\(folder.path("data"))",
                "--preprocessing_type=imagenet_096", "--anti_alias_type=sconv",
            ]
        )
        #expect(cut.exitCode == 4 || cut.exitCode == 2)
        #expect(cut.errors.contains("--anti_alias_filter_size=3, a line that copies of them lack"))
    }
}
