import Checkpoint
import Foundation
import TestSupport
import Testing

@Suite
struct InspectTests {
    private func json(_ arguments: [String]) throws -> [String: Any] {
        let outcome = try Tool.run("inspect", arguments + ["--json"])
        let value = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        return try #require(value as? [String: Any])
    }

    @Test("a checkpoint is summed up: architecture, flags, sums, step")
    func summary() throws {
        let found = try json([Fixture.path("tiny/model")])
        #expect(found["schema"] as? String == "reassemble.inspect")
        #expect(found["version"] as? Int == 1)
        #expect(found["kind"] as? String == "checkpoint")
        #expect(found["step"] as? Int == 2000)
        let model = try #require(found["model"] as? [String: Any])
        #expect(
            model["flags"] as? [String: String] == [
                "resnet_version": "2", "resnet_size": "50", "use_sk_block": "True",
                "bl_alpha": "2", "bl_beta": "4",
            ]
        )
        #expect(model["classes"] as? Int == 11)
        #expect((model["undetermined"] as? [String])?.contains("anti_alias_type") == true)
        let totals = try #require(found["totals"] as? [String: [String: Int]])
        #expect(totals["weight"]?["values"] == 652_859)
        #expect(totals["slot"]?["values"] == 652_859)
        #expect(totals["statistic"]?["tensors"] == 190)
        #expect(totals["average"]?["tensors"] == 0)
        #expect((found["tensors"] as? [Any])?.count == 803)
    }

    @Test("the tree has subtotals, the list can be filtered and sorted")
    func listing() throws {
        let path = Fixture.path("tiny/model")
        let tree = try Tool.run("inspect", [path, "--filter", "dense/(kernel|bias)$"])
        #expect(tree.exitCode == 0)
        #expect(tree.output.contains("  dense/"))
        #expect(tree.output.contains("2 tensors"))
        let flat = try Tool.run(
            "inspect",
            [path, "--flat", "--filter", "dense/[a-z]+$", "--sort", "size"]
        )
        let lines = flat.output.split(separator: "\n").suffix(2)
        #expect(lines.first?.hasSuffix("resnet_model/dense/kernel") == true)
        #expect(lines.last?.hasSuffix("resnet_model/dense/bias") == true)
        let wrong = try Tool.run("inspect", [path, "--filter", "("])
        #expect(wrong.exitCode == 2)
    }

    @Test("a part of a tensor is printed as NumPy prints it")
    func tensor() throws {
        let outcome = try Tool.run(
            "inspect",
            [
                Fixture.path("formats/simple-v2"), "--tensor", "conv/kernel", "--slice",
                "0,0,0:2,:4",
            ]
        )
        #expect(outcome.output.hasPrefix("[["))
        #expect(outcome.exitCode == 0)
        let ints = try json([Fixture.path("formats/simple-v1"), "--tensor", "ints"])
        #expect(ints["values"] as? [Int] == [0, 1, 2, 3, 4, 5])
        #expect(ints["shape"] as? [Int] == [2, 3])
    }

    @Test("a tensor goes to a .npy file whole")
    func npy() throws {
        let folder = try TemporaryFolder()
        let file = folder.path("a.npy")
        let arguments = [
            Fixture.path("formats/simple-v2"), "--tensor", "ints", "--slice", "1", "--npy", file,
        ]
        #expect(try Tool.run("inspect", arguments).exitCode == 0)
        let bytes = try folder.bytes("a.npy")
        #expect(bytes.count == 128 + 12 || bytes.count == 64 + 12 + 64)
        #expect(Array(bytes.suffix(12)) == [3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0])
        // What is there is not replaced.
        #expect(try Tool.run("inspect", arguments).exitCode == 3)
        #expect(try Tool.run("inspect", arguments + ["--force"]).exitCode == 0)
    }

    @Test("a damaged checkpoint is told, its tensor is not handed out, the rest is saved")
    func damaged() throws {
        let folder = try TemporaryFolder()
        for name in ["model.ckpt-77.index", "model.ckpt-77.data-00000-of-00001"] {
            var bytes = try Fixture.bytes("formats/simple-v2/" + name)
            if name.contains("data") { bytes[40] ^= 4 }
            try folder.write(bytes, to: name)
        }
        let path = folder.path("model.ckpt-77")
        #expect(try Tool.run("inspect", [path]).exitCode == 0)
        let verified = try Tool.run("inspect", [path, "--verify"])
        #expect(verified.exitCode == 3)
        #expect(verified.output.contains("tensor 'conv/kernel' at byte 32 is damaged"))
        #expect(verified.output.contains("3 tensors survive, 1 are lost"))
        let tensor = try Tool.run("inspect", [path, "--tensor", "conv/kernel"])
        #expect(tensor.exitCode == 3)
        #expect(tensor.output == "")
        #expect(try Tool.run("inspect", [path, "--stats"]).exitCode == 3)
        let saved = folder.path("saved")
        #expect(try Tool.run("inspect", [path, "--salvage", saved]).exitCode == 3)
        #expect(try Tool.run("inspect", [saved, "--verify"]).exitCode == 0)
        let diff = try Tool.run("inspect", [Fixture.path("formats/simple-v2"), "--diff", saved])
        #expect(diff.exitCode == 1)
        #expect(diff.output.contains("removed"))
    }

    @Test("equal checkpoints are equal")
    func equal() throws {
        let outcome = try Tool.run(
            "inspect",
            [Fixture.path("formats/simple-v1"), "--diff", Fixture.path("formats/simple-v2")]
        )
        #expect(outcome.exitCode == 0)
        #expect(outcome.output == "trainable: all 2 the same\nother: all 2 the same\n")
    }

    @Test("records are counted, and an example's values are plain lists")
    func records() throws {
        let path = Fixture.path("tiny/data/validation-00000-of-00004")
        let found = try json([path])
        #expect(found["records"] as? Int == 250)
        let record = try json([path, "--record", "3"])
        let features = try #require(record["features"] as? [String: [Any]])
        #expect((features["image/class/label"] as? [Int])?.count == 1)
        let example = try json([Fixture.path("formats/example.pb")])
        let values = try #require(example["features"] as? [String: [Any]])
        #expect(values["i"] as? [Int] == [1, -1, 1 << 62, .min])
        #expect(values["unicode é"] as? [String] == ["v"])
        #expect(try Tool.run("inspect", [path, "--record", "250"]).exitCode == 2)
    }

    @Test("a record's picture is written as it lies in the record")
    func picture() throws {
        let folder = try TemporaryFolder()
        let outcome = try Tool.run(
            "inspect",
            [
                Fixture.path("tiny/data/validation-00000-of-00004"), "--image", "0", "-o",
                folder.path("p.jpg"),
            ]
        )
        #expect(outcome.exitCode == 0)
        let bytes = try folder.bytes("p.jpg")
        #expect(bytes.starts(with: [0xFF, 0xD8, 0xFF]))
        #expect(bytes.suffix(2) == [0xFF, 0xD9])
    }

    @Test("a damaged record file is told by --verify")
    func damagedRecords() throws {
        let folder = try TemporaryFolder()
        let bytes = try Fixture.bytes("formats/records.plain")
        let cut = try folder.write(Array(bytes.dropLast(3)), to: "cut")
        let outcome = try Tool.run("inspect", [cut, "--verify"])
        #expect(outcome.exitCode == 3)
        #expect(outcome.errors.contains("record 4 at byte 1082"))
    }

    @Test(
        "what a file is, is told",
        arguments: [
            ("inspect/two.safetensors", "safetensors, 2 arrays, 32 bytes"),
            ("inspect/arrays.npz", "NumPy archive, 2 arrays"),
            ("formats/events/events.out.tfevents.1795386102.host", "event file, 4 events"),
            ("formats/simple-v2/model.ckpt-77.meta", "nodes"),
        ]
    )
    func others(path: String, text: String) throws {
        let outcome = try Tool.run("inspect", [Fixture.path(path)])
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.contains(text))
    }

    @Test("what is no file of these is an error", arguments: ["tiny/README.md", "nothing-there"])
    func unknown(path: String) throws {
        let outcome = try Tool.run("inspect", [Fixture.path(path)])
        #expect(outcome.exitCode == 3)
        #expect(outcome.output == "")
    }

    @Test(
        "pages hold all they show, and a browser lays them out",
        .enabled(if: chromium != nil, "chromium is not installed"),
        arguments: [
            ("tiny/model", 400, 802), ("tiny/data/validation-00000-of-00004", 250, 0),
        ]
    )
    func pages(path: String, boxes: Int, tensors: Int) throws {
        let folder = try TemporaryFolder()
        let page = folder.path("page.html")
        #expect(try Tool.run("inspect", [Fixture.path(path), "--html", page]).exitCode == 0)
        let browser = try #require(chromium)
        let outcome = try Tool.run(
            executable: URL(filePath: browser),
            ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "file://\(page)"]
        )
        let dom = outcome.output
        #expect(
            dom.components(separatedBy: "<rect ").count + dom.components(separatedBy: "<img ").count
                > boxes
        )
        #expect(dom.components(separatedBy: "<tr><td>").count > tensors)
        #expect(dom.contains("\"Content-Security-Policy\" content=\"default-src 'none';"))
        #expect(dom.components(separatedBy: "http-equiv").count == 2 && !dom.contains("src=\"http"))
    }

    @Test("a .meta file is compared with the checkpoint beside it")
    func metaGraph() throws {
        let path = Fixture.path("formats/simple-v2/model.ckpt-77.meta")
        let text = try Tool.run("inspect", [path]).output
        #expect(text.contains("saver: version 2, keeps 5"))
        #expect(text.contains("variables: 4\n"))
        #expect(text.contains("model.ckpt-77 has all of them, and nothing else"))
        let folder = try TemporaryFolder()
        try folder.write(Fixture.bytes("formats/simple-v2/model.ckpt-77.meta"), to: "m.meta")
        for ending in [".index", ".data-00000-of-00001"] {
            try folder.write(
                Fixture.bytes("formats/partitioned-v2/model.ckpt" + ending),
                to: "m" + ending
            )
        }
        let found = try json([folder.path("m.meta")])
        #expect(found["kind"] as? String == "metagraph")
        let checkpoint = try #require(found["checkpoint"] as? [String: Any])
        #expect((checkpoint["missing"] as? [String])?.contains("conv/kernel") == true)
        #expect((checkpoint["added"] as? [String])?.contains("p/table") == true)
    }

    @Test(
        "an option that would do nothing is refused",
        arguments: [
            ["inspect/two.safetensors", "--salvage", "x"],
            ["formats/example.pb", "--html", "x.html"],
            ["formats/events/events.out.tfevents.1795386102.host", "--html", "x.html"],
            ["formats/records.plain", "--tensor", "a"], ["inspect/arrays.npz", "--csv", "x"],
            ["formats/simple-v2", "--record", "0"], ["formats/simple-v2", "--slice", "0"],
            ["formats/simple-v2", "--verify", "--html", "x.html"],
        ]
    )
    func meaningless(arguments: [String]) throws {
        let outcome = try Tool.run("inspect", [Fixture.path(arguments[0])] + arguments[1...])
        #expect(outcome.exitCode == 2, "\(outcome.errors)")
        #expect(outcome.output == "")
        #expect(outcome.errors.contains(arguments[1]))
    }

    @Test(
        "arrays and graphs make a page",
        arguments: ["inspect/packed.npz", "inspect/two.safetensors"]
    )
    func outlinePage(path: String) throws {
        let folder = try TemporaryFolder()
        let page = folder.path("page.html")
        #expect(try Tool.run("inspect", [Fixture.path(path), "--html", page]).exitCode == 0)
        let text = try folder.text("page.html")
        #expect(text.contains("<h2>Arrays</h2>") && text.contains("class=\"bar\""))
    }

    @Test("a record file that is cut off says so: how long the record is, and how much is there")
    func cutRecords() throws {
        let folder = try TemporaryFolder()
        let bytes = try Fixture.bytes("tiny/data/validation-00000-of-00004")
        let path = try folder.write(Array(bytes.prefix(900)), to: "r")
        let outcome = try Tool.run("inspect", [path, "--verify"])
        #expect(outcome.exitCode == 3)
        #expect(outcome.errors.contains("record 0 at byte 0: the file ends inside the record: "))
        #expect(outcome.errors.contains("888 are there"))
    }
}

/// The browser that looks at pages, where there is one.
private let chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].first {
    FileManager.default.isExecutableFile(atPath: $0)
}
