import Checkpoint
import Data
import Foundation
import Proto
import TestSupport
import Testing

/// What tools make of record sets and records that are not as they should be.
@Suite("Records that are not as they should be", .serialized)
struct RecordDataTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var teacher: [String] {
        [
            "--teacher", Fixture.path("tiny/model"), "-p", "imagenet_096",
            "--anti-alias-type=sconv", "--anti-alias-filter-size=3", "--pool-type=gap",
            "--no-downsample=False", "--no-progress", "-j", "1",
        ]
    }

    @Test("several labels in one place are refused by every tool, with record and key")
    func severalLabels() throws {
        for name in ["in/train-0", "in/validation-0"] {
            try TinyData.records(name, in: folder, 0..<8) { picture, _ in
                TinyData.example(
                    picture,
                    label: .integers((0..<11).map { $0 == picture.label ? 1 : 0 })
                )
            }
        }
        let reason = "record 0 at byte 0: expected one integer in image/class/label, found 11"
        let data = ["--data-dir", folder.path("in")]
        let runs = [
            try TinyData.eval(data),
            try Tool.run(
                "finetune",
                TinyData.training(folder, "in", "model") + ["--num-classes=11"]
            ),
            try Tool.run("distill-logits", teacher + data + ["-o", folder.path("out")]),
            try Tool.run(
                "make-records",
                ["--extract", folder.path("pictures"), "--source", folder.path("in")]
            ),
        ]
        for run in runs {
            #expect(run.exitCode == 3)
            #expect(run.output.isEmpty)
            #expect(run.complaints.last?.hasSuffix(reason) == true, "\(run.errors)")
        }
    }

    @Test("an incomplete set is a warning to eval, and an error to those that build on it")
    func incomplete() throws {
        for index in [0, 1, 3] {
            for part in ["train", "validation"] {
                try TinyData.records("in/\(part)-0000\(index)-of-00004", in: folder, 0..<2)
            }
        }
        let data = ["--data-dir", folder.path("in")]
        let fault = "\(folder.path("in")): validation: 1 of 4 files are missing: number 2"
        let seen = try TinyData.eval(data)
        #expect(seen.exitCode == 0)
        #expect(seen.complaints == ["warning: \(fault)"])
        let training = TinyData.training(folder, "in", "model") + ["--num-classes=11"]
        let distilling = teacher + data + ["-o", folder.path("out")]
        for (tool, arguments) in [("finetune", training), ("distill-logits", distilling)] {
            let refused = try Tool.run(tool, arguments)
            #expect(refused.exitCode == 3)
            #expect(refused.complaints.contains("\(fault); --force goes on nevertheless"))
            let forced = try Tool.run(tool, arguments + ["--force"])
            #expect(forced.exitCode == 0, "\(forced.errors)")
            #expect(forced.complaints.contains("warning: \(fault)"))
        }
    }

    @Test("other names of features are known, given, or told")
    func names() throws {
        func foreign(_ picture: TinyData.Picture, _ keys: (String, String)) -> Example {
            var example = Example()
            example[keys.0] = .bytes([picture.bytes])
            example[keys.1] = .integers([Int64(picture.label)])
            return example
        }
        let file = "imagenet2012-validation.tfrecord-00000-of-00001"
        try TinyData.records("known/\(file)", in: folder) { picture, _ in
            foreign(picture, ("image", "label"))
        }
        let known = ["--data-dir", folder.path("known")]
        let refused = try TinyData.eval(known)
        #expect(refused.exitCode == 3)
        #expect(refused.complaints.last?.contains("record files are there: \(file)") == true)
        #expect(refused.complaints.last?.contains("--val-regex") == true)
        let pattern = ["--val-regex", "imagenet2012-val*"]
        #expect(try TinyData.eval(known + pattern).figure("accuracy") == 0.6)
        let distilled = try Tool.run(
            "distill-logits",
            teacher + known + pattern + ["-o", folder.path("out")]
        )
        #expect(distilled.figure("agreement") == 0.6, "\(distilled.errors)")

        try TinyData.records("given/validation-0", in: folder) { picture, _ in
            foreign(picture, ("image_raw", "y"))
        }
        let given = ["--data-dir", folder.path("given")]
        let told = try TinyData.eval(given)
        #expect(told.exitCode == 3)
        #expect(told.complaints.last?.contains("the record holds image_raw, y") == true)
        let keys = ["--image-key=image_raw", "--label-key=y"]
        #expect(try TinyData.eval(given + keys).figure("accuracy") == 0.6)
        let extracted = try Tool.run(
            "make-records",
            ["--extract", folder.path("p"), "--source", folder.path("given")] + keys
        )
        #expect(extracted.exitCode == 0)
        let picture = try Tool.run(
            "inspect",
            [
                folder.path("given/validation-0"), "--image", "0", "-o", folder.path("p.jpg"),
                "--image-key=image_raw",
            ]
        )
        #expect(picture.exitCode == 0)
    }

    @Test("a teacher's row is one picture's, whichever file it comes from")
    func rows() throws {
        func named(_ name: String, _ picture: TinyData.Picture) -> Example {
            var example = TinyData.example(picture)
            example["image/filename"] = .bytes([Array(name.utf8)])
            return example
        }
        let row = (0..<11).map { ",\($0)" }.joined()
        try TinyData.records("in/train-0", in: folder, 0..<2) {
            named(["a/x.jpg", "y.jpg"][$1], $0)
        }
        try TinyData.records("in/validation-0", in: folder, 0..<1) { picture, _ in
            named("b/x.jpg", picture)
        }
        let one = try folder.write("x.jpg\(row)\ny.jpg\(row)\n", to: "one.csv")
        func distill(_ arguments: [String], _ name: String) throws -> Tool.Outcome {
            try Tool.run(
                "distill-logits",
                ["--data-dir", folder.path("in"), "-o", folder.path(name)] + arguments
            )
        }
        let (train, validation) = (folder.path("in/train-0"), folder.path("in/validation-0"))
        for part in [[], ["--shard=1/2"]] {
            let shared = try distill(["--from-csv", one] + part, "a")
            #expect(shared.exitCode == 3)
            #expect(
                shared.complaints == [
                    "\(validation): record 0 at byte 0: doubled: the row of b/x.jpg is that of "
                        + "\(train): record 0"
                ]
            )
        }
        // Several files are one table, and none of them is forgotten.
        let two = try folder.write("a/x.jpg\(row)\n", to: "two.csv")
        let three = try folder.write("b/x.jpg\(row)\ny.jpg\(row)\nz.jpg\(row)\n", to: "three.csv")
        let all = try distill(["--from-csv", two, "--from-csv", three], "b")
        #expect(all.exitCode == 0, "\(all.errors)")
        #expect(all.errors.contains("note: 1 rows of logits belong to no record and are left out"))
        let doubled = try distill(["--from-csv", two, three, two], "c")
        #expect(doubled.exitCode == 3)
        #expect(doubled.errors.contains("doubled: there was a row of a/x.jpg before"))
        let last = try distill(["--from-npy", "x.npy", "--from-npy", "y.npy"], "d")
        #expect(
            last.complaints.first
                == "warning: --from-npy is given 2 times; the last counts: y.npy"
        )
        // The same of pictures that become records.
        for name in ["p/c/x.jpg", "p/d/x.jpg"] {
            try folder.makeFolder(String(name.dropLast(6)))
            try folder.write(try Fixture.bytes("pictures/images/gray.jpg"), to: name)
        }
        let made = try Tool.run(
            "make-records",
            ["-s", folder.path("p"), "-o", folder.path("e"), "--logits", one]
        )
        #expect(made.exitCode == 3)
        #expect(made.errors.contains("doubled: the row of x.jpg is that of"))
    }

    @Test("what is behind the end of a cut file counts as one picture, also of a compressed one")
    func cut() throws {
        for compression in [RecordCompression.none, .gzip, .zlib] {
            try TinyData.records("whole/validation-0", in: folder, 0..<8, compression: compression)
            let bytes = try folder.bytes("whole/validation-0")
            try folder.makeFolder("cut")
            try folder.write(Array(bytes.prefix(bytes.count * 3 / 4)), to: "cut/validation-0")
            let data = ["--data-dir", folder.path("cut")]
            #expect(try TinyData.eval(data).exitCode == 3)
            let skipped = try TinyData.eval(data + ["--skip-corrupt=1"])
            #expect(skipped.exitCode == 0, "\(skipped.errors)")
            #expect((4...6).contains(skipped.figure("images") ?? 0))
            #expect(skipped.complaints.count == 1)
            #expect(skipped.complaints.first?.hasPrefix("warning: left out: ") == true)
        }
    }

    @Test("rows and names are found by bytes")
    func bytes() throws {
        let names: [[UInt8]] = [
            Array("\u{E9}.jpg".utf8), Array("e\u{301}.jpg".utf8), [0xE9], [0xE8],
        ]
        try TinyData.records("in/train-0", in: folder, 0..<4) { picture, index in
            var example = TinyData.example(picture)
            example["image/filename"] = .bytes([names[index]])
            return example
        }
        let rows = names.enumerated().flatMap { index, name in
            name + Array(",\(index),1,2\n".utf8)
        }
        let outcome = try Tool.run(
            "distill-logits",
            [
                "--data-dir", folder.path("in"), "-o", folder.path("out"), "--from-csv",
                folder.write(rows, to: "rows.csv"), "--offset=8",
            ]
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let reader = try RecordReader(path: folder.path("out/train-0"))
        for index in 0..<4 {
            let record = try #require(try reader.next())
            let logits = try TeacherLogits.read(unsafe record.bytes.buffer.bytes, classes: 11)
            #expect(logits[8] == Float(index))
        }
        // Pictures of one class whose names look alike stay two.
        let extracted = try Tool.run(
            "make-records",
            ["--extract", folder.path("p"), "--source", folder.path("in")]
        )
        #expect(extracted.output.hasPrefix("wrote 4 pictures"))
    }
}
