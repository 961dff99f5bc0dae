import Proto
import Reference
import Testing

/// What is computed of a graph, and in which order.
@Suite struct GraphInterpreterTests {
    private func node(
        _ name: String,
        _ operation: String,
        _ inputs: [String] = [],
        _ attributes: [(String, AttributeValue)] = []
    ) -> NodeDef {
        NodeDef(
            name: name,
            operation: operation,
            inputs: inputs,
            attributes: attributes.map { .init($0.0, $0.1) }
        )
    }

    private func constant(_ name: String, _ value: Float, _ inputs: [String] = []) -> NodeDef {
        var message = TensorMessage()
        message.dataType = DataType.float32.rawValue
        message.floats = [value]
        return node(name, "Const", inputs, [("value", .tensor(message))])
    }

    private func number(_ value: Float) -> ReferenceTensor { ReferenceTensor(value) }

    @Test("tensors are fed and fetched by name and output")
    func names() throws {
        let graph = GraphInterpreter(nodes: [
            node("sum", "Add", ["parts:1", "parts"]),
            node("parts", "Split", ["axis", "x"], [("num_split", .integer(2))]),
            node("axis", "Placeholder"),
            node("x", "Placeholder"),
        ])
        let feeds: [Name: ReferenceTensor] = [
            "x:0": ReferenceTensor(list: [Float(1), 2]), "axis": ReferenceTensor(Int32(0)),
        ]
        #expect(
            try graph.run(["sum", "parts:1", "x"], feeds: feeds).map(\.values) == [
                [3], [2], [1, 2],
            ]
        )
        let other = try graph.run(
            ["sum"],
            feeds: ["parts:1": number(5), "parts": number(6)]
        )
        #expect(other[0].values == [11])
        #expect(
            throws: ReferenceError.uncomputable(
                node: "parts:2",
                reason: "there is no output 2 of 2"
            )
        ) { try graph.run(["parts:2"], feeds: feeds) }
        #expect(
            throws: ReferenceError.uncomputable(node: "y", reason: "there is no such node to feed")
        ) { try graph.run(["sum"], feeds: ["y": number(1)]) }
        #expect(throws: ReferenceError.uncomputable(node: "y", reason: "there is no node 'y'")) {
            try graph.run(["y"])
        }
        #expect(
            throws: ReferenceError.uncomputable(node: "axis", reason: "nothing gives its value")
        ) { try graph.run(["sum"]) }
    }

    @Test(
        "a chain of 20,000 nodes is computed, whatever the order they stand in",
        arguments: [true, false]
    )
    func chain(isReversed: Bool) throws {
        var nodes = [constant("0", 1)]
        nodes += (1...20_000).map { node("\($0)", "Neg", ["\($0 - 1)"]) }
        let graph = GraphInterpreter(nodes: isReversed ? nodes.reversed() : nodes)
        #expect(try graph.run(["20000"])[0].values == [1])
    }

    @Test("a loop and a doubled name are errors")
    func loops() {
        let loop = GraphInterpreter(nodes: [
            node("a", "Neg", ["b"]), node("b", "Neg", ["a"]),
        ])
        #expect(
            throws: ReferenceError.uncomputable(node: "a", reason: "it depends on itself (a loop)")
        ) { try loop.run(["a"]) }
        let doubled = GraphInterpreter(nodes: [constant("a", 1), constant("a", 2)])
        #expect(
            throws: ReferenceError.uncomputable(node: "a", reason: "several nodes have this name")
        ) { try doubled.run(["a"]) }
        let alike = GraphInterpreter(nodes: [constant("\u{E9}", 1), constant("e\u{301}", 2)])
        #expect(throws: Never.self) { try alike.run(["e\u{301}"]) }
    }

    @Test("only what is needed is looked at, and all that is not known is listed")
    func unknown() throws {
        let nodes = [
            constant("a", 1), node("b", "Strange", ["a"]), node("c", "Strange", ["b"]),
            node("d", "Odd", ["c"]), node("e", "Neg", ["a", "^d"]),
        ]
        let graph = GraphInterpreter(nodes: nodes)
        #expect(try graph.run(["e"])[0].values == [-1])
        #expect(
            throws: ReferenceError.unknownOperations([
                .init(name: "Odd", count: 1), .init(name: "Strange", count: 2),
            ])
        ) { try graph.run(["e", "d"]) }
    }

    @Test("a branch that is not taken is dead, and a merge gives the living one")
    func branches() throws {
        let nodes = [
            node("truth", "Placeholder"), constant("x", 3),
            node("switch", "Switch", ["x", "truth"]),
            node("no", "Neg", ["switch"]), node("yes", "Square", ["switch:1"]),
            node("merge", "Merge", ["no", "yes"]),
            node("pivot", "Switch", ["truth", "truth"]),
            node("pivot/t", "Identity", ["pivot:1"]), node("pivot/f", "Identity", ["pivot"]),
            constant("one", 1, ["^pivot/f"]), constant("two", 2, ["^pivot/t"]),
            node("constants", "Merge", ["one", "two"]),
        ]
        let graph = GraphInterpreter(nodes: nodes)
        for (truth, values) in [(false, [-3, 0, 1]), (true, [9, 1, 2])] {
            let feeds: [Name: ReferenceTensor] = ["truth": ReferenceTensor(truth)]
            let found = try graph.run(["merge", "merge:1", "constants"], feeds: feeds)
            #expect(found.map { $0.values[0] } == values.map { Float($0) })
            let dead = truth ? "no" : "yes"
            #expect(
                throws: ReferenceError.uncomputable(
                    node: dead,
                    reason: "it lies in a branch that is not taken"
                )
            ) { try graph.run([dead], feeds: feeds) }
        }
    }

    @Test(
        "random numbers that decide nothing are computed, others are an error",
        arguments: [Float(0), 0.5]
    )
    func random(rate: Float) throws {
        let nodes = [
            node("shape", "Placeholder"), node("draw", "RandomUniform", ["shape"]),
            constant("rate", rate), constant("x", 7), constant("zero", 0),
            node("kept", "GreaterEqual", ["draw", "rate"]),
            node("y", "SelectV2", ["kept", "x", "zero"]),
        ]
        let graph = GraphInterpreter(nodes: nodes)
        let feeds: [Name: ReferenceTensor] = ["shape": ReferenceTensor(list: [Int32(2)])]
        guard rate > 0 else {
            #expect(try graph.run(["y"], feeds: feeds)[0].values == [7, 7])
            return
        }
        #expect(
            throws: ReferenceError.uncomputable(
                node: "y",
                reason: "it depends on the random numbers of draw"
            )
        ) { try graph.run(["y"], feeds: feeds) }
    }

    @Test("the body of a loop is computed of what it is given")
    func loopBody() throws {
        let nodes = [
            node("next", "NextIteration", ["sum"]), node("merge", "Merge", ["x", "next"]),
            node("truth", "Placeholder"), node("going", "LoopCond", ["truth"]),
            node("switch", "Switch", ["merge", "going"]), node("pivot", "Identity", ["switch:1"]),
            constant("one", 1, ["^pivot"]), constant("x", 0),
            node("sum", "Add", ["pivot", "one"]),
        ]
        let graph = GraphInterpreter(nodes: nodes)
        #expect(try graph.run(["sum"], feeds: ["pivot": number(5)])[0].values == [6])
        #expect(try graph.run(["one"])[0].values == [1])
    }

    @Test("variables are given by whoever has them")
    func variables() throws {
        let nodes = [
            node("v", "VarHandleOp"), node("read", "ReadVariableOp", ["v"]),
            node("w", "VariableV2"), node("sum", "AddV2", ["read", "w"]),
        ]
        let graph = GraphInterpreter(nodes: nodes) { $0 == "v" ? ReferenceTensor(Float(1)) : nil }
        #expect(try graph.run(["read"])[0].values == [1])
        #expect(throws: ReferenceError.uncomputable(node: "w", reason: "nothing gives its value")) {
            try graph.run(["sum"])
        }
    }
}
