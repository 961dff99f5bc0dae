import Foundation
import TestSupport
import Testing

/// What `eval` says and answers when something is wrong with what it is given.
@Suite("eval refuses", .serialized)
struct EvalErrorTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The lines of an error without the tool's name, and the exit code.
    private func errors(_ arguments: [String]) throws -> (code: Int32, lines: [String]) {
        let blur = [
            "--anti-alias-type=sconv", "--anti-alias-filter-size=3", "--pool-type=gap",
            "--no-downsample=False", "-n", "8", "-j", "1",
        ]
        let outcome = try Tool.run("eval", arguments + blur, environment: ["OMP_NUM_THREADS": "1"])
        #expect(outcome.output.isEmpty)
        let lines = outcome.errors.split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("eval: note: ") }
        return (outcome.exitCode, lines)
    }

    private let model = ["--model-dir", Fixture.path("tiny/model")]
    private let data = ["--data-dir", Fixture.path("tiny/data"), "-p", "imagenet_096"]
    private let name = "model.ckpt-2000"

    private func expect(_ arguments: [String], _ code: Int32, _ line: String) throws {
        let found = try errors(arguments)
        #expect(found.code == code)
        #expect(found.lines == ["eval: \(line)"])
    }

    /// Copies the checkpoint, with changes to its data; nil leaves a file away.
    private func checkpoint(
        index: (inout [UInt8]) -> Void = { _ in },
        data change: (inout [UInt8]) -> Void
    ) throws -> String {
        var bytes = try Fixture.bytes("tiny/model/\(name).index")
        index(&bytes)
        try folder.write(bytes, to: "\(name).index")
        var values = try Fixture.bytes("tiny/model/\(name).data-00000-of-00001")
        change(&values)
        if !values.isEmpty { try folder.write(values, to: "\(name).data-00000-of-00001") }
        return folder.path(name)
    }

    @Test("flags that contradict the checkpoint, all at once")
    func wrongFlags() throws {
        let flags = ["--resnet-size=101", "--use-sk-block=False", "--num-classes=12"]
        let found = try errors(model + data + flags)
        let file = "eval: \(Fixture.path("tiny/model/\(name)")): "
        #expect(found.code == 4)
        #expect(
            found.lines == [
                "\(file)the flags contradict the checkpoint",
                "\(file)  --resnet_size=101, but the checkpoint holds 50",
                "\(file)  --num-classes=12, but the checkpoint holds 11",
                "\(file)  --use_sk_block=false, but the checkpoint holds true",
            ]
        )
    }

    @Test("a checkpoint without its data file")
    func missingShard() throws {
        let path = try checkpoint { $0 = [] }
        try expect(
            ["-c", path] + data,
            3,
            "\(path).data-00000-of-00001: there is no such file"
        )
    }

    @Test("a data file that was cut")
    func cutData() throws {
        let path = try checkpoint { $0.removeSubrange(100_000...) }
        try expect(
            ["-c", path] + data,
            3,
            "\(path).data-00000-of-00001: tensor 'resnet_model/stage1/merge1/conv2d/kernel' "
                + "needs 4096 bytes at byte 102208, but the file ends at 100000"
        )
    }

    @Test("a flipped byte in a tensor")
    func flipped() throws {
        let path = try checkpoint { $0[50_000] ^= 0x10 }
        let found = try errors(["-c", path] + data)
        #expect(found.code == 3)
        let start =
            "eval: \(path).data-00000-of-00001: tensor "
            + "'resnet_model/stage1/big1/conv2d_2/kernel' at byte 47840 is damaged: its checksum"
        #expect(found.lines.count == 1)
        #expect(found.lines.first?.hasPrefix(start) == true)
    }

    @Test("a text where a checkpoint should be")
    func text() throws {
        let text = String(repeating: "a text, not a checkpoint\n", count: 10)
        let file = try folder.write(text, to: "notes.ckpt")
        try expect(
            ["-c", file] + data,
            3,
            "\(file): no checkpoint: it is a text file; give a checkpoint's prefix, its .index "
                + "file or its folder"
        )
        let path = try checkpoint(index: { $0 = Array(text.utf8) }, data: { _ in })
        try expect(
            ["-c", path] + data,
            3,
            "\(path).index: not a checkpoint file: the last bytes are not the table magic"
        )
    }

    @Test("an empty folder, and one that is not there")
    func noCheckpoint() throws {
        let empty = folder.root
        try expect(["-c", empty] + data, 3, "\(empty): no checkpoint: the folder is empty")
        let none = folder.path("none")
        try expect(
            ["-c", none] + data,
            3,
            "\(none): no checkpoint: there is no such file or directory"
        )
        try expect(
            model + ["--data-dir", empty, "-p", "imagenet_096"],
            3,
            "\(empty): no file matches 'validation-*', and there are no folders of pictures"
        )
    }

    @Test("records that are cut or damaged, unless so many may be left out")
    func records() throws {
        let file = "validation-0"
        var bytes = try Fixture.bytes("tiny/data/validation-00000-of-00004")
        let path = try folder.write(Array(bytes.prefix(20_000)), to: file)
        let records = model + ["--data-dir", folder.root, "-p", "imagenet_096"]
        let cut = try errors(records)
        #expect(cut.code == 3)
        #expect(cut.lines.count == 1)
        #expect(cut.lines.first?.hasPrefix("eval: \(path): record ") == true)
        #expect(cut.lines.first?.hasSuffix("cannot be in a file of 20000") == true)
        bytes[3_000] ^= 1
        try folder.write(bytes, to: file)
        let wrong = "\(path): record 0 at byte 0: the record's checksum is wrong"
        try expect(records, 3, wrong)
        let skipping = try Tool.run(
            "eval",
            records + ["-n", "8", "--skip-corrupt", "1"],
            environment: ["OMP_NUM_THREADS": "1"]
        )
        #expect(skipping.exitCode == 0)
        #expect(skipping.errors.contains("eval: warning: left out: \(wrong)\n"))
        #expect(skipping.output.contains("| images:                     8 |"))
    }

    @Test("pictures that are none, or are not there")
    func pictures() throws {
        let text = try folder.write("no picture", to: "a.jpg")
        let found = try errors(model + ["-p", "imagenet_096", "--images", text])
        #expect(found.code == 3)
        #expect(found.lines.count == 1)
        let start = "eval: \(text): expected a picture (JPEG, PNG or GIF), found bytes"
        #expect(found.lines.first?.hasPrefix(start) == true)
        let none = folder.path("none.jpg")
        try expect(
            model + ["-p", "imagenet_096", "--images", none],
            3,
            "\(none): cannot be read: there is no such file"
        )
    }

    @Test("labels outside the classes")
    func labels() throws {
        let file = Fixture.path("tiny/data/validation-00000-of-00004")
        try expect(
            model + data + ["--label-offset=5"],
            4,
            "\(file): record 0 at byte 0: label 14 is outside the model's 11 classes (0...10)"
        )
    }

    @Test("no input, two inputs, an unknown data set, an unknown preprocessing, a tiny size")
    func usage() throws {
        let one = "give one of --data-dir, --images and --tensor"
        try expect(model, 2, one)
        try expect(model + data + ["--images", "a.jpg"], 2, one)
        let set = try errors(model + data + ["--dataset-name=foo"])
        #expect(set.code == 2)
        #expect(
            set.lines.first?.hasPrefix("eval: the data set 'foo' is not known (imagenet") == true
        )
        let records = ["--data-dir", Fixture.path("tiny/data")]
        let kind = try errors(model + records + ["-p", "imagenet_9"])
        #expect(kind.code == 2)
        let start = "eval: unknown preprocessing type 'imagenet_9', expected imagenet, "
        #expect(kind.lines.first?.hasPrefix(start) == true)
        try expect(
            model + data + ["--image-size=2"],
            2,
            "an image size of 2 is not between 8 and 2048"
        )
    }

    @Test("an export, with the tool that writes one; without it the flag is nothing")
    func export() throws {
        try expect(
            model + data + ["--export_only=True"],
            2,
            "--export_only: this tool evaluates and exports nothing; finetune --export-only does as "
                + "published, and convert --to saved-model"
        )
        let outcome = try Tool.run(
            "eval",
            model + data + [
                "--export_only=False", "--anti_alias_type=max,proj,sconv",
                "--anti-alias-filter-size=3", "--pool-type=gap",
                "--no-downsample=False", "-n", "4", "-j", "1",
            ]
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        // `max` does nothing, as in the published code.
        #expect(outcome.errors.contains("anti-aliasing sconv,proj 3"))
    }

    @Test("a size that the upsampled branch does not fit, with advice")
    func oddSize() throws {
        let found = try errors(model + data + ["--image-size=100"])
        #expect(found.code == 2)
        #expect(found.lines.first?.contains("a multiple of 32") == true)
    }
}
