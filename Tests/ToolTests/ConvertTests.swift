import Foundation
import TestSupport
import Testing

@Suite
struct ConvertTests {
    private let data = "data-00000-of-00001"

    @Test("a checkpoint goes to safetensors and home again byte for byte")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let weights = folder.path("tiny.safetensors")
        let there = try Tool.run("convert", [Fixture.path("tiny/model"), "-o", weights])
        #expect(there.exitCode == 0)
        #expect(there.output.contains("803 tensors"))
        #expect(there.output.hasSuffix("verified: 803 tensors bit for bit\n"))
        let back = try Tool.run(
            "convert",
            [weights, "--to", "tf", "-o", folder.path("back"), "--json"]
        )
        #expect(back.exitCode == 0)
        #expect(back.output.contains(#""identical": 803"#))
        let original = Fixture.path("tiny/model/model.ckpt-2000")
        for ending in ["index", data] {
            let expected = try Data(contentsOf: URL(filePath: "\(original).\(ending)"))
            #expect(try folder.bytes("back.\(ending)") == [UInt8](expected))
        }
        #expect(
            try folder.names() == ["back.\(data)", "back.index", "back.meta", "tiny.safetensors"]
        )
    }

    @Test("nothing is replaced without --force, and the input never")
    func places() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.safetensors")
        let first = [Fixture.path("tiny/model"), "-o", path, "--only", "dense/bias$"]
        #expect(try Tool.run("convert", first).exitCode == 0)
        let before = try folder.contents()
        let again = try Tool.run("convert", first)
        #expect(again.exitCode == 3)
        #expect(again.errors == "convert: \(path): the file exists; --force replaces it\n")
        #expect(try Tool.run("convert", first + ["--force"]).exitCode == 0)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("b.safetensors"),
            withDestinationPath: path
        )
        let onto = try Tool.run("convert", [path, "-o", folder.path("b.safetensors"), "-f"])
        #expect(onto.exitCode == 3)
        #expect(onto.errors.contains("is being read, and cannot be the output as well"))
        #expect(try folder.bytes("a.safetensors") == before["a.safetensors"])
    }

    @Test("a dry run writes nothing; what is asked wrongly is said")
    func answers() throws {
        let folder = try TemporaryFolder()
        let model = Fixture.path("tiny/model")
        let dry = try Tool.run(
            "convert",
            [
                model, "-o", folder.path("x"), "--to", "tf", "-n", "--no-training-state",
                "--dtype", "float16", "--rename", "s|^resnet_model/||",
            ]
        )
        #expect(dry.exitCode == 0)
        #expect(dry.output.contains("would write tf: 496 tensors"))
        #expect(dry.output.contains("left out 307:"))
        #expect(dry.output.contains("cast 306: float32 -> float16"))
        #expect(dry.output.contains("renamed 496:"))
        #expect(try folder.names().isEmpty)
        let x = folder.path("x")
        for (arguments, code) in [
            ([model, "-o", x], Int32(2)),
            ([model, "--to", "tf"], 2),
            ([model, "-o", x, "--to", "tf", "--rename", "a"], 2),
            ([model, "-o", x, "--to", "tf", "--only", "("], 2),
            ([model, "-o", x, "--to", "tf", "--weights", "ema"], 4),
            ([folder.path("none"), "-o", x, "--to", "tf"], 3),
        ] {
            #expect(try Tool.run("convert", arguments).exitCode == code)
        }
        #expect(try folder.names().isEmpty)
    }
}
