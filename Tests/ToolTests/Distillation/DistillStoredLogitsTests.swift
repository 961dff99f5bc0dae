import Checkpoint
import Data
import Formats
import Foundation
import Proto
import TestSupport
import Testing

/// Logits that were made elsewhere, put into records of the small data set.
@Suite("distill-logits from a file")
struct DistillStoredLogitsTests {
    private let folder: TemporaryFolder
    private let golden: GoldenArray
    private let data: String
    private let names: [String]

    /// Two files of four and three records out of `fixtures/tiny`, with the golden logits of these.
    init() throws {
        folder = try TemporaryFolder()
        golden = try GoldenArray("tiny/eval-imagenet_096/logits.npy")
        data = folder.path("in")
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        let reader = try RecordReader(path: Fixture.path("tiny/data/validation-00000-of-00004"))
        var names: [String] = []
        for (name, count) in [("train-0", 4), ("validation-0", 3)] {
            let writer = try RecordWriter(path: "\(data)/\(name)")
            for _ in 0..<count {
                let record = try #require(try reader.next())
                var example = try Example(unsafe record.bytes.buffer.bytes)
                example["image/filename"] = .bytes([Array("dir/p\(names.count).jpg".utf8)])
                names.append("dir/p\(names.count).jpg")
                try writer.write(unsafe example.serialized.span.bytes)
            }
            try writer.finish()
        }
        self.names = names
    }

    private func distill(_ arguments: [String], to output: String = "out") throws -> Tool.Outcome {
        try Tool.run(
            "distill-logits",
            ["--data-dir", data, "-o", folder.path(output)] + arguments
        )
    }

    private func logits(_ output: String, classes: Int = 11) throws -> [[Float]] {
        var rows: [[Float]] = []
        for name in ["train-0", "validation-0"] {
            let reader = try RecordReader(path: folder.path("\(output)/\(name)"))
            while let record = try reader.next() {
                let bytes = unsafe record.bytes.buffer.bytes
                rows.append(try TeacherLogits.read(bytes, classes: classes))
            }
        }
        return rows
    }

    private func line(_ name: String, _ row: Int) -> String {
        "\(name),\(golden[row].map { "\($0)" }.joined(separator: ","))\n"
    }

    private var expected: [[Float]] { (0..<7).map { Array(golden[$0]) } }

    @Test("the published CSV, in any order, by full name or by its end, with or without a heading")
    func csv() throws {
        let rows = [3, 0, 6, 1, 5, 2, 4]
        let text = rows.map { line($0 < 4 ? names[$0] : "/data/p\($0).jpg", $0) }.joined()
        let path = try folder.write("name,a,b\n" + text + line("other.jpg", 8), to: "l.csv")
        let outcome = try distill(["--from-csv", path])
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(try logits("out") == expected)
        #expect(try folder.text("out/logits.json").contains(#""kind": "csv""#))
        let quoted = text.replacing("\n", with: "\r\n").replacing(
            "dir/p0.jpg",
            with: "\"dir/p0.jpg\""
        )
        let other = try folder.write(quoted, to: "m.csv")
        #expect(try distill(["--from-csv", other, "--offset=1"], to: "b").exitCode == 0)
        #expect(try logits("b", classes: 12) == expected.map { [0] + $0 })
    }

    @Test("an array in the order of the records, and another record set")
    func arrays() throws {
        let path = folder.path("l.npy")
        var writer = try NPYWriter(path: path, type: .float32, rowShape: [11])
        for row in expected { try writer.append(row.span) }
        try writer.finish()
        #expect(try distill(["--from-npy", path, "--num-classes=11"]).exitCode == 0)
        #expect(try logits("out") == expected)
        // The second file alone finds its rows behind those of the first.
        #expect(try distill(["--from-npy", path, "--shard=1/2"], to: "b").exitCode == 0)
        #expect(try folder.bytes("b/validation-0") == folder.bytes("out/validation-0"))
        let again = try distill(["--from-records", folder.path("out")], to: "c")
        #expect(again.exitCode == 0, "\(again.errors)")
        #expect(try logits("c") == expected)
        #expect(try distill(["--from-npy", path, "--check", "1"]).exitCode == 0)

        let short = folder.path("s.npy")
        var shorter = try NPYWriter(path: short, type: .float32, rowShape: [11])
        for row in expected.dropLast() { try shorter.append(row.span) }
        try shorter.finish()
        let refused = try distill(["--from-npy", short], to: "d")
        #expect(refused.exitCode == 3)
        #expect(refused.errors == "distill-logits: 6 rows cannot be those of 7 records\n")
    }

    @Test("what is missing, doubled or misshapen is listed at once, and nothing is written")
    func faults() throws {
        let text =
            line(names[0], 0) + line(names[1], 1) + line(names[0], 2) + "\(names[2]),1,2,3\n"
            + "\(names[3]),1,x\n" + line(names[4], 4)
            + "dir/p5.jpg\(String(repeating: ",inf", count: 11))\n"
        let path = try folder.write(text, to: "l.csv")
        let outcome = try distill(["--from-csv", path])
        #expect(outcome.exitCode == 3)
        let lines = outcome.errors.split(separator: "\n").map(String.init)
        #expect(
            lines.prefix(4) == [
                "distill-logits: \(path): line 3: doubled: there was a row of dir/p0.jpg before",
                "distill-logits: \(path): line 4: misshapen: expected 11 numbers, found 3",
                "distill-logits: \(path): line 5: misshapen: a value is no number",
                "distill-logits: \(path): line 7: misshapen: number 0 is not finite",
            ]
        )
        let missing = lines.dropFirst(4)
        #expect(missing.count == 4)
        for (line, row) in zip(missing, [2, 3, 5, 6]) {
            #expect(line.hasSuffix(": missing: there is no row of dir/p\(row).jpg"))
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
        let two = try distill(["--from-csv", path, "--from-npy", path])
        #expect(two.exitCode == 2)
        let empty = try distill(["--from-csv", folder.write("", to: "e.csv")])
        #expect(empty.exitCode == 3)
        #expect(empty.errors.contains("e.csv: there are no logits in it"))
    }
}
