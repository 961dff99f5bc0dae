import Foundation
import TestSupport
import Testing

/// What `inspect` shows of tensors that lie in graphs and ONNX models, of event files, and of records step by step.
@Suite("inspect on constants, events and sequences")
struct InspectContentsTests {
    private func inspect(_ arguments: [String]) throws -> Tool.Outcome {
        try Tool.run("inspect", arguments)
    }

    private func json(_ arguments: [String]) throws -> [String: Any] {
        let outcome = try inspect(arguments + ["--json"])
        let value = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        return try #require(value as? [String: Any])
    }

    @Test("an ONNX model's initialisers are tensors like any other")
    func initializers() throws {
        let folder = try TemporaryFolder()
        let checkpoint = Fixture.path("tiny/model")
        let model = folder.path("m.onnx")
        let made = try Tool.run(
            "convert",
            [checkpoint, "-o", model, "--external-data", "-p", "imagenet_096"]
                + ["--anti-alias-type", "sconv", "--anti-alias-filter-size", "3"]
        )
        try #require(made.exitCode == 0, "\(made.errors)")
        let name = "resnet_model/dense/bias"
        for (path, file) in [(checkpoint, "a.npy"), (model, "b.npy")] {
            let outcome = try inspect([path, "--tensor", name, "--npy", folder.path(file)])
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
        }
        #expect(try folder.bytes("a.npy") == folder.bytes("b.npy"))
        let stats = try json([model, "--stats", "--filter", "dense/bias$"])
        let tensors = try #require(stats["tensors"] as? [[String: Any]])
        #expect(tensors.map { $0["name"] as? String } == [name])
        let theirs = try json([checkpoint, "--stats", "--filter", "dense/bias$"])
        let other = try #require(theirs["tensors"] as? [[String: Any]])
        #expect(tensors[0]["stats"] as? NSDictionary == other[0]["stats"] as? NSDictionary)
        #expect(try inspect([model, "--diff", model]).exitCode == 0)
        #expect(try inspect([model, "--verify"]).output.contains("whole: "))
        // One changed byte of the data beside it is a difference, and a missing end a fault.
        var data = try folder.bytes("m.onnx.data")
        try folder.write(Array(data.dropLast(4)), to: "m.onnx.data")
        let short = try inspect([model, "--verify"])
        #expect(short.exitCode == 3, "\(short.output)\(short.errors)")
        #expect(short.output.components(separatedBy: "fault: ").count == 2, "\(short.output)")
        #expect(try inspect([model]).errors.contains("lies beside the model"))
        data[data.count - 1] ^= 0x40
        try folder.write(data, to: "m.onnx.data")
        #expect(try inspect([model, "--diff", checkpoint, "--filter", "bias"]).exitCode != 0)
    }

    @Test("a graph's constants are tensors like any other, binary or text")
    func constants() throws {
        let folder = try TemporaryFolder()
        let text = """
            node { name: "w" op: "Const" attr { key: "dtype" value { type: DT_FLOAT } }
              attr { key: "value" value { tensor { dtype: DT_FLOAT tensor_shape { dim { size: 2 } }
              float_val: 1.5 float_val: -2 } } } }
            node { name: "c" op: "Const" attr { key: "value" value { tensor { dtype: DT_INT32
              tensor_shape { dim { size: 1 } } tensor_content: "\\001\\000\\000\\000" } } } }
            versions { producer: 27 }
            """
        try folder.write(text, to: "g.pbtxt")
        let path = folder.path("g.pbtxt")
        #expect(try inspect([path, "--tensor", "w"]).output.contains("1.5"))
        #expect(try inspect([path, "--tensor", "c"]).output.contains("1"))
        #expect(try inspect([path, "--verify"]).output.contains("whole: 2 tensors, 12 bytes"))
        let stats = try json([path, "--stats"])
        #expect((stats["tensors"] as? [Any])?.count == 2)
        try folder.write(text.replacingOccurrences(of: "1.5", with: "1.25"), to: "h.pbtxt")
        #expect(try inspect([path, "--diff", folder.path("h.pbtxt")]).exitCode == 1)
        #expect(try inspect([path, "--diff", path]).exitCode == 0)
        let binary = Fixture.path("import/operations/split/graph.pb")
        let npy = try inspect([binary, "--tensor", "split/split_dim", "--npy", folder.path("d.npy")])
        #expect(npy.exitCode == 0, "\(npy.errors)")
        #expect(try folder.bytes("d.npy").suffix(4).elementsEqual([3, 0, 0, 0]))
        let none = try inspect([binary, "--filter", "nothing-like-this"])
        #expect(none.errors.contains("no tensor's name matches the filter"))
    }

    @Test("of event files scalars go out whole, and all else is listed")
    func events() throws {
        let folder = try TemporaryFolder()
        let path = Fixture.path("inspect/events.v2")
        let listed = try inspect([path]).output
        for line in ["histogram  1", "image      1", "string     1", "scalar     5"] {
            #expect(listed.contains(line), "\(listed)")
        }
        let outcome = try inspect([path, "--csv", folder.path("s.csv")])
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let lines = try folder.text("s.csv").split(whereSeparator: \.isNewline)
        #expect(lines.count == 6, "\(lines)")
        #expect(lines.filter { $0.contains(",train/loss,") }.count == 5)
    }

    @Test("a SequenceExample is shown whole, and its lists are summed up")
    func sequences() throws {
        let path = Fixture.path("inspect/sequence.tfrecord")
        let shown = try inspect([path, "--record", "0"]).output
        for line in ["id    int64 1  [7]", "steps: 3 steps", "  0  int64 2  [1, 2]", "b'yy'"] {
            #expect(shown.contains(line), "\(shown)")
        }
        let summary = try json([path])
        let lists = try #require(summary["lists"] as? [String: [String: Any]])
        #expect(Set(lists.keys) == ["steps", "words"])
        #expect(lists["steps"]?["min_steps"] as? Int == 1)
        #expect(lists["steps"]?["max_steps"] as? Int == 3)
        #expect(lists["words"]?["records"] as? Int == 1)
        #expect(try inspect([path]).output.contains("list of steps"))
    }
}
