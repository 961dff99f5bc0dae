import Foundation
import TestSupport
import Testing

/// What an evaluation tells besides the published figures.
@Suite("An evaluation for people")
struct EvalMetricsTests {
    private static let network = [
        "--model-dir", Fixture.path("tiny/model"), "--data-dir", Fixture.path("tiny/data"),
        "--preprocessing-type=imagenet_096", "--anti-alias-type=sconv",
        "--anti-alias-filter-size=3",
    ]

    private static func members(_ text: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("has precision, recall and F1, also in parts; micro is the accuracy")
    func metrics() throws {
        let whole = try Tool.run("eval", Self.network + ["-n", "200", "--metrics=micro", "--json"])
        let micro = try Self.members(whole.output)
        #expect(micro["precision"] as? Double == micro["accuracy"] as? Double)
        #expect(micro["f1"] as? Double == micro["accuracy"] as? Double)
        let macro = try Tool.run("eval", Self.network + ["-n", "200", "--metrics=macro"]).output
        let folder = try TemporaryFolder()
        for part in 0..<2 {
            let arguments = ["--metrics=macro", "--shard=\(part)/2"]
            let part = ["--partial", folder.path("\(part)")]
            let outcome = try Tool.run("eval", Self.network + ["-n", "200"] + arguments + part)
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
        }
        let parts = ["--merge", folder.path("0"), folder.path("1")]
        let merged = try Tool.run("eval", parts + ["--metrics=macro"]).output
        func figures(_ text: String) -> [Substring] {
            text.split(separator: "\n").filter { !$0.contains("per_second") }
        }
        #expect(figures(merged) == figures(macro))
        #expect(figures(macro).count == 9)
    }

    @Test("adds lines to a table of models, and to no other table")
    func table() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("models.csv")
        for _ in 0..<2 {
            let outcome = try Tool.run(
                "eval",
                Self.network + ["-n", "50", "--append-results", path]
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
        }
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 3 && lines[1] == lines[2])
        #expect(
            lines[0]
                == "model,top1,top1_err,top5,top5_err,param_count,img_size,crop_pct,interpolation"
        )
        #expect(lines[1].hasSuffix(",0.65,96,0.881,bilinear"), "\(lines[1])")
        try folder.write(Array("a,b\n".utf8), to: "other.csv")
        let other = ["--append-results", folder.path("other.csv")]
        let refused = try Tool.run("eval", Self.network + ["-n", "50"] + other)
        #expect(refused.exitCode == 3 && refused.errors.contains("another table"))
        #expect(try String(contentsOfFile: folder.path("other.csv"), encoding: .utf8) == "a,b\n")
    }

    @Test("draws calibration, mistakes, confusions and classes on a page")
    func page() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("page.html")
        let outcome = try Tool.run("eval", Self.network + ["-n", "100", "--html", path])
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let page = try String(contentsOfFile: path, encoding: .utf8)
        for title in [
            "Confidence and accuracy", "The surest mistakes", "Classes taken for others",
            "Classes, the least known first",
        ] { #expect(page.contains("<h2>\(title)</h2>"), "\(title)") }
        #expect(page.contains("data:image/jpeg;base64,"))
        #expect(!page.replacing("http-equiv", with: "").contains("http"))
    }

    @Test("needs labels for what compares with labels")
    func refused() throws {
        for option in ["--metrics=macro", "--real-labels=none.json", "--append-results=x.csv"] {
            let pictures = ["--images", Fixture.path("corruptions/b256.png")]
            let model = Array(Self.network.prefix(2) + Self.network.dropFirst(4))
            let outcome = try Tool.run("eval", model + pictures + [option])
            #expect(outcome.exitCode == 2, "\(option): \(outcome.errors)")
        }
    }

    @Test("knows reassessed labels of networks of ImageNet's classes only")
    func classes() throws {
        let outcome = try Tool.run("eval", Self.network + ["--real-labels", "none.json"])
        #expect(outcome.exitCode != 0)
        #expect(outcome.errors.contains("1000 or 1001 classes, not of 11"), "\(outcome.errors)")
    }
}
