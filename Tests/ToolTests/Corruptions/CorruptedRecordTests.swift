import Checkpoint
import Foundation
import Proto
import TestSupport
import Testing

/// Corrupted pictures in TFRecords.
@Suite("make-records --corruptions --records")
struct CorruptedRecordTests {
    private let runs: CorruptionRuns

    init() throws {
        runs = try CorruptionRuns()
        try runs.add("corruptions/a224.png", to: "a", as: "one.jpg")
        try runs.add("corruptions/a224.png", to: "a", as: "two.jpg")
        try runs.add("corruptions/b256.png", to: "b")
        try runs.add("corruptions/a224.png", to: "c", as: "one.jpg")
        try runs.add("corruptions/c431x297.jpg", to: "c")
    }

    private let common = ["--only", "shot_noise,fog", "--severities", "2,4"]

    private func records(_ path: String) throws -> [Example] {
        let reader = try RecordReader(path: runs.folder.path(path))
        var examples: [Example] = []
        while let record = try reader.next() {
            examples.append(try Example(unsafe record.bytes.buffer.bytes))
        }
        return examples
    }

    @Test("hold the bytes of the files, in their order, whatever the threads")
    func bytes() throws {
        _ = try runs.results(common + ["--output-dir", runs.folder.path("files")])
        let files = try runs.files("files")
        for threads in ["1", "2"] {
            let name = "records\(threads)"
            let results = try runs.results(
                common + [
                    "--output-dir", runs.folder.path(name), "--records", "--shards=2", "-j",
                    threads,
                ]
            )
            #expect(results["written"] as? Int == 20)
            for part in ["shot_noise/2", "shot_noise/4", "fog/2", "fog/4"] {
                let both =
                    try records("\(name)/\(part)/validation-00000-of-00002")
                    + records("\(name)/\(part)/validation-00001-of-00002")
                var found: [String] = []
                for example in both {
                    guard case .bytes(let classes) = example["image/class/synset"],
                        case .bytes(let names) = example["image/filename"],
                        case .bytes(let encoded) = example["image/encoded"],
                        case .integers(let labels) = example["image/class/label"]
                    else {
                        Issue.record("a feature is missing")
                        continue
                    }
                    let className = String(decoding: classes[0], as: UTF8.self)
                    let path = "\(part)/\(className)/" + String(decoding: names[0], as: UTF8.self)
                    found.append(path)
                    #expect(encoded[0] == files[path], "\(path)")
                    #expect(labels == [["a": 1, "b": 2, "c": 3][className] ?? 0])
                }
                #expect(found == files.keys.filter { $0.hasPrefix(part) }.sorted())
            }
            #expect(try runs.folder.text("\(name)/labels.txt") == "a\nb\nc\n")
        }
    }

    @Test("are kept when they are there, and not mixed with others")
    func kept() throws {
        let out = ["--output-dir", runs.folder.path("out"), "--records"]
        _ = try runs.results(common + out)
        let whole = try runs.files("out")
        try FileManager.default.removeItem(
            atPath: runs.folder.path("out/fog/2/validation-00000-of-00001")
        )
        let again = try runs.results(common + out)
        #expect(again["written"] as? Int == 5 && again["kept"] as? Int == 15)
        #expect(try runs.files("out") == whole)
        for (more, sentence) in [
            (["--shards=2"], "of another number of files"), (["--seed=1"], "made with seed: 0"),
        ] {
            let outcome = try runs.run(
                ["--source", runs.folder.path("pictures")] + common + out + more
            )
            #expect(outcome.exitCode == 3)
            #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
        }
        let files = try runs.run(
            ["--source", runs.folder.path("pictures")] + common
                + ["--output-dir", runs.folder.path("out")]
        )
        #expect(files.errors.contains("in records"))
    }
}
