import Base
import Foundation
import TestSupport
import Testing

@Suite("make-records --corruptions, beside the published generator")
struct CorruptionGoldenTests {
    private let runs: CorruptionRuns

    init() throws { runs = try CorruptionRuns() }

    /// What a run makes of one picture.
    private func file(
        _ golden: CorruptedGolden,
        _ options: [String],
        as name: String? = nil,
        environment: [String: String?] = [:]
    ) throws -> [UInt8] {
        try runs.add("corruptions/\(golden.input)", as: name)
        let outcome = try runs.run(
            [
                "--source", runs.folder.path("pictures"), "--output-dir", runs.folder.path("out"),
                "--frost-dir", CorruptionRuns.frost,
            ] + golden.options + options,
            environment: environment
        )
        try #require(outcome.exitCode == 0, "\(golden.id): \(outcome.errors)")
        let place = "out/\(golden.corruption)/\(golden.severity)/class"
        let made = try TemporaryFolder.names(at: runs.folder.path(place))
        try #require(made.count == 1)
        let bytes = try runs.folder.bytes("\(place)/\(made[0])")
        for name in ["out", "pictures"] {
            try FileManager.default.removeItem(atPath: runs.folder.path(name))
        }
        return bytes
    }

    @Test(
        "without loss, a corruption is the published one to the bit",
        arguments: Corruption.allCases
    )
    func lossless(corruption: Corruption) throws {
        let cases = try CorruptedGolden.all().filter { $0.corruption == corruption.rawValue }
        try #require(cases.count >= 15)
        for golden in cases {
            let made = try file(golden, ["--lossless", "--jpeg", "ijg9"])
            #expect(try CorruptionRuns.pixelHash(made) == golden.sha256, "\(golden.id)")
        }
    }

    @Test("JPEGs are those of either library to the byte", arguments: ["ijg9", "turbo"])
    func files(variant: String) throws {
        let cases = try CorruptedGolden.all().filter {
            // Over turbo the JPEG among the inputs would be read otherwise.
            $0.severity == 2 && (variant == "ijg9" || $0.input != "c431x297.jpg")
        }
        try #require(cases.count >= 42)
        for golden in cases {
            // A file is read as what it is, and written as what it is called.
            let made = try file(golden, ["--jpeg", variant], as: "picture.JPEG")
            let expected = variant == "ijg9" ? golden.jpeg85 : golden.jpeg85_turbo
            #expect(CorruptionRuns.hash(made) == expected.sha256, "\(golden.id)")
        }
    }

    @Test("whatever the processor may use, the bits are the same", arguments: ["SSE41", "AVX2"])
    func generations(limit: String) throws {
        let cases = try CorruptedGolden.all().filter {
            $0.severity == 3 && $0.input == "c431x297.jpg"
        }
        try #require(cases.count == 19)
        for golden in cases {
            let made = try file(
                golden,
                ["--lossless", "--jpeg", "ijg9"],
                environment: ["DNNL_MAX_CPU_ISA": limit]
            )
            #expect(try CorruptionRuns.pixelHash(made) == golden.sha256, "\(golden.id)")
        }
    }

    @Test("the published command runs as it is written")
    func published() throws {
        let golden = try #require(
            try CorruptedGolden.all().first { $0.id == "c431x297.jpg/contrast/4" }
        )
        try runs.add("corruptions/c431x297.jpg", to: "n01440764", as: "ILSVRC.JPEG")
        let outcome = try runs.run([
            "-v", runs.folder.path("pictures"), "-o", runs.folder.path("out"), "-f",
            CorruptionRuns.frost, "--num_workers", "20", "--RESIZE_SIZE", "256", "--CROP_SIZE",
            "224", "--jpeg", "ijg9",
        ])
        #expect(outcome.exitCode == 0)
        #expect(
            outcome.output
                == "wrote 95 files of 19 corruptions at 5 severities to \(runs.folder.path("out"))\n"
        )
        let files = try runs.files("out")
        let expected = Corruption.allCases.flatMap { corruption in
            (1...5).map { "\(corruption.rawValue)/\($0)/n01440764/ILSVRC.JPEG" }
        }
        #expect(files.keys.sorted() == expected.sorted())
        let contrast = try #require(files["contrast/4/n01440764/ILSVRC.JPEG"])
        #expect(CorruptionRuns.hash(contrast) == golden.jpeg85.sha256)
    }
}
