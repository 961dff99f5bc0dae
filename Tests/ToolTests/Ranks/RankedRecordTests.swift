import Foundation
import TestSupport
import Testing

/// Files that ranks share the making of: byte for byte those of one process.
@Suite(
    "distill-logits and make-records on several ranks",
    .serialized,
    .enabled(if: !RankedRun.all.isEmpty, "\(RankedRun.reason)")
)
struct RankedRecordTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Compares what one process and some ranks leave in `--output-dir`, and what they print.
    private func compare(
        _ tool: String,
        _ arguments: [String],
        ranks: [Int] = [2, 3]
    ) throws {
        func output(_ name: String) -> [String] { ["--output-dir", folder.path(name)] }
        let one = try Tool.run(
            tool,
            arguments + output("one"),
            environment: ["OMP_NUM_THREADS": "1"]
        )
        try #require(one.exitCode == 0, "\(one.errors)")
        let expected = try folder.contents(below: "one")
        for count in ranks {
            let many = try RankedRun.run(count, tool, arguments + output("many\(count)"))
            #expect(many.exitCode == 0, "\(many.errors)")
            #expect(try folder.contents(below: "many\(count)") == expected, "\(count) ranks")
            let told = many.output.replacingOccurrences(of: "many\(count)", with: "one")
            func lines(_ text: String) -> [Substring] {
                text.split(separator: "\n").filter { !$0.contains("per_second") }
            }
            #expect(lines(told) == lines(one.output))
        }
    }

    @Test("teacher logits")
    func logits() throws {
        for (index, range) in [0..<7, 7..<9, 9..<20].enumerated() {
            try TinyData.records("in/train-0000\(index)-of-00003", in: folder, range)
        }
        try compare(
            "distill-logits",
            [
                "--teacher", Fixture.path("tiny/model"), "--anti-alias-type=sconv",
                "--anti-alias-filter-size=3", "--preprocessing-type=imagenet_096", "-j", "1",
                "--data-dir", folder.path("in"), "--batch-size=4",
            ]
        )
    }

    @Test("records of class folders")
    func records() throws {
        try TinyData.folders("pictures", in: folder) { "class \($0)" }
        try compare(
            "make-records",
            [
                "--source", folder.path("pictures"), "--validation-shards", "3", "-j", "1",
                "--no-progress",
            ]
        )
    }

    @Test("corrupted pictures, as files and as records")
    func corruptions() throws {
        let data = try RobustnessData()
        let plain = [
            "--corruptions", "--source", data.folder.path("clean"), "--frost-dir",
            RobustnessData.frost, "--resize", "110", "--crop", "96", "--only", "shot_noise,frost",
            "--severities", "1,4", "-j", "1", "--no-progress",
        ]
        try compare("make-records", plain)
        for name in ["one", "many2", "many3"] {
            try FileManager.default.removeItem(atPath: folder.path(name))
        }
        try compare("make-records", plain + ["--records", "--shards", "5"])
    }

    @Test("a picture that one rank cannot read ends all, and leaves no records")
    func corrupt() throws {
        try TinyData.folders("pictures", in: folder) { "class \($0)" }
        try folder.write([0xFF, 0xD8, 0xFF, 0, 1, 2, 3], to: "pictures/class 3/p0.JPEG")
        let outcome = try RankedRun.run(
            2,
            "make-records",
            [
                "--source", folder.path("pictures"), "--output-dir", folder.path("out"),
                "--validation-shards", "3", "-j", "1", "--no-progress",
            ]
        )
        #expect(outcome.exitCode == 3, "\(outcome.errors)")
        #expect(outcome.errors.contains("class 3/p0.JPEG"), "\(outcome.errors)")
        #expect(try folder.contents(below: "out").isEmpty)
    }
}
