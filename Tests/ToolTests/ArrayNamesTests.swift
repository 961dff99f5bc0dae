import Foundation
import TestSupport
import Testing

/// Names of tensors that are the same to Unicode and not to files, and names that move a terminal's cursor.
@Suite
struct ArrayNamesTests {
    private static let composed = "caf\u{E9}"
    private static let decomposed = "cafe\u{301}"

    /// A safetensors file of single bytes.
    private func file(_ names: [String], in folder: TemporaryFolder) throws -> String {
        let members = names.enumerated().map { place, name in
            #""\#(name)":{"dtype":"U8","shape":[1],"data_offsets":[\#(place),\#(place + 1)]}"#
        }
        let header = Array("{\(members.joined(separator: ","))}".utf8)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
        return try folder.write(
            length + header + names.indices.map { UInt8($0) },
            to: "x.safetensors"
        )
    }

    @Test(
        "twins in safetensors, npz and checkpoints are two tensors, all the way round",
        arguments: [("caf\u{E9}", "cafe\u{301}"), ("K", "\u{212A}")]
    )
    func twins(first: String, second: String) throws {
        let folder = try TemporaryFolder()
        let path = try file([first, second], in: folder)
        #expect(try Tool.run("inspect", [path]).output.contains("2 arrays"))
        for (target, extra) in [
            ("a.npz", []), ("b.safetensors", []), ("c", ["--to", "tf"]),
        ] as [(String, [String])] {
            let outcome = try Tool.run("convert", [path, "-o", folder.path(target)] + extra)
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("verified: 2 tensors bit for bit"))
            for (name, value) in [(first, 0), (second, 1)] {
                let found = try Tool.run(
                    "inspect",
                    [folder.path(target), "--tensor", name, "--json"]
                )
                let json = try JSONSerialization.jsonObject(with: Data(found.output.utf8))
                #expect(((json as? [String: Any])?["values"] as? [Int]) == [value])
            }
        }
        let one = try Tool.run(
            "convert",
            [path, "-o", folder.path("d.npz"), "--only", "^\(first)$"]
        )
        #expect(
            one.output.contains("1 tensors") || one.output.contains("1 tensor"),
            "\(one.output)"
        )
    }

    @Test("a name asked for is not answered with its twin")
    func noTwin() throws {
        let folder = try TemporaryFolder()
        let path = try file([Self.composed], in: folder)
        #expect(try Tool.run("inspect", [path, "--tensor", Self.decomposed]).exitCode == 2)
    }

    @Test("data files of a checkpoint with a name that only Unicode takes for the same stay")
    func otherCheckpoint() throws {
        let folder = try TemporaryFolder()
        let path = try file(["a"], in: folder)
        let other = folder.path("\(Self.decomposed).data-00000-of-00002")
        try Data([1]).write(to: URL(filePath: other))
        #expect(
            try Tool.run(
                "convert",
                [path, "--to", "tf", "--no-meta", "-o", folder.path(Self.composed)]
            ).exitCode == 0
        )
        #expect(FileManager.default.fileExists(atPath: other))
    }

    @Test(
        "names, metadata and messages show what a terminal would obey",
        arguments: [#"\u001b[2J"#, #"a\nb"#, #"\u009b31m"#, #"\u202egpj"#, #"\u0000"#]
    )
    func escapes(name: String) throws {
        let folder = try TemporaryFolder()
        let path = try file([name, "ok"], in: folder)
        for arguments in [[path], [path, "--flat"], [path, "--json"], [path, "--tensor", "no"]] {
            let outcome = try Tool.run("inspect", arguments)
            let shown = (outcome.output + outcome.errors).unicodeScalars
            #expect(
                !shown.contains { scalar in
                    (scalar.value < 0x20 && scalar != "\n") || (0x7F..<0xA0).contains(scalar.value)
                        || (0x202A...0x202E).contains(scalar.value)
                }
            )
        }
        #expect(try Tool.run("inspect", [path]).output.split(separator: "\n").count == 3)
        let twice = try file([name, name], in: folder)
        let refused = try Tool.run("inspect", [twice])
        #expect(refused.exitCode == 3)
        #expect(!refused.errors.contains("\u{1B}"))
    }
}
