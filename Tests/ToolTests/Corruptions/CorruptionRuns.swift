import Base
import Checkpoint
import Foundation
import Pictures
import TestSupport
import Testing

/// A picture that the published generator has corrupted; see `fixtures/corruptions`.
struct CorruptedGolden: Decodable, Sendable {
    struct File: Decodable {
        let sha256: String
    }

    let id: String
    let input: String
    let corruption: String
    let severity: Int
    let seed: Int
    /// Of the pixels; where JPEG compression is the corruption, over IJG's library.
    let sha256: String
    /// The JPEG that is written, over IJG's library and over libjpeg-turbo.
    let jpeg85: File
    let jpeg85_turbo: File

    static func all() throws -> [CorruptedGolden] {
        try Fixture.json("corruptions/cases.json", as: [CorruptedGolden].self)
    }

    /// The options of the sizes at which the input was corrupted.
    var framing: [String] {
        switch input {
        case "b256.png": ["--resize", "256", "--crop", "256"]
        case "c431x297.jpg": ["--resize", "256", "--crop", "224"]
        default: ["--resize", "224", "--crop", "224"]
        }
    }

    /// The options that make it.
    var options: [String] {
        [
            "--only", corruption, "--severities", "\(severity)", "--seed", "\(seed)",
            "--reseed-per-picture",
        ] + framing
    }
}

/// Runs of `make-records --corruptions` in a folder.
struct CorruptionRuns {
    let folder: TemporaryFolder
    static let frost = Fixture.path("corruptions/frost")

    init() throws { folder = try TemporaryFolder() }

    func run(
        _ arguments: [String],
        environment: [String: String?] = [:]
    ) throws -> Tool.Outcome {
        try Tool.run(
            "make-records",
            ["--corruptions"] + arguments + ["--no-progress"],
            environment: environment,
            in: folder.url
        )
    }

    /// Runs with `pictures` as source, and gives the JSON.
    func results(_ arguments: [String]) throws -> [String: Any] {
        let outcome = try run(["--source", folder.path("pictures"), "--json"] + arguments)
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
        let found = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        return try #require(found as? [String: Any])
    }

    /// Puts a fixture into a class of `pictures`.
    func add(_ fixture: String, to className: String = "class", as name: String? = nil) throws {
        try folder.makeFolder("pictures/\(className)")
        let last = String(try #require(fixture.split(separator: "/").last))
        try folder.write(
            Fixture.bytes(fixture),
            to: "pictures/\(className)/\(name ?? last)"
        )
    }

    /// The bytes of all files below a folder, but for those whose names begin with a dot.
    func files(_ name: String) throws -> [String: [UInt8]] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path(name))
        var files: [String: [UInt8]] = [:]
        for path in paths where !(path.split(separator: "/").last?.hasPrefix(".") ?? true) {
            guard BytePath(folder.path("\(name)/\(path)")).isFile else { continue }
            files[path] = try folder.bytes("\(name)/\(path)")
        }
        return files
    }

    static func hash(_ bytes: [UInt8]) -> String { unsafe SHA256.hex(of: bytes.span.bytes) }

    /// The hash of the pixels in a PNG.
    static func pixelHash(_ file: [UInt8]) throws -> String {
        #expect(file.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        let picture = try unsafe PillowDecoder(.turbo).decode(file.span.bytes)
        return hash(picture.pixels)
    }
}
