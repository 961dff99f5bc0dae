import Foundation
import TestSupport
import Testing

/// What people have after a download, and what they name instead of a checkpoint.
@Suite
struct ForeignFilesTests {
    private func inspect(_ arguments: String...) throws -> Tool.Outcome {
        try Tool.run("inspect", arguments)
    }

    @Test(
        "a file of a kind that is not read is named, with what to do",
        arguments: [
            (
                Array(
                    "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 94273372\n"
                        .utf8
                ),
                "this is a git LFS pointer to a file of 94273372 bytes; 'git lfs pull' fetches it"
            ),
            (Array("<!DOCTYPE html><html></html>".utf8), "this is an HTML page"),
            ([0x89] + Array("HDF\r\n".utf8) + [26, 10, 0, 0], "this is an HDF5 file; where Keras"),
            (Array("\u{1C}\0\0\0TFL3\0\0\0\0".utf8), "this is a TensorFlow Lite model"),
            (
                Array("BZh9".utf8) + [0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0, 0],
                "this is a file compressed by bzip2; unpack it: bunzip2"
            ),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0, 4], "this is a file compressed by xz"),
            ([0x28, 0xB5, 0x2F, 0xFD, 0, 0], "this is a file compressed by zstd"),
            ([0x80, 2, 0x8A, 0x0A], "this is a Python pickle, as older PyTorch wrote"),
            (Array("node {\n  name: \"x\n}\n".utf8), "this is a graph as text"),
            (
                Array("saved_model_schema_version: 1\n".utf8),
                "this is a SavedModel as text; write it in binary form"
            ),
            (Array("GGUF\u{3}\0\0\0".utf8), "this is a GGUF model"),
            (
                [0x0A, 6] + Array("ResNet".utf8) + [0xA2, 6, 0, 0],
                "this is a Caffe model"
            ),
            (
                Array(#"<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>"#.utf8),
                "a file store's refusal (AccessDenied) in the place of the file"
            ),
            (Array("Entry not found".utf8), "a file store's refusal (not found)"),
            ([0xFF, 0xD8, 0xFF, 0xE0, 0, 16], "this is a JPEG picture"),
            ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4], "this is a 7z archive"),
            (
                Array("MATLAB 7.3 MAT-file, Platform: GLNXA64".utf8),
                "this is a MATLAB file of level 7.3"
            ),
        ] as [([UInt8], String)]
    )
    func named(bytes: [UInt8], sentence: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(bytes, to: "x.bin")
        let outcome = try inspect(path)
        #expect(outcome.exitCode == 3)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
        let converted = try Tool.run("convert", [path, "-o", folder.path("o.npz")])
        #expect(converted.exitCode == 3)
        #expect(converted.errors.contains(sentence), "\(converted.errors)")
    }

    @Test("a data file that is missing or another file is one fault, and told in the listing too")
    func dataFile() throws {
        let folder = try TemporaryFolder()
        try folder.write(Fixture.bytes("formats/simple-v2/model.ckpt-77.index"), to: "m.index")
        let missing = try inspect(folder.path("m"), "--verify")
        #expect(missing.exitCode == 3)
        #expect(missing.output.components(separatedBy: "fault: ").count == 2)
        #expect(missing.output.contains("4 tensors are lost"))
        let listed = try inspect(folder.path("m"))
        #expect(listed.exitCode == 0)
        #expect(listed.errors.contains("m.data-00000-of-00001"))
        try folder.write(
            "version https://git-lfs.github.com/spec/v1\nsize 9\n",
            to: "m.data-00000-of-00001"
        )
        let pointer = try inspect(folder.path("m"), "--verify")
        #expect(pointer.output.components(separatedBy: "fault: ").count == 2)
        #expect(pointer.output.contains("it is a git LFS pointer to a file of 9 bytes"))
    }

    @Test(
        "a checkpoint of which a file stands for another is told so",
        arguments: [
            ("version https://git-lfs.github.com/spec/v1\nsize 9\n", "a git LFS pointer"),
            ("<!doctype html><title>Google Drive</title>", "an HTML page"),
        ]
    )
    func standIns(content: String, sentence: String) throws {
        let folder = try TemporaryFolder()
        let (index, data) = ("m.index", "m.data-00000-of-00001")
        try folder.write(content, to: index)
        try folder.write(content, to: data)
        for path in [folder.path("m"), folder.path(index), folder.root] {
            let outcome = try inspect(path)
            #expect(outcome.exitCode == 3)
            #expect(outcome.errors.contains("\(index): this is \(sentence)"), "\(outcome.errors)")
        }
        try folder.write(Fixture.bytes("formats/simple-v2/model.ckpt-77.index"), to: index)
        for arguments in [
            ["convert", folder.path("m"), "-o", folder.path("o.npz")],
            ["eval", "--model-dir", folder.path("m"), "--data-dir", Fixture.path("tiny/data")],
        ] {
            let outcome = try Tool.run(arguments[0], Array(arguments.dropFirst()))
            #expect(outcome.exitCode == 3)
            #expect(outcome.errors.contains("\(data): this is \(sentence)"), "\(outcome.errors)")
        }
    }

    @Test(
        "a state file of another system falls back to what lies beside it",
        arguments: [
            (#"D:\\work\\logs\\model.ckpt-7"#, "model.ckpt-7"),
            (#"D:\\work/logs\\model.ckpt-7"#, "model.ckpt-7"),
            (#".\\logs\\model.ckpt-7"#, "model.ckpt-7"),
            ("C:model.ckpt-7", "model.ckpt-7"),
            (#"\\\\server\\share\\model.ckpt-7"#, "model.ckpt-7"),
            ("/home/someone/experiments/ismir_17/", ""),
            ("/home/someone/model.ckpt-7/", "model.ckpt-7"),
            (#"logs\\model.ckpt-7\\"#, "model.ckpt-7"),
        ]
    )
    func states(stated: String, name: String) throws {
        let folder = try TemporaryFolder()
        for ending in [".index", ".data-00000-of-00001"] {
            try folder.write(
                Fixture.bytes("formats/simple-v2/model.ckpt-77" + ending),
                to: name + ending
            )
        }
        try folder.write("model_checkpoint_path: \"\(stated)\"\n", to: "checkpoint")
        let outcome = try inspect(folder.root)
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("which is not there; took \(folder.root)/\(name)"))
    }

    @Test(
        "folders that hold one thing are opened: safetensors, shards, versions, a V1 file, the best"
    )
    func folders() throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("hf")
        try folder.write(Fixture.bytes("inspect/two.safetensors"), to: "hf/model.safetensors")
        try folder.write("{}", to: "hf/config.json")
        #expect(try inspect(folder.path("hf")).output.contains("safetensors, 2 arrays"))
        try folder.makeFolder("v1")
        try folder.write(
            Fixture.bytes("formats/simple-v1/model.ckpt-77"),
            to: "v1/resnet_v1_50.ckpt"
        )
        #expect(try inspect(folder.path("v1")).output.contains("V1 checkpoint"))
        try folder.makeFolder("best")
        for step in ["1", "20"] {
            for ending in [".index", ".data-00000-of-00001"] {
                try folder.write(
                    Fixture.bytes("formats/simple-v2/model.ckpt-77" + ending),
                    to: "best/model.ckpt-\(step)" + ending
                )
            }
        }
        try folder.write(
            #"{"model.ckpt-1": 0.9, "model.ckpt-20": 0.5}"#,
            to: "best/best_checkpoints"
        )
        #expect(try inspect(folder.path("best")).output.contains("best/model.ckpt-1: V2"))
        try folder.makeFolder("sharded")
        try folder.write(Fixture.bytes("inspect/two.safetensors"), to: "sharded/m-1.safetensors")
        try folder.write(
            #"{"metadata": {"x": 1.5e3}, "weight_map": {"a.weight": "m-1.safetensors", "b": "m-1.safetensors"}}"#,
            to: "sharded/model.safetensors.index.json"
        )
        let sharded = try inspect(folder.path("sharded"))
        #expect(sharded.output.contains("index of 1 safetensors files"), "\(sharded.errors)")
        let out = folder.path("o.npz")
        #expect(try Tool.run("convert", [folder.path("sharded"), "-o", out]).exitCode == 0)
        try folder.makeFolder("logs/train")
        try folder.write(
            Fixture.bytes("formats/events/events.out.tfevents.1795386102.host"),
            to: "logs/train/events.out.tfevents.1"
        )
        #expect(try inspect(folder.path("logs")).output.contains("event file, 4 events"))
        let csv = folder.path("s.csv")
        #expect(try inspect(folder.path("logs"), "--csv", csv).exitCode == 0)
        #expect(try folder.text("s.csv").hasPrefix("wall_time,step,tag,value\r\n"))
    }
}
