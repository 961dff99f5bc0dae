import Convert
import Foundation
import TestSupport
import Testing

/// Evaluations in parts, which come together to the digits of one run.
@Suite("eval --shard, --partial, --resume and --merge", .serialized)
struct PartialRunTests {
    private let data: RobustnessData
    private var folder: TemporaryFolder { data.folder }

    init() throws { data = try RobustnessData() }

    private func part(_ index: Int) -> String { folder.path("part\(index)") }

    /// Runs all parts, and gives the JSON of them merged.
    private func merged(_ count: Int, _ run: ([String]) throws -> Tool.Outcome) throws
        -> NSDictionary
    {
        for index in 0..<count {
            let batch = ["--batch-size", "\(3 + index)"]
            let outcome = try run(
                ["--shard", "\(index)/\(count)", "--partial", part(index), "--force"] + batch
            )
            try #require(outcome.exitCode == 0, "\(outcome.errors)")
        }
        // The order of the files does not matter.
        let files = (0..<count).reversed().map(part)
        let outcome = try Tool.run("eval", ["--merge"] + files + ["--json"])
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
        return try RobustnessData.figures(outcome.output)
    }

    @Test("accuracy and loss of parts are those of one run, whatever their number")
    func accuracy() throws {
        try TinyData.records("data/validation-00000-of-00001", in: folder, 0..<50)
        let plain = ["--data-dir", folder.path("data"), "--label-smoothing=0.1"]
        let whole = try RobustnessData.figures(try TinyData.eval(plain + ["--json"]).output)
        for count in [1, 2, 3, 7] {
            #expect(try merged(count) { try TinyData.eval(plain + $0) } == whole, "\(count) parts")
        }
        let limited = plain + ["--limit=23"]
        let fewer = try RobustnessData.figures(try TinyData.eval(limited + ["--json"]).output)
        #expect(try merged(3) { try TinyData.eval(limited + $0) } == fewer)
    }

    @Test("class folders, and corrupt records that are left out, come out even too")
    func corrupt() throws {
        try TinyData.records("data/validation-00000-of-00001", in: folder, 0..<20)
        var bytes = try folder.bytes("data/validation-00000-of-00001")
        bytes[bytes.count / 2] ^= 0xFF
        try folder.write(bytes, to: "data/validation-00000-of-00001")
        let options = ["--data-dir", folder.path("data"), "--skip-corrupt=1"]
        let whole = try RobustnessData.figures(try TinyData.eval(options + ["--json"]).output)
        #expect(whole["skipped"] as? Int == 1)
        #expect(try merged(3) { try TinyData.eval(options + $0) } == whole)
        let folders = ["--data-dir", folder.path("clean"), "--label-offset=1"]
        let plain = try RobustnessData.figures(try TinyData.eval(folders + ["--json"]).output)
        #expect(try merged(4) { try TinyData.eval(folders + $0) } == plain)
    }

    @Test("retrieval of parts ranks all pictures against each other, in their order")
    func retrieval() throws {
        try TinyData.records("data/validation-00000-of-00001", in: folder, 0..<60)
        for similarity in ["cosine", "euclidean"] {
            let options = [
                "--data-dir", folder.path("data"), "--zeroshot-eval", "--recall-at-k=1,2,5",
                "--eval-similarity=\(similarity)",
            ]
            let whole = try RobustnessData.figures(try TinyData.eval(options + ["--json"]).output)
            #expect(whole["recall_at_2"] as? Double != nil)
            #expect(try merged(3) { try TinyData.eval(options + $0) } == whole)
        }
    }

    @Test("corruptions of files and in memory, in parts, are those of one run")
    func corruptions() throws {
        let only = ["--only=shot_noise,fog", "--severities=2,5"]
        try data.corrupt("shot_noise,fog", "2,5")
        let files =
            only + [
                "--data-dir", folder.path("files"), "--clean-dir", folder.path("clean"),
                "--resize=110",
            ]
        let whole = try RobustnessData.figures(try data.eval(files + ["--json"]).output)
        #expect(try merged(3) { try data.eval(files + $0) } == whole)
        let memory = only + ["--corrupt-from", folder.path("clean")] + RobustnessData.making
        let made = try RobustnessData.figures(try data.eval(memory + ["--json"]).output)
        #expect(made["mce"] as? Double == whole["mce"] as? Double)
        for count in [2, 3] {
            #expect(try merged(count) { try data.eval(memory + $0) } == made, "\(count) parts")
        }
    }

    @Test("an interrupted run goes on where it was, once and again")
    func resumed() throws {
        let memory =
            ["--only=shot_noise,fog,snow", "--corrupt-from", folder.path("clean")]
            + RobustnessData.making
        let whole = try RobustnessData.figures(try data.eval(memory + ["--json"]).output)
        let kept = ["--partial", part(0), "--resume", "--batch-size=2"]
        var interrupted = 0
        for delay in [700, 600, 500, 400] {
            let outcome = try Tool.run(
                "eval",
                ["--robustness_type=ce"] + data.model + RobustnessData.size + memory + kept
                    + ["-j", "1"],
                environment: ["OMP_NUM_THREADS": "1"],
                signal: SIGINT,
                after: .milliseconds(delay)
            )
            if outcome.exitCode == 130 { interrupted += 1 }
        }
        let end = try data.eval(memory + kept + ["--json"])
        #expect(end.exitCode == 0, "\(end.errors)")
        #expect(try RobustnessData.figures(end.output) == whole)
        // What is done is not computed again.
        let again = try data.eval(memory + kept + ["--json"])
        #expect(again.errors.contains("is done: its 320 pictures are counted already"))
        #expect(try RobustnessData.figures(again.output) == whole)
        print("eval --resume: \(interrupted) of 4 runs were interrupted")
    }

    @Test("a picture that cannot be used is left out once, also where a run broke off amid it")
    func corruptAtTheBreak() throws {
        let names = try TemporaryFolder.names(at: folder.path("clean/n00000003")).sorted()
        try folder.write([0xFF, 0xD8, 0xFF, 0, 1, 2, 3], to: "clean/n00000003/\(names[0])")
        let run =
            ["--only=shot_noise,fog", "--severities=2,5", "--skip-corrupt=1", "--json"]
            + ["--corrupt-from", folder.path("clean"), "--partial", part(0)] + RobustnessData.making
        let whole = try data.eval(run, threads: 2)
        try #require(whole.exitCode == 0, "\(whole.errors)")
        #expect(try RobustnessData.json(whole.output)["skipped"] as? Int == 1)
        #expect(whole.errors.components(separatedBy: "left out: ").count == 2)
        // As if it had been stopped behind two of the five that are made of the picture.
        var stopped = try PartialFile.read(part(0))
        let place = try #require(stopped.lastSkipped)
        #expect(place == 20)
        stopped.position = place + 2
        stopped.isComplete = false
        try PartialFile.write(stopped, to: part(0))
        let end = try data.eval(run + ["--resume"])
        #expect(end.exitCode == 0, "\(end.errors)")
        #expect(try RobustnessData.json(end.output)["skipped"] as? Int == 1)
    }

    @Test("files that do not belong together are refused with the difference")
    func strangers() throws {
        try TinyData.records("data/validation-00000-of-00001", in: folder, 0..<20)
        try TinyData.records("other/validation-00000-of-00001", in: folder, 0..<21)
        let plain = ["--data-dir", folder.path("data")]
        func keep(_ index: Int, _ more: [String]) throws {
            let arguments = plain + ["--partial", part(index), "--force"] + more
            let outcome = try TinyData.eval(arguments)
            try #require(outcome.exitCode == 0, "\(outcome.errors)")
        }
        func merge(_ indices: [Int]) throws -> String {
            let outcome = try Tool.run("eval", ["--merge"] + indices.map(part))
            #expect(outcome.exitCode == 4)
            #expect(outcome.output.isEmpty)
            return outcome.errors
        }
        try keep(0, ["--shard=0/2"])
        try keep(1, ["--shard=1/2", "-p", "imagenet_128"])
        #expect(try merge([0, 1]).contains("image_size is 96 in one and 128 in the other"))
        try keep(1, ["--shard=1/2", "--data-dir", folder.path("other")])
        #expect(try merge([0, 1]).contains("data_sha256 is "))
        try keep(1, ["--shard=1/3"])
        #expect(try merge([0, 1]).contains("one is of 2 parts and the other of 3"))
        try keep(1, ["--shard=1/2", "--zeroshot-eval"])
        #expect(
            try merge([0, 1]).contains("measure is accuracy in one and retrieval in the other")
        )
        #expect(try merge([0, 0]).contains("both are part 0/2"))
        #expect(try merge([0]).contains("1 of 2 parts are missing: 1/2"))

        let there = try TinyData.eval(plain + ["--partial", part(0)])
        #expect(there.exitCode == 3)
        #expect(there.errors.contains("--resume goes on with it, --force replaces it"))
        let other = try TinyData.eval(
            plain + ["--partial", part(0), "--resume", "--shard=0/2", "--label-smoothing=0.5"]
        )
        #expect(other.exitCode == 4)
        #expect(other.errors.contains("label_smoothing is 0.0 in one and 0.5 in the other"))
        let place = try TinyData.eval(
            plain + ["--partial", part(0), "--resume", "--shard=1/2"]
        )
        #expect(place.errors.contains("this is part 0/2, not 1/2"))
    }
}
