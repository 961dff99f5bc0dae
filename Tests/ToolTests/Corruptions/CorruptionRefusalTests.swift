import Foundation
import TestSupport
import Testing

@Suite("make-records --corruptions refuses")
struct CorruptionRefusalTests {
    private let runs: CorruptionRuns

    init() throws { runs = try CorruptionRuns() }

    /// A run that is refused with an exit code and a sentence, and writes nothing.
    private func refused(
        _ arguments: [String],
        _ exitCode: Int32,
        _ sentences: String...,
        source: Bool = true,
        target: Bool = true
    ) throws {
        var all = arguments
        if source { all += ["--source", runs.folder.path("pictures")] }
        if target { all += ["--output-dir", runs.folder.path("out")] }
        let outcome = try runs.run(all)
        #expect(outcome.exitCode == exitCode, "\(outcome.errors)")
        for sentence in sentences {
            #expect(outcome.errors.contains(sentence), "\(sentence): \(outcome.errors)")
        }
        #expect(outcome.output.isEmpty)
    }

    private func isEmpty(_ name: String) -> Bool {
        ((try? runs.files(name)) ?? [:]).isEmpty
    }

    @Test("a command line that cannot be meant")
    func usage() throws {
        try runs.add("corruptions/a224.png")
        try refused([], 2, "no pictures: give --source DIR", source: false)
        try refused([], 2, "no target: give --output-dir DIR", target: false)
        try refused(
            ["--crop", "300"],
            2,
            "a square of 300 pixels cannot be cut out of pictures whose shorter side has 256"
        )
        try refused(
            ["--only", "fog,smog"],
            2,
            "--only: \"fog,smog\" is not what it takes: expected a list",
            "saturate"
        )
        try refused(["--only", ""], 2, "--only names no corruption")
        try refused(["--severities", "0,1"], 2, "from 1 to 5")
        try refused(["--severities", ""], 2, "--severities names none")
        try refused(["--seed", "4294967296"], 2, "--seed: \"4294967296\" is not what it takes")
        try refused(
            ["--frost", "procedural", "-f", CorruptionRuns.frost],
            2,
            "--frost procedural takes no -f"
        )
        try refused(["--corruptions=False"], 2, "leave it out")
        #expect(isEmpty("out"))
    }

    @Test("a folder without pictures")
    func noPictures() throws {
        try refused(
            [],
            3,
            "\(runs.folder.path("pictures")): this is no folder that can be read; give one"
        )
        try runs.folder.makeFolder("pictures/class")
        try runs.folder.write("x", to: "pictures/class/notes.txt")
        try refused(
            ["--only", "fog"],
            3,
            "\(runs.folder.path("pictures")): there are no pictures"
        )
        #expect(isEmpty("out"))
    }

    @Test("frost without photographs, and names all that is wrong with them")
    func frost() throws {
        try runs.add("corruptions/a224.png")
        try refused(
            [],
            3,
            "./frost: photographs of frost are missing:",
            "give --frost-dir DIR, or --frost procedural"
        )
        let names = ["frost1.png", "frost2.png", "frost4.jpg", "frost5.jpg"]
        try runs.folder.makeFolder("own")
        for name in names {
            try runs.folder.write(Fixture.bytes("corruptions/frost/\(name)"), to: "own/\(name)")
        }
        try runs.folder.write([1, 2, 3], to: "own/frost4.jpg")
        try refused(
            ["-f", runs.folder.path("own")],
            3,
            "frost3.png: there is no such file",
            "frost4.jpg: expected a picture (JPEG, PNG or GIF)"
        )
        try refused(
            ["-f", CorruptionRuns.frost, "--resize", "1024", "--crop", "1024"],
            3,
            "pixels, expected more than 1024x1024 both ways"
        )
        #expect(isEmpty("out"))
    }

    @Test("pictures that cannot be decoded, all at once, unless so many may be left out")
    func corrupt() throws {
        try runs.add("corruptions/a224.png")
        for name in ["truncated.jpg", "not-a-jpeg.jpg", "empty.jpg"] {
            try runs.add("pictures/images/\(name)", to: "bad")
        }
        let common = ["--only", "fog", "--severities", "1"]
        try refused(
            common,
            3,
            "3 pictures cannot be decoded; --skip-corrupt 3 leaves them out:",
            "/bad/truncated.jpg: damaged JPEG",
            "/bad/not-a-jpeg.jpg: damaged GIF picture",
            "/bad/empty.jpg: expected a picture"
        )
        try refused(common + ["--skip-corrupt", "2"], 3, "3 pictures cannot be decoded")
        let results = try runs.results(
            common + ["--skip-corrupt", "3", "--output-dir", runs.folder.path("out")]
        )
        #expect(results["left_out"] as? Int == 3)
        #expect(try runs.files("out").keys.sorted() == ["fog/1/class/a224.png"])
    }

    @Test("pictures that would become one file, or a file of a format that is not written")
    func fileNames() throws {
        try runs.add("corruptions/a224.png", as: "a.png")
        try runs.add("corruptions/c431x297.jpg", as: "a.jpg")
        let common = ["--only", "fog", "--severities", "1"]
        try refused(
            common + ["--lossless"],
            3,
            "these pictures would have the file names of others of their class:",
            "/class/a.png"
        )
        try runs.add("corruptions/a224.png", to: "b", as: "b.gif")
        try refused(common, 3, "--lossless makes PNGs:", "/b/b.gif")
        #expect(isEmpty("out"))
        try FileManager.default.removeItem(atPath: runs.folder.path("pictures/class"))
        _ = try runs.results(common + ["--lossless", "--output-dir", runs.folder.path("out")])
        #expect(try runs.files("out").keys.sorted() == ["fog/1/b/b.png"])
    }

    @Test("to mix pictures of different settings")
    func otherSettings() throws {
        try runs.add("corruptions/a224.png")
        let common = [
            "--only", "fog,contrast,frost", "--severities", "1", "-f", CorruptionRuns.frost,
        ]
        _ = try runs.results(common + ["--output-dir", runs.folder.path("out")])
        let before = try runs.files("out")
        let start =
            "these folders hold pictures that were made otherwise; give another --output-dir"
        try refused(
            common + ["--seed", "7"],
            3,
            start,
            "fog/1: made with seed: 0 and the picture's name"
        )
        try refused(
            common + ["--resize", "300"],
            3,
            "fog/1: made with pixels: 224 of 256",
            "contrast/1: made with pixels: 224 of 256"
        )
        try refused(common + ["--lossless"], 3, "made with files: JPEG of quality 85")
        try refused(common + ["--jpeg", "ijg9"], 3, "made with JPEG: turbo")
        try refused(
            ["--only", "frost", "--severities", "1", "--frost", "procedural"],
            3,
            "frost/1: made with frost: "
        )
        // Contrast draws nothing, so that no seed matters.
        let other = try runs.results([
            "--only", "contrast", "--severities", "1", "--seed", "7", "--output-dir",
            runs.folder.path("out"),
        ])
        #expect(other["kept"] as? Int == 1)
        #expect(try runs.files("out") == before)

        try runs.folder.makeFolder("out/snow/2/class")
        try refused(
            ["--only", "snow", "--severities", "2"],
            3,
            "snow/2: does not say how it was made"
        )
    }

    @Test("to write where it cannot")
    func unwritable() throws {
        try runs.add("corruptions/a224.png")
        try runs.folder.write("x", to: "out")
        try refused(["--only", "fog"], 3, "cannot be written")
    }
}
