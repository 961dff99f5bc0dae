import Checkpoint
import Data
import Formats
import Foundation
import Proto
import TestSupport
import Testing

@Suite("distill-logits", .serialized)
struct DistillLogitsTests: DistillRunning {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("TensorFlow's logits are in the records, and all that was there is there to the byte")
    func reference() throws {
        let outcome = try distill(["--num-classes", "11"])
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("| agreement:           0.648000 |\n"))
        let golden = try GoldenArray("tiny/eval-imagenet_096/logits.npy")
        var row = 0
        var worst: Float = 0
        for shard in Self.shards {
            let before = try records(Fixture.path("tiny/data/\(shard)"))
            let after = try records(folder.path("out/\(shard)"))
            #expect(before.count == after.count)
            for (old, new) in zip(before, after) {
                #expect(Array(new.prefix(old.count)) == old)
                let example = try Example(unsafe new.span.bytes)
                let names = try Example(unsafe old.span.bytes).names
                #expect(example.names == names + ["image/logit"])
                guard case .floats(let logits)? = example["image/logit"] else {
                    Issue.record("no logits in record \(row)")
                    return
                }
                #expect(logits.count == 11)
                let largest = golden[row].map(abs).max() ?? 0
                worst = max(worst, zip(logits, golden[row]).map { abs($0 - $1) }.max()! / largest)
                row += 1
            }
        }
        #expect(row == 1000)
        #expect(worst <= 3e-5, "the largest difference of a logit is \(worst)")
        print("distill-logits: largest relative error \(worst)")

        let manifest = try folder.text("out/logits.json")
        for part in [
            #""schema": "reassemble.logits""#, #""records": 1000"#, #""agreeing": 648"#,
            #""agreement": 0.648"#, #""class_offset": 0"#, #""preprocessing": "imagenet_096""#,
            #""sha256": "e9f57957c85eb2d8e42d31eb0104b2e5f4d3e2df2104884073d96d0ed733ac53""#,
            #""architecture": "ResNet-50 version 2, width 8, selective kernels, "#,
            #""file": "validation-00003-of-00004""#,
        ] { #expect(manifest.contains(part), "\(part)") }

        // Distilled from itself, the loss is the entropy of its own softened probabilities.
        let eval = try Tool.run(
            "eval",
            EvalTests.model + [
                "--data_dir=\(folder.path("out"))", "-p", "imagenet_096", "--kd_temp=2", "-j", "1",
            ],
            environment: ["OMP_NUM_THREADS": "1"]
        )
        #expect(eval.output.contains("| distillation_loss:"))
    }

    @Test("names, order and compression stay; zeros go before the logits")
    func shards() throws {
        let data = try smallData()
        let outcome = try distill(["--offset", "2", "--num-classes=13"], from: data)
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let out = folder.path("out")
        let names = try FileManager.default.contentsOfDirectory(atPath: out).sorted()
        let shards = ["train-0", "train-1", "validation-0", "validation-1"]
        #expect(names == ["logits.json", "logits.parts"] + shards)
        let golden = try GoldenArray("tiny/eval-imagenet_096/logits.npy")
        var row = 0
        for name in shards {
            let reader = try RecordReader(path: "\(out)/\(name)")
            #expect(reader.compression == (try RecordReader(path: "\(data)/\(name)").compression))
            for (old, new) in zip(try records("\(data)/\(name)"), try records("\(out)/\(name)")) {
                #expect(Array(new.prefix(old.count)) == old)
                let logits = try TeacherLogits.read(unsafe new.span.bytes, classes: 13)
                #expect(logits[..<2] == [0, 0])
                for (ours, theirs) in zip(logits[2...], golden[row]) {
                    #expect(abs(ours - theirs) < 1e-3)
                }
                row += 1
            }
        }
        #expect(row == 15)
    }

    @Test("parts make one whole, and what is complete is kept")
    func parts() throws {
        let data = try smallData()
        #expect(try distill([], from: data, to: "whole").exitCode == 0)
        #expect(try distill(["--shard", "0/2", "-b", "4"], from: data).exitCode == 0)
        #expect(try contents("out")["train-1"] == nil)
        #expect(try distill(["--shard=1/2", "-b", "3"], from: data).exitCode == 0)
        #expect(try contents("out") == contents("whole"))
        // Nothing is left to do, and nothing is done.
        let again = try distill([], from: data)
        #expect(again.output.contains("| complete_before:"))
        #expect(again.output.contains("| images:"))
        #expect(try contents("out") == contents("whole"))
        // A shard that is gone, or not as it was noted, is made again.
        try FileManager.default.removeItem(atPath: folder.path("out/train-0"))
        try Data([1]).write(to: URL(filePath: folder.path("out/train-1")))
        try Data([1]).write(to: URL(filePath: folder.path("out/.train-1.tempstate5a")))
        #expect(try distill([], from: data).exitCode == 0)
        #expect(try contents("out") == contents("whole"))
    }

    @Test("what is refused")
    func refusals() throws {
        let data = try smallData()
        let teacher = Fixture.path("tiny/model/model.ckpt-2000")
        let wrong = try distill(["--num-classes", "1001"], from: data)
        #expect(wrong.exitCode == 4)
        #expect(
            wrong.errors.contains(
                "--num-classes: 1001 were asked for, but the teacher's 11 classes with --offset 0 "
                    + "come to 11"
            )
        )
        #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
        let onto = try distill([], from: data, to: "in")
        #expect(onto.exitCode == 3)
        #expect(onto.errors.contains("in/train-0: is being read"))
        #expect(try distill([], from: data).exitCode == 0)
        let before = try contents("out")
        let other = try distill(["--offset=1"], from: data)
        #expect(other.exitCode == 3)
        #expect(
            other.errors.contains(
                "\(folder.path("out")): holds logits that were made with other settings: "
                    + "\"class_offset\": 0, there, \"class_offset\": 1, now; --force replaces them"
            )
        )
        #expect(try contents("out") == before)
        #expect(try distill(["--offset=1", "--force"], from: data).exitCode == 0)
        #expect(try distill(["--offset=1"], from: data, to: "other").exitCode == 0)
        #expect(try contents("out") == contents("other"))
        try folder.write("mine", to: "in/logits.txt")
        try folder.makeFolder("full")
        try folder.write("mine", to: "full/train-1")
        let inTheWay = try distill([], from: data, to: "full")
        #expect(inTheWay.exitCode == 3)
        #expect(inTheWay.errors.contains("full/train-1: the file exists; --force replaces it"))
        #expect(try contents("full") == ["train-1": Data("mine".utf8)])
        for (arguments, code) in [
            (["--data-dir", data, "-o", folder.path("x")], Int32(2)),
            (["--teacher", teacher, "-o", folder.path("x")], 2),
            (["--teacher", teacher, "--data-dir", data], 2),
            (["--teacher", teacher, "--data-dir", data, "-o", folder.path("x"), "--shard=2/2"], 2),
            (
                [
                    "--teacher", teacher, "--data-dir", folder.path("full/a"), "-o",
                    folder.path("x"),
                ], 3
            ),
        ] {
            #expect(try Tool.run("distill-logits", arguments).exitCode == code)
        }
    }

    @Test(
        "a run that is killed leaves nothing half done, and the next one ends as a clean one would"
    )
    func kills() throws {
        #expect(try distill([], to: "clean").exitCode == 0)
        for delay in [150, 350, 600] {
            let killed = try distill(["-b", "8"], signal: SIGKILL, after: .milliseconds(delay))
            #expect([0, 128 + SIGKILL].contains(killed.exitCode))
            let clean = try contents("clean")
            // Where all is slow it may not have come as far as to make the folder.
            for (name, bytes) in (try? contents("out")) ?? [:] where Self.shards.contains(name) {
                #expect(bytes == clean[name])
            }
        }
        let stopped = try distill(["-b", "8"], signal: SIGINT, after: .milliseconds(300))
        #expect([0, 130].contains(stopped.exitCode), "\(stopped.errors)")
        #expect(try distill([]).exitCode == 0)
        #expect(try contents("out") == contents("clean"))
    }

    @Test(
        "eval reads every form, and its loss is the one of the whole logits within the rounding",
        arguments: [
            (["--dtype", "float16"], 1e-3), (["--dtype=float16", "--also-float"], 0),
            (["--top-k", "6"], 0.05), (["-k", "11", "--dtype=float16"], 1e-3),
        ] as [([String], Double)]
    )
    func forms(arguments: [String], tolerance: Double) throws {
        let data = try smallData()
        func loss(_ output: String) throws -> Double {
            let outcome = try EvalTests.eval(
                [
                    "--data-dir", folder.path(output), "--val-regex=*-[01]", "-p", "imagenet_096",
                    "--kd_temp=1", "-j", "1",
                ]
            )
            let line = outcome.output.split(separator: "\n").first { $0.contains("distillation") }
            let words = line?.split(separator: " ") ?? []
            return try #require(words.count > 2 ? Double(words[2]) : nil, "\(outcome.errors)")
        }
        #expect(try distill([], from: data, to: "plain").exitCode == 0)
        #expect(try distill(arguments, from: data).exitCode == 0)
        let (plain, short) = (try loss("plain"), try loss("out"))
        #expect(abs(plain - short) <= tolerance, "\(plain) and \(short)")
        #expect(try distill(arguments + ["--check", "1"], from: data).exitCode == 0)
    }

    @Test("records that have logits are written as those that have none")
    func again() throws {
        let data = try smallData()
        #expect(try distill([], from: data, to: "first").exitCode == 0)
        #expect(try distill(["-k", "3"], from: folder.path("first"), to: "second").exitCode == 0)
        for record in try records(folder.path("second/train-1")) {
            let names = try Example(unsafe record.span.bytes).names
            #expect(!names.contains("image/logit"))
            #expect(names.contains("image/logit_top/rest"))
        }
        let third = try distill([], from: folder.path("second"), to: "third")
        #expect(third.exitCode == 0)
        for (one, other) in zip(
            try records(folder.path("first/train-1")),
            try records(folder.path("third/train-1"))
        ) {
            let (one, other) = (
                try Example(unsafe one.span.bytes), try Example(unsafe other.span.bytes)
            )
            #expect(one.names == other.names)
            for name in one.names { #expect(one[name] == other[name]) }
        }
    }

    @Test("a check finds the record whose logits are not the teacher's")
    func check() throws {
        let data = try smallData()
        #expect(try distill([], from: data).exitCode == 0)
        let good = try distill(["--check", "1"], from: data)
        #expect(good.exitCode == 0)
        #expect(good.output.hasPrefix("15 records are as the teacher says: largest difference "))
        let part = try distill(["--check", "0.01", "--seed", "1"], from: data)
        #expect(part.output.hasPrefix("3 records are as the teacher says: "))
        let path = folder.path("out/train-1")
        let old = try records(path)
        let writer = try RecordWriter(path: path)
        for (index, record) in old.enumerated() {
            var example = try Example(unsafe record.span.bytes)
            if index == 4, case .floats(var logits)? = example["image/logit"] {
                logits[7] += 1
                example["image/logit"] = .floats(logits)
            }
            try writer.write(unsafe example.serialized.span.bytes)
        }
        try writer.finish()
        let bad = try distill(["--check", "1"], from: data)
        #expect(bad.exitCode == 1)
        #expect(bad.output.hasPrefix("\(path): record 4 at byte "))
        #expect(bad.output.contains(" differs: class 7 has "))
        let json = try distill(["--check", "1", "--json"], from: data)
        #expect(json.output.contains(#""record": 4"#))
        // The folder may be named as the data, too.
        let teacher = Self.teacher + ["--data-dir", folder.path("out"), "--check=1"]
        #expect(try Tool.run("distill-logits", teacher).exitCode == 1)
    }
}
