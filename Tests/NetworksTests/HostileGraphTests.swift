import Foundation
import Networks
import Proto
import Reference
import TestSupport
import Testing

/// Graphs that are no graphs: an error each, never a trap.
@Suite
struct HostileGraphTests {
    private static let float = NodeDef.Attribute("T", .type(1))

    private static func constant(_ name: String, _ values: [Float], _ shape: [Int64]) -> NodeDef {
        var message = TensorMessage()
        message.dataType = 1
        message.shape = TensorShape(shape)
        message.floats = values
        return NodeDef(
            name: name,
            operation: "Const",
            attributes: [.init("dtype", .type(1)), .init("value", .tensor(message))]
        )
    }

    private static func node(
        _ name: String,
        _ operation: String,
        _ inputs: [String] = [],
        _ attributes: [NodeDef.Attribute] = [float]
    ) -> NodeDef {
        NodeDef(name: name, operation: operation, inputs: inputs, attributes: attributes)
    }

    /// A function of one argument whose body is its nodes.
    private static func function(_ name: String, _ nodes: [NodeDef], result: String) -> [UInt8] {
        func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
            var writer = WireWriter()
            writer.bytes(bytes, field: number)
            return writer.output
        }
        let argument = field(1, Array("x".utf8))
        let output = field(1, Array("y".utf8))
        let signature = field(1, Array(name.utf8)) + field(2, argument) + field(3, output)
        let returned = field(1, Array("y".utf8)) + field(2, Array(result.utf8))
        return field(
            1,
            field(1, signature) + nodes.flatMap { field(3, $0.serialized) } + field(4, returned)
        )
    }

    private func compute(
        _ nodes: [NodeDef],
        library: [[UInt8]] = [],
        _ fetch: String,
        feeds: [ImportOptions.Feed] = []
    ) throws -> ReferenceTensor {
        var graph = WireWriter()
        for node in nodes { graph.bytes(node.serialized, field: 1) }
        if !library.isEmpty { graph.bytes(library.flatMap { $0 }, field: 2) }
        let folder = try TemporaryFolder()
        let path = try folder.write(graph.output, to: "graph.pb")
        var options = ImportOptions()
        options.feeds = feeds
        let source = try GraphSource(path, options)
        return try source.values(of: [fetch], options).values[0]
    }

    private func problem(
        _ nodes: [NodeDef],
        library: [[UInt8]] = [],
        _ fetch: String = "y"
    ) throws -> ImportProblem? {
        do {
            _ = try compute(nodes, library: library, fetch)
            return nil
        } catch NetworkError.imported(let problem) {
            return problem
        }
    }

    @Test("a circle names its nodes")
    func cycle() throws {
        let found = try problem([
            Self.node("a", "Add", ["b", "b"]), Self.node("b", "Relu", ["a"]),
            Self.node("y", "Relu", ["a"]),
        ])
        guard case .cycle(let names)? = found else {
            return #expect(Bool(false), "\(String(describing: found))")
        }
        #expect(Set(names) == ["a", "b"])
    }

    @Test("a node that takes itself is a circle")
    func selfish() throws {
        #expect(try problem([Self.node("y", "Identity", ["y"])]) == .cycle(["y"]))
    }

    @Test("two nodes of one name")
    func doubled() throws {
        let found = try problem([Self.constant("y", [1], []), Self.constant("y", [2], [])])
        #expect(found == .doubledNode("y"))
    }

    @Test("names that Unicode takes for the same are two")
    func unicode() throws {
        let nodes = [Self.constant("\u{E9}", [1], []), Self.constant("e\u{301}", [2], [])]
        #expect(try compute(nodes, "e\u{301}").values == [2])
        #expect(try compute(nodes, "\u{E9}").values == [1])
    }

    @Test("a node that takes what is not there")
    func missing() throws {
        let found = try problem([Self.node("y", "Relu", ["x"])])
        #expect(found == .missingInput(node: "y", input: "x"))
    }

    @Test(
        "an output that a node does not have",
        arguments: ["a:1", "a:9223372036854775807", "a:99999999999999999999"]
    )
    func outside(input: String) throws {
        let nodes = [Self.constant("a", [1], []), Self.node("y", "Relu", [input])]
        do {
            _ = try compute(nodes, "y")
            #expect(Bool(false), "\(input) is taken")
        } catch {
            #expect("\(error)".contains("output") || "\(error)".contains("nothing"), "\(error)")
            print("outside: \(error)")
        }
    }

    @Test("a function that calls itself, and two that call each other")
    func recursion() throws {
        let one = Self.function("f", [Self.node("c", "f", ["x"])], result: "c:y:0")
        let nodes = [Self.constant("a", [1], []), Self.node("y", "f", ["a"])]
        #expect(try problem(nodes, library: [one]) == .recursion(["f", "f"]))
        let f = Self.function("f", [Self.node("c", "g", ["x"])], result: "c:y:0")
        let g = Self.function("g", [Self.node("c", "f", ["x"])], result: "c:y:0")
        #expect(try problem(nodes, library: [f, g]) == .recursion(["f", "g", "f"]))
    }

    @Test("functions that spread beyond bounds")
    func spreading() throws {
        var library: [[UInt8]] = []
        for level in 0..<40 {
            let inner = "f\(level + 1)"
            library.append(
                Self.function(
                    "f\(level)",
                    [
                        Self.node("a", inner, ["x"]), Self.node("b", inner, ["a:y:0"]),
                        Self.node("c", "Add", ["a:y:0", "b:y:0"]),
                    ],
                    result: "c:z:0"
                )
            )
        }
        library.append(
            Self.function("f40", [Self.node("r", "Relu", ["x"])], result: "r:activations:0")
        )
        let nodes = [Self.constant("a", [1], []), Self.node("y", "f0", ["a"])]
        #expect(try problem(nodes, library: library) == .tooManyNodes(limit: 1 << 20))
    }

    @Test("a chain of a hundred thousand nodes is computed")
    func chain() throws {
        var nodes = [Self.constant("n0", [3], [])]
        for index in 1...100_000 { nodes.append(Self.node("n\(index)", "Neg", ["n\(index - 1)"])) }
        #expect(try compute(nodes, "n100000").values == [3])
    }

    @Test(
        "constants that no memory holds",
        arguments: [[1 << 40, 1 << 40], [1 << 35], [-1], [Int64.max, 2]]
    )
    func absurd(shape: [Int64]) throws {
        let nodes = [Self.constant("a", [1], shape), Self.node("y", "Relu", ["a"])]
        #expect(throws: (any Error).self) { try compute(nodes, "y") }
    }

    @Test("shapes that are computed beyond bounds")
    func filled() throws {
        var message = TensorMessage()
        message.dataType = 9
        message.shape = TensorShape([2])
        message.content = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]
        let shape = NodeDef(
            name: "s",
            operation: "Const",
            attributes: [.init("dtype", .type(9)), .init("value", .tensor(message))]
        )
        let nodes = [
            shape, Self.constant("a", [1], []),
            Self.node("y", "Fill", ["s", "a"], [Self.float, .init("index_type", .type(9))]),
        ]
        #expect(throws: (any Error).self) { try compute(nodes, "y") }
    }

    @Test("attributes of another kind")
    func attributes() throws {
        let a = Self.constant("a", [1, 2, 3, 4], [1, 2, 2, 1])
        let nodes = [
            NodeDef(name: "y", operation: "Const", attributes: [.init("value", .integer(1))]),
            Self.node("y", "MaxPool", ["a"], [.init("ksize", .bool(true)), Self.float]),
            Self.node("y", "Cast", ["a"], [.init("DstT", .float(1))]),
            Self.node("y", "Placeholder", [], [.init("dtype", .bytes([1]))]),
            Self.node("y", "If", ["a"], [.init("then_branch", .integer(3))]),
            Self.node("y", "Switch", ["a"]),
            Self.node("y", "Merge", []),
            Self.node("y", "VariableV2", [], [.init("shape", .integer(1))]),
        ]
        for node in nodes {
            #expect(throws: (any Error).self, "\(node.operation)") { try compute([a, node], "y") }
        }
    }

    /// A loop of nodes that counts from 0 to a limit by steps.
    private static func loop(to limit: Float, by step: Float, enters: String = "start") -> [NodeDef]
    {
        let frame = NodeDef.Attribute("frame_name", .bytes(Array("loop".utf8)))
        return [
            constant("start", [0], []), constant("limit", [limit], []),
            constant("step", [step], []),
            node("enter", "Enter", [enters], [float, frame]),
            node(
                "limit_in",
                "Enter",
                ["limit"],
                [float, frame, .init("is_constant", .bool(true))]
            ),
            node("step_in", "Enter", ["step"], [float, frame, .init("is_constant", .bool(true))]),
            node("merge", "Merge", ["enter", "next"]),
            node("less", "Less", ["merge", "limit_in"]), node("condition", "LoopCond", ["less"]),
            node("switch", "Switch", ["merge", "condition"]),
            node("sum", "Add", ["switch:1", "step_in"]), node("next", "NextIteration", ["sum"]),
            node("y", "Exit", ["switch"]),
        ]
    }

    @Test("a loop that ends is followed, one that does not is given up")
    func loops() throws {
        #expect(try compute(Self.loop(to: 5, by: 2), "y").values == [6])
        #expect(try compute(Self.loop(to: 0, by: 2), "y").values == [0])
        let endless = try problem(Self.loop(to: 1, by: 0))
        #expect(endless == .tooManyTurns(loop: "y", limit: 1 << 12))
    }

    @Test("a loop whose turns hang on what nobody gives names it")
    func openLoop() throws {
        var nodes = Self.loop(to: 5, by: 2, enters: "x")
        nodes.append(Self.node("x", "Placeholder", [], [.init("dtype", .type(1))]))
        let problem = try problem(nodes)
        guard case .unsettled? = problem else {
            return #expect(Bool(false), "\(String(describing: problem))")
        }
        let found = try compute(nodes, "y", feeds: [.init("x", .text("1"))])
        #expect(found.values == [5])
    }

    @Test("a loop of functions whose body gives too little, or is not there")
    func brokenLoops() throws {
        func function(_ name: String) -> NodeDef.Attribute {
            .init(name == "c" ? "cond" : "body", .function(name, []))
        }
        let truth = Self.function("c", [Self.node("r", "IsFinite", ["x"])], result: "r:y:0")
        let nodes = [
            Self.constant("a", [1], []),
            Self.node("y", "While", ["a"], [function("c"), function("b")]),
        ]
        #expect(
            try problem(nodes, library: [truth])
                == .malformed(node: "y", reason: "its functions are not in the library")
        )
        // One that never ends.
        let body = Self.function("b", [Self.node("r", "Neg", ["x"])], result: "r:y:0")
        #expect(
            try problem(nodes, library: [truth, body]) == .tooManyTurns(loop: "y", limit: 1 << 12)
        )
    }

    @Test("fused nodes with too few inputs, or that do not say what is fused")
    func fused() throws {
        let a = Self.constant("a", [1, 2, 3, 4], [1, 2, 2, 1])
        let few = try problem([a, Self.node("y", "_FusedConv2D", ["a"])])
        #expect(few == .malformed(node: "y", reason: "it has too few inputs"))
        let silent = try problem([a, Self.node("y", "_FusedConv2D", ["a", "a"])])
        #expect(silent == .malformed(node: "y", reason: "it does not say what is fused"))
    }

    @Test("a branch whose predicate nobody knows names it")
    func unsettled() throws {
        let predicate = NodeDef(
            name: "p",
            operation: "Placeholder",
            attributes: [.init("dtype", .type(10))]
        )
        let nodes = [
            predicate, Self.constant("a", [-1], []), Self.node("s", "Switch", ["a", "p"]),
            Self.node("f", "Neg", ["s"]), Self.node("t", "Relu", ["s:1"]),
            Self.node("y", "Merge", ["f", "t"]),
        ]
        #expect(try problem(nodes) == .unsettled(["p"]))
        #expect(try compute(nodes, "y", feeds: [.init("p", .text("false"))]).values == [1])
        #expect(try compute(nodes, "y", feeds: [.init("p", .text("true"))]).values == [0])
    }

    @Test("every truncation and many changes of a graph file")
    func changes() throws {
        guard let path = GoldenFolder.path("import/train-by-hand/model.ckpt.meta") else { return }
        let bytes = try [UInt8](fileAt: path)
        let folder = try TemporaryFolder()
        var random = Uniform("changes")
        for round in 0..<120 {
            var changed = bytes
            let place = Int((random.next() ?? 0) * Float(bytes.count - 1))
            if round.isMultiple(of: 2) {
                changed.removeSubrange(place...)
            } else {
                changed[place] = UInt8((random.next() ?? 0) * 255)
            }
            let file = try folder.write(changed, to: "graph.meta")
            if let source = try? GraphSource(file) { _ = try? ImportedGraph.outline(source) }
        }
    }
}

extension [UInt8] {
    fileprivate init(fileAt path: String) throws {
        self = [UInt8](try Data(contentsOf: URL(filePath: path)))
    }
}
