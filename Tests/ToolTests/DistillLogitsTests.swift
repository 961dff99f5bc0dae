import Checkpoint
import Convert
import Foundation
import Proto
import TestSupport
import Testing

/// The tool on the small trained network and its thousand pictures; see `fixtures/tiny`.
@Suite("distill-logits", .serialized)
struct DistillLogitsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let shards = (0..<4).map { "validation-0000\($0)-of-00004" }
    private static let teacher = [
        "--teacher", Fixture.path("tiny/model"), "--anti-alias-type=sconv",
        "--anti-alias-filter-size=3", "--preprocessing-type=imagenet_096", "-j", "1",
    ]

    private func distill(
        _ arguments: [String],
        from data: String = Fixture.path("tiny/data"),
        to output: String = "out",
        signal: Int32? = nil,
        after delay: Duration = .zero
    ) throws -> Tool.Outcome {
        try Tool.run(
            "distill-logits",
            Self.teacher + ["--data-dir", data, "--output-dir", folder.path(output)] + arguments,
            environment: ["OMP_NUM_THREADS": "1"],
            signal: signal,
            after: delay
        )
    }

    private func records(_ path: String) throws -> [[UInt8]] {
        let reader = try RecordReader(path: path)
        var records: [[UInt8]] = []
        while let record = try reader.next() { records.append(record.bytes.array) }
        return records
    }

    /// The bytes of all files below a folder, by their paths.
    private func contents(_ name: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path(name)) {
            files[path] = FileManager.default.contents(atPath: "\(folder.path(name))/\(path)")
        }
        return files
    }

    /// Two shards of a few pictures each, the second in gzip, and an empty one.
    private func smallData() throws -> String {
        let source = try records(Fixture.path("tiny/data/\(Self.shards[0])"))
        let data = folder.path("in")
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        for (name, range, compression) in [
            ("train-0", 0..<5, RecordCompression.none), ("train-1", 5..<12, .gzip),
            ("validation-0", 12..<12, .none), ("validation-1", 12..<15, .zlib),
        ] {
            let writer = try RecordWriter(path: "\(data)/\(name)", compression: compression)
            for record in source[range] { try writer.write(unsafe record.span.bytes) }
            try writer.finish()
        }
        return data
    }

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
        try Data([1]).write(to: URL(filePath: folder.path("out/train-1.tempstate5a")))
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
        try FileManager.default.createDirectory(
            atPath: folder.path("full"),
            withIntermediateDirectories: true
        )
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
}
