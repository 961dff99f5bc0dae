import Foundation
import TestSupport
import Testing

/// Evaluations that ranks share: every digit and byte is that of one process.
@Suite(
    "eval on several ranks",
    .serialized,
    .enabled(if: !RankedRun.all.isEmpty, "\(RankedRun.reason)")
)
struct RankedEvalTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func eval(
        _ count: Int,
        _ arguments: [String],
        by launcher: RankedRun? = nil
    ) throws -> Tool.Outcome {
        let outcome = try RankedRun.run(count, "eval", TinyData.model + arguments, by: launcher)
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
        return outcome
    }

    @Test("accuracy, predictions, logits, embeddings and pixels are those of one process")
    func accuracy() throws {
        try TinyData.records("data/validation-00000-of-00001", in: folder, 0..<41)
        let plain = [
            "--data-dir", folder.path("data"), "--label-smoothing=0.1", "--json", "--force",
        ]
        func files(_ name: String) -> [String] {
            [
                "--predictions", folder.path("\(name).jsonl"), "--logits",
                folder.path("\(name)-logits.npy"), "--embeddings",
                folder.path("\(name)-embeddings.npy"), "--pixels",
                folder.path("\(name)-pixels.npy"),
                "--stages", folder.path("\(name)-stages.json"), "--batch-size=8",
            ]
        }
        let whole = try TinyData.eval(plain + files("one"))
        try #require(whole.exitCode == 0, "\(whole.errors)")
        let figures = try RobustnessData.figures(whole.output)
        for count in [2, 3] {
            let ranked = try eval(count, plain + files("many"))
            #expect(try RobustnessData.figures(ranked.output) == figures, "\(count) ranks")
            for end in [".jsonl", "-logits.npy", "-embeddings.npy", "-pixels.npy", "-stages.json"] {
                #expect(
                    try folder.bytes("many\(end)") == folder.bytes("one\(end)"),
                    "\(end) of \(count) ranks"
                )
            }
            #expect(ranked.errors.components(separatedBy: "note: input: ").count == 2)
            #expect(ranked.errors.contains("note: \(count) ranks on one host ("))
        }
        let limited = plain + ["--limit=23"]
        let fewer = try RobustnessData.figures(try TinyData.eval(limited).output)
        #expect(try RobustnessData.figures(try eval(3, limited).output) == fewer)
    }

    @Test("a page shows the surest mistakes of all ranks, in one process's order")
    func mistakes() throws {
        try TinyData.records("data/validation-00000-of-00001", in: folder, 0..<100)
        let plain = ["--data-dir", folder.path("data"), "--force", "--html"]
        func sheet(_ name: String) throws -> Substring {
            let page = try folder.text(name)
            let start = try #require(page.range(of: "<h2>The surest mistakes</h2>"))
            let rest = page[start.upperBound...]
            return rest[..<(rest.range(of: "<h2>")?.lowerBound ?? rest.endIndex)]
        }
        let whole = try TinyData.eval(plain + [folder.path("one.html")])
        try #require(whole.exitCode == 0, "\(whole.errors)")
        let expected = try sheet("one.html")
        #expect(expected.components(separatedBy: "<figure>").count > 20)
        for count in [2, 3] {
            let ranked = try eval(count, plain + [folder.path("many.html")])
            #expect(try sheet("many.html") == expected, "\(count) ranks")
            #expect(!ranked.errors.contains("surest"))
        }
    }

    @Test("each MPI library that is here gives the same", arguments: RankedRun.all)
    func libraries(launcher: RankedRun) throws {
        try TinyData.records("data/validation-00000-of-00001", in: folder, 0..<9)
        let plain = ["--data-dir", folder.path("data"), "--json"]
        let whole = try RobustnessData.figures(try TinyData.eval(plain).output)
        let ranked = try eval(2, plain, by: launcher)
        #expect(try RobustnessData.figures(ranked.output) == whole)
        #expect(ranked.errors.contains("2 ranks on one host ("))
    }

    @Test("more ranks than pictures, and pictures without labels, come out once and in order")
    func fewPictures() throws {
        let pictures = try TinyData.pictures(2)
        for (index, picture) in pictures.enumerated() {
            try folder.write(picture.bytes, to: "p\(index).jpg")
        }
        let plain = ["--images", folder.path("p0.jpg"), folder.path("p1.jpg")]
        let whole = try TinyData.eval(plain)
        #expect(try eval(3, plain).output == whole.output)
    }

    @Test("retrieval ranks all pictures against each other")
    func retrieval() throws {
        try TinyData.records("data/validation-00000-of-00001", in: folder, 0..<60)
        let options = [
            "--data-dir", folder.path("data"), "--zeroshot-eval", "--recall-at-k=1,2,5", "--json",
        ]
        let whole = try RobustnessData.figures(try TinyData.eval(options).output)
        #expect(try RobustnessData.figures(try eval(3, options).output) == whole)
    }

    @Test("the error under corruptions is that of one process")
    func corruptions() throws {
        let data = try RobustnessData()
        let options =
            ["--only=shot_noise,fog", "--severities=2,5", "--json", "--corrupt-from"]
            + [data.folder.path("clean")] + RobustnessData.making
        let whole = try RobustnessData.figures(try data.eval(options).output)
        let ranked = try RankedRun.run(
            3,
            "eval",
            ["--robustness_type=ce"] + data.model + RobustnessData.size + ["-j", "1"] + options
        )
        #expect(ranked.exitCode == 0, "\(ranked.errors)")
        #expect(try RobustnessData.figures(ranked.output) == whole)
    }

    @Test(
        "a corrupt record ends all with its sentence and exit code; one that may be left out is told once"
    )
    func corrupt() throws {
        try TinyData.records("data/validation-00000-of-00001", in: folder, 0..<20)
        var bytes = try folder.bytes("data/validation-00000-of-00001")
        bytes[bytes.count / 2] ^= 0xFF
        try folder.write(bytes, to: "data/validation-00000-of-00001")
        let plain = ["--data-dir", folder.path("data"), "--json", "--batch-size=4"]
        let one = try TinyData.eval(plain)
        #expect(one.exitCode == 3)
        let sentence = try #require(one.complaints.last)
        for count in [2, 3] {
            let ranked = try RankedRun.run(count, "eval", TinyData.model + plain)
            #expect(ranked.exitCode == 3, "\(ranked.errors)")
            #expect(ranked.output.isEmpty)
            let told = ranked.errors.split(separator: "\n").filter { $0.contains(sentence) }
            #expect(told.count == 1, "\(ranked.errors)")
        }
        let left = plain + ["--skip-corrupt=1"]
        let whole = try TinyData.eval(left)
        let ranked = try eval(3, left)
        #expect(
            try RobustnessData.figures(ranked.output) == RobustnessData.figures(whole.output)
        )
        #expect(ranked.errors.components(separatedBy: "left out: ").count == 2)
    }

    @Test("what is wrong for all ranks is said once, and what one process does is refused")
    func errors() throws {
        let usage = try RankedRun.run(2, "eval", ["--no-such-option"])
        #expect(usage.exitCode == 2)
        #expect(usage.errors.components(separatedBy: "no-such-option").count == 2)
        let missing = try RankedRun.run(2, "eval", TinyData.model + ["--data-dir", "/nowhere"])
        #expect(missing.exitCode == 3)
        #expect(
            missing.errors.components(separatedBy: "eval: /nowhere: there is no such folder").count
                == 2,
            "\(missing.errors)"
        )
        let guess = try RankedRun.run(
            2,
            "eval",
            TinyData.model + ["--guess", "--data-dir", Fixture.path("tiny/data")]
        )
        #expect(guess.exitCode == 2)
        #expect(guess.errors.contains("--guess tries candidates in one process; 2 were started"))
    }

    @Test("parts of ranks are kept each, go on, and merge")
    func parts() throws {
        try TinyData.records("data/validation-00000-of-00001", in: folder, 0..<20)
        let plain = ["--data-dir", folder.path("data"), "--json"]
        let whole = try RobustnessData.figures(try TinyData.eval(plain).output)
        let kept = plain + ["--partial", folder.path("part")]
        #expect(try RobustnessData.figures(try eval(2, kept).output) == whole)
        let again = try eval(2, kept + ["--resume"])
        #expect(try RobustnessData.figures(again.output) == whole)
        let merged = try Tool.run(
            "eval",
            ["--merge", folder.path("part.0-of-2"), folder.path("part.1-of-2"), "--json"]
        )
        #expect(try RobustnessData.figures(merged.output) == whole)
    }

    @Test("processes that a foreign launcher has started are noticed")
    func foreignLauncher() throws {
        let strangers = ["SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "3"]
        let outcome = try Tool.run(
            "eval",
            TinyData.model + ["--data-dir", Fixture.path("tiny/data")],
            environment: strangers.merging(["OMPI_ALLOW_RUN_AS_ROOT": "1"]) { $1 }
        )
        #expect(outcome.exitCode == 3)
        #expect(outcome.errors.contains("srun has started 3 processes, but "), "\(outcome.errors)")
    }
}
