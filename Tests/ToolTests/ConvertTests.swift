import Foundation
import TestSupport
import Testing
import ToolSupport

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

    @Test(
        "folders on the way to the result are made",
        arguments: [
            ("tf", "model.ckpt", "model.ckpt.index"),
            ("safetensors", "a.safetensors", "a.safetensors"),
            ("npz", "a.npz", "a.npz"),
        ]
    )
    func missingFolders(format: String, name: String, file: String) throws {
        let folder = try TemporaryFolder()
        let arguments = [
            Fixture.path("tiny/model"), "--to", format, "-o", folder.path("new/deep/\(name)"),
            "--certificate", folder.path("proof/a.json"), "--only", "dense/bias$", "--no-meta",
        ]
        #expect(try Tool.run("convert", arguments + ["--dry-run"]).exitCode == 0)
        #expect(try folder.names().isEmpty)
        #expect(try Tool.run("convert", arguments).exitCode == 0)
        #expect(try TemporaryFolder.names(at: folder.path("new/deep")).contains(file))
        #expect(try TemporaryFolder.names(at: folder.path("proof")) == ["a.json"])
    }

    @Test("a folder that cannot be made is named")
    func impossibleFolder() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([1], to: "file")
        let result = try Tool.run(
            "convert",
            [Fixture.path("tiny/model"), "-o", "\(path)/in/a.npz", "--only", "dense/bias$"]
        )
        #expect(result.exitCode == 3)
        #expect(
            result.errors
                == "convert: \(path)/in: cannot be made: a file lies in the place of one of its folders\n"
        )
    }

    @Test(
        "where there is no room, nothing is left, and the same command works once there is",
        arguments: [
            ("tf", "m", 512), ("tf", "m", 4096), ("safetensors", "m.safetensors", 512),
            ("npz", "m.npz", 512), ("onnx", "m.onnx", 512), ("torch", "m.py", 512),
            ("frozen", "m.pb", 512), ("saved-model", "m", 512),
        ]
    )
    func noRoom(format: String, name: String, kilobytes: Int) throws {
        let folder = try TemporaryFolder()
        let tool = try Tool.url("convert").path(percentEncoded: false)
        let command = [
            tool, Fixture.path("tiny/model"), "--to", format, "-o", folder.path("o/\(name)"),
            "-p", "imagenet_096", "--anti-alias-type=sconv", "--anti-alias-filter-size=3",
        ]
        // A file that may not grow is like a disk that is full, and needs nobody's leave.
        let limited = try Tool.run(
            executable: URL(filePath: "/bin/sh"),
            ["-c", "trap '' XFSZ; ulimit -f \(2 * kilobytes); exec \"$@\"", "sh"] + command
        )
        #expect(limited.exitCode == 3, "\(limited.errors)")
        #expect(limited.errors.contains("File too large"), "\(limited.errors)")
        let left = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path("o"))) ?? []
        #expect(left.isEmpty, "\(left)")
        let again = try Tool.run("convert", Array(command.dropFirst()))
        #expect(again.exitCode == 0, "\(again.errors)")
    }

    @Test("recognises a network behind a change of names, and tells what became of each tensor")
    func renamedFirst() throws {
        let folder = try TemporaryFolder()
        let plain = folder.path("plain.safetensors")
        let moved = ["--rename", "s|^resnet_model/|base_model/|", "--no-training-state"]
        let made = try Tool.run("convert", [Fixture.path("tiny/model"), "-o", plain] + moved)
        try #require(made.exitCode == 0, "\(made.errors)")
        let back = ["--rename", "s|^base_model/|resnet_model/|", "--exclude", "^global_step$"]
        for (name, more) in [
            ("m.onnx", []), ("timm.safetensors", ["--names", "timm-like"]),
        ] as [(String, [String])] {
            let outcome = try Tool.run(
                "convert",
                [plain, "-o", folder.path(name), "-p", "imagenet_096"] + back + more
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("renamed at first 496:"), "\(outcome.output)")
        }
        let evaluated = try Tool.run(
            "convert",
            [plain, "-o", folder.path("direct.onnx"), "-p", "imagenet_096"]
        )
        #expect(evaluated.exitCode == 4)
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

    private let network = [
        "--preprocessing_type=imagenet_096", "--anti_alias_type=sconv",
        "--anti_alias_filter_size=3",
    ]

    @Test("a SavedModel and a frozen graph are proved, certified, and checked again")
    func graphs() throws {
        let folder = try TemporaryFolder()
        let model = Fixture.path("tiny/model")
        let certificate = folder.path("tiny.json")
        let saving =
            [
                model, "--to", "saved-model", "-o", folder.path("export"), "--timestamp", "7",
                "--certificate", certificate,
            ] + network
        let saved = try Tool.run("convert", saving)
        #expect(saved.exitCode == 0)
        #expect(saved.errors.contains("this is assumed: --pool_type=gap --no_downsample=false"))
        #expect(saved.output.contains("applied 496, renamed 0, missing 0; unused tensors: 307"))
        #expect(saved.output.contains("verified: logits of 2 fixed pictures"))
        #expect(saved.output.hasSuffix("certificate: \(certificate)\n"))
        for name in ["binary_input", "preprocessed_input"] {
            let place = folder.path("export/channels_last/\(name)/7")
            #expect(
                try TemporaryFolder.names(at: place)
                    == ["config.json", "hparams.json", "saved_model.pb", "variables"]
            )
        }
        let again = try Tool.run("convert", Array(saving.dropLast(network.count + 2)) + network)
        #expect(again.exitCode == 3)
        #expect(again.errors.contains("the file exists; --force replaces it"))

        let right = try Tool.run("convert", ["--check", certificate])
        #expect(right.exitCode == 0)
        #expect(right.output.hasSuffix("\(certificate): all is as certified\n"))
        let place = "export/channels_last/binary_input/7/variables/variables.index"
        try folder.write(try folder.bytes(place) + [0], to: place)
        let wrong = try Tool.run("convert", ["--check", certificate])
        #expect(wrong.exitCode == 1)
        #expect(wrong.output.contains("binary_input/7/variables/variables.index: "))

        let frozen = folder.path("tiny.pb")
        let dry = try Tool.run("convert", [model, "-o", frozen, "-n"] + network)
        #expect(dry.exitCode == 0)
        let done = try Tool.run("convert", [model, "-o", frozen] + network)
        #expect(done.exitCode == 0)
        #expect(done.output.contains("verified: logits of 2 fixed pictures"))
        let size = byteText(try folder.bytes("tiny.pb").count)
        #expect(dry.output.contains("tiny.pb: \(size)\n"))
    }

    @Test("a network that does not fit, or is incomplete, is not written")
    func misfits() throws {
        let folder = try TemporaryFolder()
        let model = Fixture.path("tiny/model")
        for (arguments, message) in [
            (["--resnet_size=101"], "--resnet_size=101, but the checkpoint holds 50"),
            (["--exclude", "dense/bias$"], "lacks 1 of its variables: resnet_model/dense/bias"),
        ] {
            let path = folder.path("x.pb")
            let outcome = try Tool.run("convert", [model, "-o", path] + arguments + network)
            #expect(outcome.exitCode == 4)
            #expect(outcome.errors.contains(message))
        }
        #expect(try folder.names().isEmpty)
        let bare = try Tool.run(
            "convert",
            [model, "-o", folder.path("bare"), "--to", "tf", "--only", "dense/bias$"]
        )
        #expect(bare.exitCode == 0)
        #expect(bare.errors.contains("the .meta file will have variables only"))
        #expect(bare.output.contains("missing 495"))
    }
}
