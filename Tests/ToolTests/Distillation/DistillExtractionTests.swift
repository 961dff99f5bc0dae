import Checkpoint
import Foundation
import Formats
import Proto
import TestSupport
import Testing

@Suite("distill-logits: as published", .serialized)
struct DistillExtractionTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let teacher = [
        "--teacher", Fixture.path("tiny/model"), "--anti-alias-type=sconv",
        "--anti-alias-filter-size=3", "--preprocessing-type=imagenet_096", "--pool-type=gap",
        "--no-downsample=False", "-j", "1", "--no-progress",
    ]

    private func distill(_ arguments: [String]) throws -> Tool.Outcome {
        try Tool.run("distill-logits", arguments, environment: ["OMP_NUM_THREADS": "1"])
    }

    /// Five files of seven pictures each, all with names of their own.
    private func data(_ part: String = "train") throws -> String {
        for file in 0..<5 {
            try TinyData.records(
                "data/\(part)-0000\(file)-of-00005",
                in: folder,
                (7 * file)..<(7 * file + 7)
            ) { picture, index in
                var example = TinyData.example(picture)
                example["image/filename"] = .bytes([Array("p\(index).JPEG".utf8)])
                return example
            }
        }
        return folder.path("data")
    }

    private func names(_ path: String) throws -> [String] {
        try folder.text(path).split(separator: "\n").map { String($0.prefix { $0 != "," }) }
    }

    @Test("a share of the files is the published one, and of these one record in turn")
    func share() throws {
        let data = try data()
        // 2.5 files a share: by their numbers, 0 to 2 and 3 and 4.
        for (number, wanted) in [(0, [0, 1, 2]), (1, [3, 4])] {
            let outcome = try distill(
                Self.teacher + [
                    "--data_dir=\(data)", "--output_dir=\(folder.path("csv"))", "--gpu_to_use=0",
                    "--no_shard=\(number)", "--total_num_shard=2", "--n_tfrecord=5",
                ]
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            let order = (0..<7).flatMap { record in wanted.map { "p\(7 * $0 + record).JPEG" } }
            #expect(try names("csv/train-\(number).csv") == order)
        }
        let again = try distill(
            Self.teacher + [
                "--data_dir=\(data)", "--output_dir=\(folder.path("csv"))", "--no_shard=0",
                "--total_num_shard=2",
            ]
        )
        #expect(again.exitCode == 3)
        #expect(again.errors.contains("train-0.csv"))
        let none = try distill(
            Self.teacher + [
                "--data_dir=\(data)", "--output_dir=\(folder.path("csv"))", "--no_shard=2",
                "--total_num_shard=2",
            ]
        )
        #expect(none.exitCode == 2)
    }

    @Test("what is written can be read back, a folder of it too, and is the teacher to the bit")
    func roundTrip() throws {
        let data = try data()
        for number in 0..<2 {
            let outcome = try distill(
                Self.teacher + [
                    "--data_dir=\(data)", "--output_dir=\(folder.path("csv"))", "--offset=1",
                    "--no_shard=\(number)", "--total_num_shard=2",
                ]
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
        }
        let direct = try distill(
            Self.teacher + [
                "--data-dir", data, "--output-dir", folder.path("direct"), "--offset=1",
            ]
        )
        #expect(direct.exitCode == 0, "\(direct.errors)")
        let read = try distill([
            "--from-csv", folder.path("csv"), "--data-dir", data, "--output-dir",
            folder.path("read"), "--no-progress",
        ])
        #expect(read.exitCode == 0, "\(read.errors)")
        for file in 0..<5 {
            let name = "train-0000\(file)-of-00005"
            #expect(try folder.bytes("read/\(name)") == folder.bytes("direct/\(name)"))
        }
    }

    @Test("the teacher's accuracy is printed as published")
    func accuracy() throws {
        let outcome = try distill(
            Self.teacher + ["--data_dir", Fixture.path("tiny/data"), "--eval-teacher"]
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.output == "Accuracy:\n0.648\n")
    }

    @Test("a module's graph is a teacher, with its own numbers")
    func module() throws {
        let data = try data("validation")
        let module = Fixture.path("import/hub-module")
        let outcome = try distill([
            "--teacher", module, "--data_dir=\(data)", "--output_dir=\(folder.path("csv"))",
            "--is_training=False", "--total_num_shard=1", "-p", "imagenet_096", "-b", "16",
            "--no-progress",
        ])
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let pixels = try TinyData.eval(["--data-dir", data, "--pixels", folder.path("x.npy")])
        #expect(pixels.exitCode == 0, "\(pixels.errors)")
        let logits = try Tool.run(
            "eval",
            [
                "--model-dir", module, "--tensor", folder.path("x.npy"), "--logits",
                folder.path("l.npy"),
            ]
        )
        #expect(logits.exitCode == 0, "\(logits.errors)")
        var reader = try NPYReader(path: folder.path("l.npy"))
        let classes = reader.header.shape[1]
        let all = try reader.elements(35 * classes, as: Float.self)
        let lines = try folder.text("csv/validation-0.csv").split(separator: "\n")
        #expect(lines.count == 35)
        for line in lines {
            let fields = line.split(separator: ",")
            let index = try #require(Int(fields[0].dropFirst().prefix { $0 != "." }))
            let row = all[(index * classes)..<((index + 1) * classes)]
            let largest = row.map(abs).max() ?? 1
            for (text, value) in zip(fields.dropFirst(), row) {
                let written = try #require(Float(text))
                #expect(abs(written - value) <= 1e-5 * largest)
            }
        }
        let wrong = try distill([
            "--teacher", module, "--data_dir=\(data)", "--output_dir=\(folder.path("other"))",
            "--is_training=False", "--no-progress",
        ])
        #expect(wrong.exitCode == 4)
        #expect(wrong.errors.contains("inception_331 makes them 331x331"), "\(wrong.errors)")
    }

    @Test("without a teacher it says which module is meant")
    func noTeacher() throws {
        let outcome = try distill([
            "--data_dir=x", "--output_dir=y", "--net_name=efficientnet", "--offset=1",
        ])
        #expect(outcome.exitCode == 2)
        #expect(outcome.errors.contains("efficientnet/b7/classification/1"))
    }
}
