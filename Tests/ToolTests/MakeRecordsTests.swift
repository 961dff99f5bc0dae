import Foundation
import TestSupport
import Testing

@Suite("make-records")
struct MakeRecordsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func make(_ arguments: [String]) throws -> Tool.Outcome {
        try Tool.run("make-records", arguments + ["--no-progress"])
    }

    /// The bytes of all files in a folder below the test's.
    private func contents(_ name: String) throws -> [String: [UInt8]] {
        let url = folder.url.appending(path: name)
        let names = try FileManager.default.contentsOfDirectory(atPath: url.path)
        return try Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, [UInt8](try Data(contentsOf: url.appending(path: $0))))
            }
        )
    }

    /// Class folders of a few fixtures.
    private func tree(_ names: [String] = ["odd-422.jpg", "gray.jpg", "small-upscaled.jpg"]) throws
        -> String
    {
        for (index, name) in names.enumerated() {
            let target = folder.url.appending(path: "pictures/class \(index % 2)")
            try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
            try Data(try Fixture.bytes("pictures/images/\(name)"))
                .write(to: target.appending(path: name))
        }
        return folder.path("pictures")
    }

    @Test("records made of the pictures taken out of records evaluate to the same accuracy")
    func roundTrip() throws {
        let data = Fixture.path("tiny/data")
        let pictures = folder.path("pictures")
        let extracted = try make(["--extract", pictures, "--source", data])
        #expect(extracted.exitCode == 0, "\(extracted.errors)")
        #expect(
            extracted.output
                == "wrote 1,000 pictures of 10 classes to \(pictures); the first label is 1\n"
        )
        let built = try make([
            "--source", pictures, "--output-dir", folder.path("records"), "--label-offset", "1",
            "--validation-shards", "4",
        ])
        #expect(built.exitCode == 0, "\(built.errors)")
        let scores = try Tool.run(
            "eval",
            [
                "--data-dir", folder.path("records"), "--model-dir", Fixture.path("tiny/model"),
                "--preprocessing-type=imagenet_096", "--anti-alias-type=sconv",
                "--anti-alias-filter-size=3", "--json",
            ]
        )
        #expect(scores.exitCode == 0, "\(scores.errors)")
        let found = try JSONSerialization.jsonObject(with: Data(scores.output.utf8))
        let values = try #require(found as? [String: Any])
        #expect(values["accuracy"] as? Double == 0.648)
    }

    @Test("the bytes do not depend on the threads, and do depend on the seed")
    func determinism() throws {
        let source = try make([
            "--extract", folder.path("all"), "--source", Fixture.path("tiny/data"),
        ])
        #expect(source.exitCode == 0)
        let common = [
            "--source", folder.path("all/validation"), "--train-shards", "8",
            "--validation-shards", "2", "--validation-share", "0.1",
        ]
        for (name, more) in [
            ("one", ["-j", "1"]), ("two", ["-j", "2"]), ("other", ["--seed", "1"]),
        ] {
            #expect(try make(common + ["--output-dir", folder.path(name)] + more).exitCode == 0)
        }
        let one = try contents("one")
        #expect(one.count == 11)
        #expect(try contents("two") == one)
        let other = try contents("other")
        #expect(other["labels.txt"] == one["labels.txt"])
        #expect(other["train-00000-of-00008"] != one["train-00000-of-00008"])
    }

    @Test("what exists is not replaced unasked")
    func existing() throws {
        let source = try tree()
        let arguments = [
            "--source", source, "--output-dir", folder.path("out"), "--train-shards", "2",
        ]
        #expect(try make(arguments).exitCode == 0)
        let before = try contents("out")
        let again = try make(arguments + ["--seed", "3"])
        #expect(again.exitCode == 3)
        #expect(again.errors.contains("train-00000-of-00002"))
        #expect(try contents("out") == before)
        #expect(try make(arguments + ["--force"]).exitCode == 0)
        #expect(try contents("out") == before)
    }

    @Test("pictures that cannot be decoded are named all at once, and nothing is written")
    func corrupt() throws {
        let source = try tree([
            "odd-422.jpg", "truncated.jpg", "not-a-jpeg.jpg", "empty.jpg", "gray.jpg",
        ])
        let arguments = [
            "--source", source, "--output-dir", folder.path("out"), "--train-shards", "2",
        ]
        let refused = try make(arguments)
        #expect(refused.exitCode == 3)
        for name in ["truncated.jpg", "not-a-jpeg.jpg", "empty.jpg"] {
            #expect(refused.errors.contains(name))
        }
        #expect(try contents("out").isEmpty)
        let skipped = try make(arguments + ["--skip-corrupt", "3", "--json"])
        #expect(skipped.exitCode == 0)
        #expect(skipped.output.contains("\"left_out\": 3"))
        #expect(skipped.output.contains("\"training\": 2"))
    }

    @Test("a PNG in disguise and a picture of four inks become JPEGs that eval can read")
    func rewritten() throws {
        let source = try tree(["really-png.jpg", "cmyk.jpg"])
        let out = folder.path("out")
        #expect(
            try make(["--source", source, "--output-dir", out, "--train-shards", "1"]).exitCode == 0
        )
        #expect(
            try make(["--source", out, "--extract", folder.path("back")]).exitCode == 0
        )
        for place in ["0/really-png.jpg", "1/cmyk.jpg"] {
            let found = [UInt8](
                try Data(contentsOf: folder.url.appending(path: "back/train/\(place)"))
            )
            // A JPEG, and one with TensorFlow's 300 dots an inch.
            #expect(found.prefix(4) == [0xFF, 0xD8, 0xFF, 0xE0])
            #expect(found[13...17] == [1, 1, 44, 1, 44])
        }
    }

    @Test("logits of a CSV go into the records of their pictures")
    func logits() throws {
        let source = try tree()
        let rows = try folder.write(
            "odd-422.jpg,1,2.5,-3\nsmall-upscaled.jpg,4,5,6\ngray.jpg,7,8,9\n",
            to: "a.csv"
        )
        let out = folder.path("out")
        let common = ["--source", source, "--output-dir", out, "--train-shards", "1"]
        #expect(try make(common + ["--logits", rows]).exitCode == 0)
        let shown = try Tool.run(
            "inspect",
            ["\(out)/train-00000-of-00001", "--record", "0", "--json"]
        )
        #expect(shown.output.contains("image/logit"))

        let lacking = try folder.write("odd-422.jpg,1,2.5,-3\n", to: "b.csv")
        let refused = try make(common + ["--logits", lacking, "--force"])
        #expect(refused.exitCode == 3)
        for name in ["gray.jpg", "small-upscaled.jpg"] {
            #expect(refused.errors.contains("missing: there is no row of \(name)"))
        }
        let twice = try make(common + ["--logits", rows, lacking, "--force"])
        #expect(twice.exitCode == 3)
        #expect(twice.errors.contains("doubled: several files have a row of odd-422.jpg"))
        let misshapen = try folder.write("odd-422.jpg,1,2\ngray.jpg,1\n", to: "c.csv")
        #expect(try make(common + ["--logits", misshapen, "--force"]).errors.contains("misshapen"))
    }

    @Test("an interruption leaves no file behind")
    func interruption() throws {
        let pictures = folder.path("pictures")
        #expect(
            try make(["--extract", pictures, "--source", Fixture.path("tiny/data")]).exitCode == 0
        )
        // Many links to few files, so that there is time to be interrupted.
        let many = folder.url.appending(path: "many/a")
        try FileManager.default.createDirectory(at: many, withIntermediateDirectories: true)
        let found = try FileManager.default.subpathsOfDirectory(atPath: pictures)
            .filter { $0.hasSuffix(".jpg") || $0.hasSuffix(".JPEG") }
        for copy in 0..<20 {
            for (index, name) in found.enumerated() {
                try FileManager.default.linkItem(
                    atPath: "\(pictures)/\(name)",
                    toPath: many.appending(path: "\(copy)-\(index).jpg").path
                )
            }
        }
        let outcome = try Tool.run(
            "make-records",
            [
                "--source", folder.path("many"), "--output-dir", folder.path("out"),
                "--train-shards", "8", "-j", "1",
            ],
            signal: SIGINT,
            after: .milliseconds(1500)
        )
        #expect(outcome.exitCode == 130)
        #expect(outcome.errors.contains("interrupted; nothing was written"))
        #expect(try contents("out").isEmpty)
    }

    @Test("a picture without a box cannot be cut to it")
    func boxes() throws {
        let pictures = folder.url.appending(path: "birds/images/001.A")
        try FileManager.default.createDirectory(at: pictures, withIntermediateDirectories: true)
        try Data(try Fixture.bytes("pictures/images/odd-422.jpg"))
            .write(to: pictures.appending(path: "a.jpg"))
        let arguments = [
            "--layout", "cub_200_2011", "--source", folder.path("birds"), "--output-dir",
            folder.path("out"), "--use-bbox",
        ]
        let refused = try make(arguments)
        #expect(refused.exitCode == 3)
        #expect(refused.errors.contains("images/001.A/a.jpg"))
        #expect(
            try make(["--source", folder.path("birds"), "--output-dir", "x", "--use-bbox"]).exitCode
                == 2
        )
    }

    @Test("the published ImageNet command runs, its threads divide, and logits come from a folder")
    func publishedImageNet() throws {
        let pictures = try TinyData.pictures(12)
        for (index, picture) in pictures.enumerated() {
            let part = index < 8 ? "train" : "validation"
            let place = "raw/\(part)/n0000000\(index % 2)"
            try folder.makeFolder(place)
            try folder.write(picture.bytes, to: "\(place)/p\(index).JPEG")
        }
        try folder.makeFolder("logits")
        let lines = pictures.indices.map { "p\($0).JPEG,\($0).5,1.0,2.0\n" }
        try folder.write(Array(lines[..<8].joined().utf8), to: "logits/train-0.csv")
        try folder.write(Array(lines[8...].joined().utf8), to: "logits/validation-0.csv")
        try folder.write(Array("n00000000\nn00000001\n".utf8), to: "synsets.txt")
        try folder.write(Array("n00000000\ta\nn00000001\tb\n".utf8), to: "metadata.txt")
        let common = [
            "--train_directory=\(folder.path("raw/train"))",
            "--validation_directory=\(folder.path("raw/validation"))", "--make_train=True",
            "--imagenet_metadata_file=\(folder.path("metadata.txt"))",
            "--labels_file=\(folder.path("synsets.txt"))", "--train_shards=4",
            "--validation_shards=2", "--logits_file_path=\(folder.path("logits"))",
        ]
        let built = try make(
            common + ["--output_directory=\(folder.path("two"))", "--num_threads=2"]
        )
        #expect(built.exitCode == 0, "\(built.errors)")
        #expect(built.output == "wrote 8 training and 4 validation pictures to \(folder.path("two"))\n")
        #expect(try contents("two")["labels.txt"] == Array("a\nb\n".utf8))
        let odd = try make(
            common + ["--output_directory=\(folder.path("three"))", "--num_threads=3"]
        )
        #expect(odd.exitCode == 2)
        #expect(odd.errors.contains("--num-threads=3 must divide --train-shards=4"))
        let some = try make(
            common + ["--output_directory=\(folder.path("one"))", "--make_train=False"]
        )
        #expect(some.exitCode == 0, "\(some.errors)")
        #expect(try contents("one").keys.filter { $0.hasPrefix("train") }.isEmpty)
    }

    @Test("the options of the other published builders are taken")
    func publishedBuilders() throws {
        let source = try tree()
        for (index, flags) in [["-d", source], ["-i", source]].enumerated() {
            let built = try make(
                flags + ["-o", folder.path("out\(index)"), "--train_shards", "1", "--validation_shards", "1"]
            )
            #expect(built.exitCode == 0, "\(built.errors)")
        }
        for value in ["yes", "1"] {
            let outcome = try make(["-d", source, "-o", folder.path("x"), "--use_bbox", value])
            #expect(outcome.exitCode == 2)
            #expect(outcome.errors.contains("has no boxes"), "\(outcome.errors)")
        }
        let missing = try make([
            "--layout", "cars196", "-d", source, "-o", folder.path("y"),
        ])
        #expect(missing.exitCode == 3)
        #expect(missing.errors.contains("where to find cars196: https://"))
    }

    @Test("ImageNet's own steps: boxes as the published list, validation pictures sorted")
    func imageNetSteps() throws {
        let boxes = try make([
            "--bounding-box-file", Fixture.path("imagenet/boxes"), "--labels-file",
            Fixture.path("imagenet/synsets.txt"), "--write-bounding-boxes", folder.path("b.csv"),
        ])
        #expect(boxes.exitCode == 0, "\(boxes.errors)")
        let expected = try Fixture.bytes("imagenet/boxes-of-synsets.csv")
        #expect(try folder.bytes("b.csv") == expected)
        #expect(boxes.output.hasPrefix("wrote 5 boxes of 7 files; left out: 3 files, 2 boxes"))
        try folder.makeFolder("val")
        for number in 1...4 {
            try folder.write([1], to: "val/ILSVRC2012_val_0000000\(number).JPEG")
        }
        let sorted = try make([
            "--sort-validation", folder.path("val"), "--validation-labels",
            Fixture.path("imagenet/ILSVRC2012_validation_ground_truth.txt"),
        ])
        #expect(sorted.exitCode == 0, "\(sorted.errors)")
        #expect(sorted.output == "moved 4 pictures in \(folder.path("val"))\n")
        #expect(try folder.bytes("val/n00000010/ILSVRC2012_val_00000003.JPEG") == [1])
    }

    @Test("the help names every layout")
    func help() throws {
        let help = try make(["--help"]).output
        for name in [
            "folders", "imagenet", "food101", "cub_200_2011", "cars196", "cars196_zeroshot", "SOP",
            "fgvc_aircraft", "oxford_iiit_pet", "oxford_flowers102", "uec_food100",
        ] {
            #expect(help.contains(name))
        }
    }
}
