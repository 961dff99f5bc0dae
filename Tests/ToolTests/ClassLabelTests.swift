import Foundation
import Proto
import TestSupport
import Testing

/// Which label a class folder has, in every tool.
@Suite("The labels of class folders", .serialized)
struct ClassLabelTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func accuracy(_ data: String, _ more: [String] = []) throws -> (Double?, [String]) {
        let outcome = try TinyData.eval(
            ["--data-dir", folder.path(data), "--label-offset=1"] + more
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        return (outcome.figure("accuracy"), outcome.complaints)
    }

    private func padded(_ label: Int) -> String { label < 10 ? "c0\(label)" : "c\(label)" }

    @Test("go by the names of a file where a class has no folder, and are doubted without one")
    func missing() throws {
        try TinyData.folders("data", in: folder) { $0 == 4 ? nil : padded($0) }
        try folder.write((1...10).map { padded($0) + "\n" }.joined(), to: "names")
        let (right, complaints) = try accuracy("data", ["--label-file", folder.path("names")])
        #expect(right == 0.555556)
        #expect(complaints.isEmpty)
        let (_, doubts) = try accuracy("data")
        #expect(doubts.count == 1)
        #expect(doubts.first?.contains("9 class folders, but the model has 11 classes") == true)
        #expect(doubts.first?.contains("--label-file names the classes") == true)
        // Beside the data the same file needs no flag.
        try folder.write(try folder.bytes("names"), to: "data/labels.txt")
        let (beside, none) = try accuracy("data")
        #expect(beside == 0.555556)
        #expect(none.isEmpty)
    }

    @Test("count folders with pictures alone, and tell of the others")
    func foreign() throws {
        try TinyData.folders("data", in: folder) { $0 < 10 ? "n0144000\($0)" : nil }
        try folder.makeFolder("data/lost+found")
        try folder.makeFolder("data/__MACOSX/n01440001")
        try folder.write([0], to: "data/__MACOSX/n01440001/._p0.JPEG")
        try folder.makeFolder("data/annotations")
        try folder.write("<a/>", to: "data/annotations/p0.xml")
        try folder.write([0xD0, 0xCF], to: "data/n01440002/Thumbs.db")
        try folder.write("read me", to: "data/n01440003/readme.txt")
        let outcome = try TinyData.eval(["--data-dir", folder.path("data"), "--label-offset=1"])
        #expect(outcome.figure("accuracy") == 0.611111)
        #expect(outcome.figure("images") == 18)
        #expect(
            outcome.errors.contains(
                "note: left out, as no pictures lie in them: __MACOSX, annotations, lost+found in"
            )
        )
        #expect(
            outcome.errors.contains(
                "note: 2 files in class folders are no pictures and are left out: "
                    + "n01440002/Thumbs.db, n01440003/readme.txt"
            )
        )
        let made = try Tool.run(
            "make-records",
            ["-s", folder.path("data"), "-o", folder.path("out"), "--train-shards", "1"]
        )
        #expect(made.exitCode == 0)
        #expect(made.errors.contains("left out, as no pictures lie in them: __MACOSX"))
        #expect(
            try folder.text("out/labels.txt")
                == (1...9).map { "n0144000\($0)\n" }.joined()
        )
    }

    @Test("are numbers where all names are, also where some are missing")
    func numbers() throws {
        try TinyData.folders("data", in: folder) { "\($0)" }
        #expect(try accuracy("data") == (0.6, []))
        try FileManager.default.removeItem(atPath: folder.path("data/4"))
        let (right, complaints) = try accuracy("data")
        #expect(right == 0.555556)
        #expect(complaints.contains { $0.contains("the numbers are taken for the classes") })
    }

    @Test("are those of the training that left the checkpoint")
    func training() throws {
        try TinyData.folders("data/train", in: folder) { $0 <= 4 ? padded($0) : nil }
        try TinyData.folders("data/val", in: folder) { [1, 3, 4].contains($0) ? padded($0) : nil }
        let trained = try Tool.run("finetune", TinyData.training(folder, "data", "out"))
        #expect(trained.exitCode == 0, "\(trained.errors)")
        for place in ["out", "out/best", "out/periodical"] {
            #expect(try folder.text("\(place)/labels.txt") == "c01\nc02\nc03\nc04\n")
        }
        func labels(_ model: String, _ data: String) throws -> [String] {
            let file = folder.path("predictions.jsonl")
            let outcome = try Tool.run(
                "eval",
                [
                    "--model-dir", folder.path(model), "--data-dir", folder.path(data), "-p",
                    "imagenet_064", "-j", "1", "--predictions", file, "--force",
                ]
            )
            guard outcome.exitCode == 0 else { return [outcome.errors] }
            return try folder.text("predictions.jsonl").split(separator: "\n").map { line in
                let found = try JSONSerialization.jsonObject(with: Data(line.utf8))
                return "\((found as? [String: Any])?["label"] ?? "")"
            }
        }
        #expect(try labels("out", "data/val") == ["0", "0", "2", "2", "3", "3"])
        #expect(try labels("out/best", "data/val") == ["0", "0", "2", "2", "3", "3"])
        // The whole set is evaluated in its part for that.
        #expect(try labels("out", "data") == ["0", "0", "2", "2", "3", "3"])
        // Carried away without its folder.
        try FileManager.default.copyItem(
            atPath: folder.path("out/best"),
            toPath: folder.path("carried")
        )
        #expect(try labels("carried", "data/val") == ["0", "0", "2", "2", "3", "3"])
        // A class that the network does not know.
        try TinyData.folders("data/val", in: folder) { $0 == 9 ? "c09" : nil }
        let unknown = try labels("out", "data/val")
        #expect(unknown.first?.contains("called like no known class: c09") == true)
        // A training that goes on keeps its classes.
        try FileManager.default.removeItem(atPath: folder.path("data/val"))
        try FileManager.default.moveItem(
            atPath: folder.path("data/train/c01"),
            toPath: folder.path("data/train/x01")
        )
        let resumed = try Tool.run(
            "finetune",
            TinyData.training(folder, "data", "out") + ["--stop-at-step=2"]
        )
        #expect(resumed.exitCode == 3)
        #expect(resumed.errors.contains("called like no known class: x01"), "\(resumed.errors)")
    }

    @Test("are refused before the first picture where the model has no such class")
    func outside() throws {
        try TinyData.folders("data", in: folder) { "c\($0)" }
        let outcome = try TinyData.eval(["--data-dir", folder.path("data"), "--label-offset=2"])
        #expect(outcome.exitCode == 4)
        #expect(outcome.output.isEmpty)
        #expect(
            outcome.complaints == [
                "\(folder.path("data")): the class folder 'c9' has label 11, which is outside the "
                    + "model's 11 classes (0...10)"
            ]
        )
        let training = try Tool.run(
            "finetune",
            TinyData.training(folder, "data", "out") + ["--num-classes=9"]
        )
        #expect(training.exitCode == 4)
        #expect(training.errors.contains("has label 9, which is outside the model's 9 classes"))
        // Of records a few are looked at before the training.
        try TinyData.records("records/train-0", in: folder) { picture, index in
            TinyData.example(picture, label: .integers([index == 19 ? 11 : Int64(picture.label)]))
        }
        let records = try Tool.run(
            "finetune",
            TinyData.training(folder, "records", "out") + ["--num-classes=11"]
        )
        #expect(records.exitCode == 4)
        #expect(records.errors.contains("record 19 at byte"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
    }

    @Test("survive the way through pictures where a class has none, or shares its name")
    func roundTrip() throws {
        try TinyData.records("in/validation-00000-of-00001", in: folder, 0..<20) { picture, _ in
            TinyData.example(picture)
        }
        let lacking = try TinyData.pictures(60).filter { ![3, 7].contains($0.label) }
        try TinyData.records("in/validation-00000-of-00001", in: folder, 0..<lacking.count) {
            TinyData.example(lacking[$1])
        }
        let before = try TinyData.eval(["--data-dir", folder.path("in")])
        let names = try folder.write(
            "a\nb\nc\nd\ne\nf\ng\nh\nb\nj\n",
            to: "names"
        )
        for (place, more) in [
            ("plain", []), ("named", ["--labels-file", names, "--label-offset", "1"]),
        ] {
            let out = try Tool.run(
                "make-records",
                ["--extract", folder.path(place), "--source", folder.path("in")] + more
            )
            #expect(out.exitCode == 0, "\(out.errors)")
            let folders = try TemporaryFolder.names(at: folder.path("\(place)/validation"))
            #expect(folders.count == 10)
            let back = try Tool.run(
                "make-records",
                [
                    "--source", folder.path(place), "--label-offset", "1", "-o",
                    folder.path("\(place)-back"), "--validation-shards", "1",
                ]
            )
            #expect(back.exitCode == 0, "\(back.errors)")
            for data in ["\(place)-back", "\(place)/validation"] {
                let after = try TinyData.eval(
                    ["--data-dir", folder.path(data)]
                        + (data.hasSuffix("back") ? [] : ["--label-offset=1"])
                )
                #expect(after.figure("accuracy") == before.figure("accuracy"), "\(after.errors)")
                #expect(after.complaints.isEmpty)
            }
        }
        #expect(try folder.text("named/labels.txt") == "a\nb-02\nc\nd\ne\nf\ng\nh\nb-09\nj\n")
    }

    @Test("of distilled records keep their names, and are compared with the teacher's")
    func distilled() throws {
        try folder.makeFolder("model")
        for name in try TemporaryFolder.names(at: Fixture.path("tiny/model")) {
            try folder.write(try Fixture.bytes("tiny/model/\(name)"), to: "model/\(name)")
        }
        let names = (1...10).map { padded($0) }
        try folder.write(names.map { "\($0)\n" }.joined(), to: "model/labels.txt")
        try TinyData.records("in/validation-0", in: folder, 0..<4)
        for (text, isRight) in [(names, true), (names.reversed(), false)] {
            try folder.write(text.map { "\($0)\n" }.joined(), to: "in/labels.txt")
            let outcome = try Tool.run(
                "distill-logits",
                [
                    "--teacher", folder.path("model"), "-p", "imagenet_096",
                    "--anti-alias-type=sconv", "--anti-alias-filter-size=3", "--pool-type=gap",
                    "--no-downsample=False", "-j", "1",
                    "--data-dir", folder.path("in"), "-o", folder.path("out\(isRight)"),
                ]
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(
                try folder.bytes("out\(isRight)/labels.txt") == folder.bytes("in/labels.txt")
            )
            #expect(outcome.complaints.isEmpty == isRight)
            if !isRight {
                #expect(outcome.complaints.first?.contains("labels do not mean the same") == true)
            }
        }
    }
}
