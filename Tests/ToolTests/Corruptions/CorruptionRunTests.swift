import Checkpoint
import Foundation
import TestSupport
import Testing

@Suite("make-records --corruptions")
struct CorruptionRunTests {
    private let runs: CorruptionRuns

    init() throws { runs = try CorruptionRuns() }

    private var out: [String] { ["--output-dir", runs.folder.path("out")] }

    /// Five pictures of two classes.
    private func addPictures() throws {
        try runs.add("corruptions/a224.png", to: "a", as: "one.jpg")
        try runs.add("corruptions/a224.png", to: "a", as: "two.jpg")
        try runs.add("corruptions/b256.png", to: "a")
        try runs.add("corruptions/a224.png", to: "b", as: "one.jpg")
        try runs.add("corruptions/c431x297.jpg", to: "b")
    }

    @Test("what a picture becomes depends neither on threads nor on the others, but on its name")
    func determinism() throws {
        try addPictures()
        let common = ["--only", "shot_noise,fog", "--severities", "2,4"]
        for (name, more) in [
            ("one", ["-j", "1"]), ("two", ["-j", "2"]), ("other", ["--seed", "1"]),
        ] {
            let results = try runs.results(
                common + ["--output-dir", runs.folder.path(name)] + more
            )
            #expect(results["written"] as? Int == 20)
        }
        let one = try runs.files("one")
        #expect(one.count == 20)
        #expect(try runs.files("two") == one)
        let other = try runs.files("other")
        for (path, bytes) in one { #expect(other[path] != bytes, "\(path)") }
        let same = ["a/one.jpg", "a/two.jpg", "b/one.jpg"].map { one["fog/2/\($0)"] }
        #expect(Set(same).count == 3)

        try FileManager.default.removeItem(atPath: runs.folder.path("pictures/a"))
        _ = try runs.results(common + ["--output-dir", runs.folder.path("alone")])
        let alone = try runs.files("alone")
        #expect(alone == one.filter { $0.key.contains("/b/") })

        _ = try runs.results(
            common + ["--output-dir", runs.folder.path("same"), "--reseed-per-picture"]
        )
        try runs.add("corruptions/a224.png", to: "c", as: "x.jpg")
        _ = try runs.results(
            common + ["--output-dir", runs.folder.path("same"), "--reseed-per-picture"]
        )
        let reseeded = try runs.files("same")
        #expect(reseeded["fog/2/b/one.jpg"] == reseeded["fog/2/c/x.jpg"])
    }

    @Test("what is there is kept, and what is missing is made as if at once")
    func resumed() throws {
        try addPictures()
        let arguments = out + ["--only", "spatter,contrast", "--severities", "1,3"]
        let first = try runs.results(arguments)
        #expect(first["written"] as? Int == 20)
        #expect(first["kept"] as? Int == 0)
        let whole = try runs.files("out")
        for path in ["spatter/1/a/one.jpg", "contrast/3/b/c431x297.jpg"] {
            try FileManager.default.removeItem(atPath: runs.folder.path("out/\(path)"))
        }
        // What a killed run leaves behind is no picture.
        try runs.folder.write("half", to: "out/spatter/1/a/.1234.tempstate")
        let mine = try #require(whole["contrast/1/b/one.jpg"])
        try runs.folder.write(mine, to: "out/spatter/3/a/two.jpg")
        // Nor is what a failing disk has cut short.
        try runs.folder.write(Array(mine.dropLast()), to: "out/spatter/3/a/one.jpg")
        try runs.folder.write([], to: "out/spatter/3/b/one.jpg")
        let second = try runs.results(arguments)
        #expect(second["written"] as? Int == 4)
        #expect(second["kept"] as? Int == 16)
        var found = try runs.files("out")
        #expect(found.removeValue(forKey: "spatter/3/a/two.jpg") == mine)
        #expect(found == whole.filter { $0.key != "spatter/3/a/two.jpg" })
        let third = try runs.results(arguments + ["--severities", "1,2"])
        #expect(third["written"] as? Int == 10)
        #expect(third["kept"] as? Int == 10)
    }

    @Test("an interrupted run leaves whole files, and the next goes on")
    func interrupted() throws {
        try runs.folder.makeFolder("pictures/many")
        let picture = Fixture.path("corruptions/a224.png")
        for index in 0..<200 {
            try FileManager.default.copyItem(
                atPath: picture,
                toPath: runs.folder.path("pictures/many/\(index).png")
            )
        }
        let arguments = out + ["--only", "brightness,spatter", "--severities", "1,2,3,4,5"]
        let outcome = try Tool.run(
            "make-records",
            ["--corruptions", "--source", runs.folder.path("pictures"), "-j", "1"] + arguments,
            signal: SIGINT,
            after: .milliseconds(800)
        )
        #expect(outcome.exitCode == 130)
        #expect(outcome.errors.contains("files of 2,000 are there, and the same command goes on"))
        let before = try runs.files("out")
        #expect(before.count < 2000)
        for file in before.values { _ = try CorruptionRuns.pixelHash(file) }
        let brightness = before.filter { $0.key.hasPrefix("brightness/1/") }
        let next = try runs.results(out + ["--only", "brightness", "--severities", "1"])
        #expect(next["kept"] as? Int == brightness.count)
        #expect(next["written"] as? Int == 200 - brightness.count)
    }

    @Test("names that are no texts are kept to the byte")
    func names() throws {
        try runs.folder.makeFolder("pictures")
        let names: [[UInt8]] = [[0x63, 0xE9, 0x66], [0xFF, 0xFE], Array("e\u{301}".utf8)]
        let root = BytePath(runs.folder.path("pictures"))
        let bytes = try Fixture.bytes("corruptions/a224.png")
        for name in names {
            let place = root.appending(ByteName(name))
            try place.makeFolder()
            try place.appending(ByteName(name + Array(".png".utf8))).write(bytes)
        }
        let results = try runs.results(out + ["--only", "fog", "--severities", "1"])
        #expect(results["classes"] as? Int == 3)
        let made = BytePath(runs.folder.path("out/fog/1"))
        #expect(
            try made.entries().map(\.name.bytes)
                == names.sorted { $0.lexicographicallyPrecedes($1) }
        )
        for name in names {
            let inner = try made.appending(ByteName(name)).entries()
            #expect(inner.map(\.name.bytes) == [name + Array(".png".utf8)])
        }
        let damaged = root.appending(ByteName(names[0])).appending(ByteName("x.png"))
        try damaged.write([])
        let refused = try runs.run(
            ["--source", runs.folder.path("pictures"), "--only", "fog"] + out
        )
        #expect(refused.exitCode == 3)
        #expect(refused.errors.contains("/c\\xE9f/x.png: expected a picture"))
    }

    @Test("what is not taken, or not as it lies there, is said")
    func leftOut() throws {
        try addPictures()
        try runs.add("corruptions/a224.png", to: "a/inner", as: "deep.png")
        try runs.folder.write("text", to: "pictures/a/notes.txt")
        try runs.folder.write("x", to: "pictures/loose.jpg")
        let outcome = try runs.run(
            ["--source", runs.folder.path("pictures"), "--only", "pixelate", "--severities", "5"]
                + out
        )
        #expect(outcome.exitCode == 0)
        for line in [
            "1 pictures lie beside the class folders and are not taken",
            "1 pictures lie in folders inside class folders; their files come into the class's",
            "1 files are no pictures by their names and are passed over",
            "--jpeg ijg9",
        ] { #expect(outcome.errors.contains(line), "\(line)") }
        #expect(!outcome.errors.contains("--seed"))
        #expect(try runs.files("out").keys.contains("pixelate/5/a/deep.png"))
    }

    @Test("frost that is not the published one is said to give no published figures")
    func frost() throws {
        try runs.add("corruptions/a224.png")
        let common = ["--only", "frost", "--severities", "3"]
        let own = try runs.run(
            ["--source", runs.folder.path("pictures"), "-f", CorruptionRuns.frost, "--json"]
                + common + out
        )
        #expect(own.output.contains("\"frost\": \"other\""))
        #expect(
            own.errors.contains("frost1.png, frost2.png, frost3.png, frost4.jpg, frost5.jpg: not")
        )
        let made = ["--frost", "procedural", "--output-dir", runs.folder.path("made")]
        let procedural = try runs.run(
            ["--source", runs.folder.path("pictures"), "--json"] + common + made
        )
        #expect(procedural.output.contains("\"frost\": \"procedural\""))
        #expect(procedural.errors.contains("are no published ones; --frost-dir"))
        let (first, second) = (try runs.files("out"), try runs.files("made"))
        #expect(first.keys == second.keys)
        #expect(first != second)
        let none = try runs.results(out + ["--only", "fog", "--severities", "1"])
        #expect(none["frost"] is NSNull)
    }

    @Test("the help names every corruption, and says why the noise is not the published one")
    func help() throws {
        let shown = try runs.run(["--help"]).output
        let help = shown.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for text in [
            "gaussian_noise", "saturate", "--frost-dir", "-v, --source", "cannot be made again",
        ] {
            #expect(help.contains(text))
        }
        #expect(try Tool.run("make-records", ["--help"]).output.contains("--corruptions"))
    }
}
