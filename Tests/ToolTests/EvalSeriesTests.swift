import Foundation
import TestSupport
import Testing

/// Several checkpoints in one evaluation.
@Suite("A series of checkpoints")
struct EvalSeriesTests {
    private static let flags = [
        "--data-dir", Fixture.path("tiny/data"), "--preprocessing-type=imagenet_096", "-n", "40",
        "--anti-alias-type=sconv", "--anti-alias-filter-size=3",
    ]

    /// A folder with the same network twice, of the steps 9 and 10, and one that is damaged.
    private static func folder(damaged: Bool = false) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (step, isDamaged) in [(9, false), (10, false), (11, true)] where damaged || !isDamaged {
            for end in [".index", ".data-00000-of-00001"] {
                var bytes = try Fixture.bytes("tiny/model/model.ckpt-2000\(end)")
                if isDamaged { bytes.removeLast(bytes.count / 2) }
                try folder.write(bytes, to: "model.ckpt-\(step)\(end)")
            }
        }
        return folder
    }

    private static func lines(_ text: String) -> [[Substring]] {
        text.split(separator: "\n").map { $0.split(separator: " ") }
    }

    @Test("is ranked, by names, by a pattern, or of a folder; equal ones keep their order")
    func ranked() throws {
        let folder = try Self.folder()
        let paths = [folder.path("model.ckpt-9"), folder.path("model.ckpt-10")]
        let named = try Tool.run("eval", ["-c"] + paths + Self.flags)
        let pattern = try Tool.run("eval", ["-c", folder.path("model.*-*")] + Self.flags)
        let whole = try Tool.run(
            "eval",
            ["--model-dir", folder.root, "--every-checkpoint"] + Self.flags
        )
        for outcome in [named, pattern, whole] {
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            let lines = Self.lines(outcome.output)
            #expect(lines.map(\.count) == [5, 5, 5])
            #expect(lines.first?.first == "checkpoint" && lines.first?[1] == "accuracy")
            #expect(lines.dropFirst().map { String($0[0]) } == paths, "\(outcome.output)")
            #expect(lines[1].dropFirst() == lines[2].dropFirst())
        }
    }

    @Test("is written as lines of a table, or as JSON")
    func written() throws {
        let folder = try Self.folder()
        let output = folder.path("all.csv")
        let outcome = try Tool.run(
            "eval",
            ["-c", folder.path("model.ckpt-*"), "-o", output, "--json"] + Self.flags
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let text = try String(contentsOfFile: output, encoding: .utf8)
        #expect(text.split(separator: "\r\n").count == 3)
        let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        let all = (json as? [String: Any])?["checkpoints"] as? [[String: Any]]
        #expect(all?.count == 2 && all?[0]["accuracy"] as? Double != nil)
    }

    @Test("goes on behind a checkpoint that is damaged, and ends with its exit code")
    func damaged() throws {
        let folder = try Self.folder(damaged: true)
        let outcome = try Tool.run("eval", ["-c", folder.path("model.ckpt-*")] + Self.flags)
        #expect(outcome.exitCode == 3)
        #expect(outcome.errors.contains("model.ckpt-11"))
        #expect(Self.lines(outcome.output).count == 3)
    }

    @Test("needs checkpoints, and takes no option that is for one")
    func refused() throws {
        let folder = try Self.folder()
        let none = try Tool.run("eval", ["-c", folder.path("other-*")] + Self.flags)
        #expect(none.exitCode == 3 && none.errors.contains("no checkpoint has such a name"))
        let paths = ["-c", folder.path("model.ckpt-9"), folder.path("model.ckpt-10")]
        let logits = ["--logits", folder.path("l.npy")]
        let outcome = try Tool.run("eval", paths + logits + Self.flags)
        #expect(outcome.exitCode == 2 && outcome.errors.contains("--logits is for one checkpoint"))
    }
}
