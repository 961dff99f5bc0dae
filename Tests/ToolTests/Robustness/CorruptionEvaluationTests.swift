import Base
import Checkpoint
import Convert
import Engine
import Foundation
import Proto
import TestSupport
import Testing

/// Corruptions as the published script is called.
@Suite("eval --robustness_type=ce", .serialized)
struct CorruptionEvaluationTests {
    private let data: RobustnessData

    init() throws { data = try RobustnessData() }

    private var files: [String] { ["--data_dir=\(data.folder.path("files"))"] }

    @Test("the published flags run as written, and in memory the figures are those of the files")
    func memory() throws {
        let (only, severities) = ("fog,frost,gaussian_noise,jpeg_compression,spatter", "1,4")
        try data.corrupt(only, severities)
        let published = [
            "--gpu_index=0", "--num_classes=11", "--batch_size=128", "--data_format=channels_first",
            "--zero_gamma=True", "--use_resnet_d=False", "--use_se_block=False",
            "--no_downsample=False", "--bl_alpha=2", "--bl_beta=4", "--embedding_size=0",
            "--pool_type=gap",
        ]
        let clean = [
            "--clean-dir", data.folder.path("clean"), "--resize", "110", "--only", only,
            "--severities", severities,
        ]
        let fromFiles = try data.eval(files + published + clean + ["--json"])
        try #require(fromFiles.exitCode == 0, "\(fromFiles.errors)")
        let expected = try RobustnessData.json(fromFiles.output)
        #expect(expected["images"] as? Int == 20 * 11)
        #expect(expected["clean_error"] as? Double != nil)
        #expect(expected["mce_corruptions"] as? Int == 5)
        #expect(expected["mce_severities"] as? Int == 10)
        let ours = try #require(expected["corruptions"] as? NSArray)
        for (threads, batch) in [(1, "7"), (2, "32")] {
            let made = try data.eval(
                ["--corrupt-from", data.folder.path("clean"), "--only", only, "--severities"]
                    + [severities, "--batch_size", batch, "--json"] + RobustnessData.making,
                threads: threads
            )
            try #require(made.exitCode == 0, "\(made.errors)")
            let found = try RobustnessData.json(made.output)
            #expect(found["corruptions"] as? NSArray == ours)
            for name in ["mce", "mce_15", "mce_unnormalized", "relative_mce_15", "clean_error"] {
                #expect(found[name] as? Double == expected[name] as? Double, "\(name)")
            }
        }
        // From records the names, and so the random numbers, are the same.
        try writeRecords()
        let made = try data.eval(
            ["--corrupt-from", data.folder.path("records"), "--only", only, "--severities"]
                + [severities, "--label_offset=0", "--json"] + RobustnessData.making
        )
        try #require(made.exitCode == 0, "\(made.errors)")
        #expect(try RobustnessData.json(made.output)["corruptions"] as? NSArray == ours)
    }

    /// The clean pictures as records, with their files' names; labels count from 1.
    private func writeRecords() throws {
        try data.folder.makeFolder("records")
        let writer = try RecordWriter(path: data.folder.path("records/validation-00000-of-00001"))
        for label in 1...10 {
            let name = label < 10 ? "n0000000\(label)" : "n00000010"
            for index in 0..<2 {
                var example = Example()
                let bytes = try data.folder.bytes("clean/\(name)/p\(index).JPEG")
                example["image/encoded"] = .bytes([bytes])
                example["image/class/label"] = .integers([Int64(label)])
                example["image/filename"] = .bytes([Array("p\(index).JPEG".utf8)])
                try writer.write(unsafe example.serialized.span.bytes)
            }
        }
        try writer.finish()
    }

    @Test("what is missing is told, and the means say of how many they are")
    func missing() throws {
        try data.corrupt("fog,snow", "1,2")
        try FileManager.default.removeItem(atPath: data.folder.path("files/snow/2"))
        let outcome = try data.eval(files)
        #expect(outcome.exitCode == 0)
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines[0].hasPrefix("Distortion: snow             | CE (unnormalized) (%): "))
        #expect(lines[1].hasPrefix("Distortion: fog              | CE (unnormalized) (%): "))
        #expect(
            lines[2].hasPrefix(
                "mCE (normalized by AlexNet errors) of 2 of 19 corruptions, 3 of 95 severities (%): "
            )
        )
        #expect(outcome.errors.contains("warning: not measured, and not in the means: gaussian"))
        #expect(
            outcome.errors.contains("snow: not measured, and not in its error: severity 2, 3, 4, 5")
        )
        // A mean of a part is no event.
        #expect(!FileManager.default.fileExists(atPath: data.folder.path("model/eval")))
    }

    @Test("groups above the corruptions are understood; two folders of one corruption are not")
    func groups() throws {
        try data.corrupt("fog,contrast", "3")
        let plain = try data.eval(files)
        let root = data.folder.path("files")
        try data.folder.makeFolder("files/weather")
        try FileManager.default.moveItem(atPath: "\(root)/fog", toPath: "\(root)/weather/fog")
        try data.folder.makeFolder("files/notes")
        let grouped = try data.eval(files)
        #expect(grouped.exitCode == 0)
        #expect(grouped.output == plain.output)
        #expect(grouped.errors.contains("left out, as they are no corruptions: notes"))
        try FileManager.default.copyItem(atPath: "\(root)/weather/fog", toPath: "\(root)/fog")
        let doubled = try data.eval(files)
        #expect(doubled.exitCode == 3)
        #expect(doubled.errors.contains("one corruption lies in two places"))
    }

    @Test("a class that is missing under one corruption does not move the labels of others")
    func labels() throws {
        try data.corrupt("contrast", "1")
        let named = try data.eval(files)
        let unnamed = data.model.filter { !$0.hasPrefix("--label") }
        func evalUnnamed() throws -> Tool.Outcome {
            try Tool.run(
                "eval",
                ["--robustness_type=ce", "-j", "1"] + unnamed + RobustnessData.size + files
            )
        }
        let counted = try evalUnnamed()
        #expect(counted.output == named.output)
        #expect(counted.errors.contains("so this is assumed: --label_offset=1"))
        // Names in capitals with blanks are those that the published script makes of them.
        let lines = (1...10).map {
            $0 == 3 ? " N00000003 " : $0 < 10 ? "n0000000\($0)" : "n00000010"
        }
        try data.folder.write(lines.joined(separator: "\n"), to: "label.txt")
        #expect(try data.eval(files).output == named.output)
    }

    @Test("a picture of another size is refused, not resized; one may be left out if that is asked")
    func sizes() throws {
        try data.corrupt("contrast", "1")
        let picture = try Fixture.bytes("corruptions/c431x297.jpg")
        try data.folder.write(picture, to: "files/contrast/1/n00000001/z.JPEG")
        let refused = try data.eval(files)
        #expect(refused.exitCode == 3)
        #expect(refused.errors.contains("z.JPEG: a picture of 431x297 pixels, expected 96x96"))
        let left = try data.eval(files + ["--skip-corrupt=1", "--json"])
        #expect(left.exitCode == 0)
        let figures = try RobustnessData.json(left.output)
        #expect(figures["images"] as? Int == 20 && figures["skipped"] as? Int == 1)
        let resized = try data.eval(files + ["-p", "reid", "--json"])
        #expect(resized.exitCode == 0)
        #expect(try RobustnessData.json(resized.output)["images"] as? Int == 21)
    }

    @Test("counts of unequal severities come to the published script's lines, and an event")
    func publishedLines() throws {
        struct File: Decodable {
            struct Golden: Decodable {
                let predictions: [String: [String: [[Int]]]]
                let original_stdout: [String]
            }
            let mce: Golden
        }
        let golden = try Fixture.json("corruptions/metrics.json", as: File.self).mce
        var partial = PartialEvaluation(settings: [], remarks: [])
        var errors = CorruptionError()
        for (name, severities) in golden.predictions {
            let corruption = try #require(Corruption(rawValue: name))
            for (key, rows) in severities {
                for row in rows {
                    errors.add(
                        row[0] + 1 == row[1],
                        under: corruption,
                        severity: try #require(Int(key))
                    )
                    partial.scores.count += 1
                }
            }
        }
        partial.scores.corruption = errors
        partial.isComplete = true
        let path = data.folder.path("golden.part")
        try PartialFile.write(partial, to: path)
        let outcome = try Tool.run("eval", ["--merge", path])
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(Array(lines.prefix(golden.original_stdout.count)) == golden.original_stdout)
        #expect(lines[golden.original_stdout.count].hasPrefix("benchmark's mCE over 15 (%): "))
    }

    @Test("a page shows bars, a table and one picture under each; it replaces nothing unasked")
    func page() throws {
        try data.corrupt("fog,snow", "1,2,3")
        let page = ["--html", data.folder.path("page.html")]
        let clean = ["--clean-dir", data.folder.path("clean"), "--resize=110"]
        let outcome = try data.eval(files + clean + page)
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let text = try data.folder.text("page.html")
        #expect(text.components(separatedBy: "<img ").count - 1 == 7)
        #expect(text.components(separatedBy: "<rect ").count - 1 == 6)
        #expect(text.contains("not measured, and not in the means: gaussian_noise"))
        #expect(text.contains("<textarea readonly"))
        #expect(text.contains("of 2 of 19 corruptions, 6 of 95 severities"))
        let again = try data.eval(files + page)
        #expect(again.exitCode == 3)
        #expect(again.output.isEmpty)
        let memory = try data.eval(
            ["--corrupt-from", data.folder.path("clean"), "--limit=1", "--force"] + page
                + RobustnessData.making
        )
        #expect(memory.exitCode == 0)
        let whole = try data.folder.text("page.html")
        #expect(whole.components(separatedBy: "<img ").count - 1 == 96)
    }

    @Test("a whole run leaves the event that the published script leaves")
    func event() throws {
        let outcome = try data.eval(
            ["--corrupt-from", data.folder.path("clean"), "--limit=1", "--json"]
                + RobustnessData.making
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let mean = try #require(try RobustnessData.json(outcome.output)["mce"] as? Double)
        let folder = data.folder.path("model/eval")
        let name = try #require(try TemporaryFolder.names(at: folder).first)
        let reader = try EventReader(path: "\(folder)/\(name)")
        var found: [(Int64, String, Float)] = []
        while let event = try reader.next() {
            guard case .summary(let summary) = event.content else { continue }
            for value in summary.values {
                guard case .scalar(let number) = value.content else { continue }
                found.append((event.step, value.tag, number))
            }
        }
        #expect(found.count == 1)
        #expect(found[0].0 == 2000 && found[0].1 == "mCE" && found[0].2 == Float(mean))
    }

    @Test("options without effect are refused")
    func refusals() throws {
        for (arguments, sentence) in [
            (["--corrupt-from=x", "--data-dir=y"], "give one of --data-dir"),
            (["--data-dir=y", "--seed=3"], "--seed belongs to --corrupt-from"),
            (["--data-dir=y", "--resize=300"], "--resize belongs to --corrupt-from"),
            (["--data-dir=y", "--logits=a.npy"], "--logits means nothing for"),
            (["--data-dir=y", "--difficulty=2"], "--difficulty belongs to --robustness-type=fr"),
            (["--data-dir=y", "--shard=0/2"], "--shard needs --partial"),
        ] {
            let outcome = try data.eval(arguments)
            #expect(outcome.exitCode == 2, "\(outcome.errors)")
            #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
        }
        let plain = try TinyData.eval(["--data-dir=y", "--only=fog"])
        #expect(plain.errors.contains("--only belongs to --robustness-type=ce"))
        let none = try data.eval(["--data-dir=\(data.folder.path("clean"))"])
        #expect(none.exitCode == 3)
        #expect(none.errors.contains("holds no corrupted pictures"))
    }
}
