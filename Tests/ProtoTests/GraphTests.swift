import Proto
import TestSupport
import Testing

@Suite struct GraphTests {
    private func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
        var writer = WireWriter()
        writer.bytes(bytes, field: number)
        return writer.output
    }

    @Test("TensorFlow's .meta file: saver, variables, nodes, collections")
    func meta() throws {
        let bytes = try Fixture.bytes("formats/simple-v2/model.ckpt-77.meta")
        let meta = try MetaGraph(unsafe bytes.span.bytes)
        #expect(meta.tensorFlowVersion.hasPrefix("1.14"))
        #expect(meta.saver?.version == 2)
        #expect(meta.saver?.restoreOperation == "save/restore_all")
        let names = try meta.variables().map(\.name)
        #expect(
            Set(names) == ["conv/kernel:0", "conv/bias:0", "global_step:0", "ints:0"],
            "\(names)"
        )
        let graph = try #require(meta.graph)
        let kernel = try #require(graph.nodes.first { $0.name == "conv/kernel" })
        #expect(["VariableV2", "VarHandleOp"].contains(kernel.operation))
        #expect(kernel["dtype"] == .type(DataType.float32.rawValue))
        #expect(kernel["shape"] == .shape(TensorShape([3, 3, 4, 8])))
        #expect(kernel["none"] == nil)
    }

    @Test("I12, L01: every cut and flipped byte of a .meta file is read or refused")
    func mutations() throws {
        let bytes = try Fixture.bytes("formats/simple-v2/model.ckpt-77.meta")
        var readable = 0
        for place in stride(from: 0, to: bytes.count, by: 3) {
            if (try? MetaGraph(unsafe Array(bytes[..<place]).span.bytes)) != nil { readable += 1 }
            var changed = bytes
            changed[place] ^= 0x24
            if (try? MetaGraph(unsafe changed.span.bytes)) != nil { readable += 1 }
        }
        #expect(readable > 0)
    }

    @Test("I08: attributes in attributes: 30 deep are read, more than 100 messages are not")
    func depth() throws {
        func nested(_ depth: Int) -> [UInt8] {
            var value: [UInt8] = []
            for _ in 0..<depth {
                // AttrValue.func = 10, NameAttrList.attr = 2, AttrEntry.value = 2.
                value = field(10, field(2, field(2, value)))
            }
            return field(1, field(5, field(1, [0x61]) + field(2, value)))
        }
        #expect(throws: Never.self) { try GraphDef(unsafe nested(30).span.bytes) }
        for depth in [33, 2_000] {
            #expect(throws: ProtoError.tooDeep(message: messageAt101(depth), limit: 100)) {
                try GraphDef(unsafe nested(depth).span.bytes)
            }
        }
    }

    /// GraphDef, NodeDef, AttrEntry and AttrValue are the first four of the messages inside each other.
    private func messageAt101(_ depth: Int) -> String {
        ["NameAttrList", "AttrEntry", "AttrValue"][(101 - 5) % 3]
    }

    @Test("I09: a function that calls itself is read; nothing follows the call")
    func recursiveFunction() throws {
        // FunctionDefLibrary.function = 1, FunctionDef.signature = 1 and node_def = 3, OpDef.name = 1.
        let name = Array("f".utf8)
        let call = field(1, Array("call".utf8)) + field(2, name)
        let function = field(1, field(1, name)) + field(3, call)
        let bytes = field(1, call) + field(2, field(1, function))
        let graph = try GraphDef(unsafe bytes.span.bytes)
        #expect(graph.nodes.map(\.operation) == ["f"])
        #expect(graph.functions.map(\.name) == ["f"])
    }

    @Test("a part of a partitioned variable names the whole")
    func partitionedVariable() throws {
        var slice = WireWriter()
        slice.bytes(Array("table".utf8), field: 1)
        for extent: UInt64 in [6, 2] { slice.varint(extent, field: 2) }
        let bytes = field(1, Array("table/part_0:0".utf8)) + field(4, slice.output)
        let variable = try VariableDef(unsafe bytes.span.bytes)
        #expect(variable.whole == VariableDef.Whole(name: "table", shape: [6, 2]))
        let packed = field(4, field(1, Array("t".utf8)) + field(2, [6, 0x80, 1]))
        #expect(
            try VariableDef(unsafe packed.span.bytes).whole
                == VariableDef.Whole(name: "t", shape: [6, 128])
        )
        let negative = field(4, field(2, [UInt8](repeating: 0xFF, count: 9) + [1]))
        #expect(throws: ProtoError.malformed(message: "SaveSliceInfoDef", offset: 4)) {
            try VariableDef(unsafe negative.span.bytes)
        }
    }

    @Test("I12: saved models without graphs, cut, and of many graphs")
    func savedModel() throws {
        let meta = try Fixture.bytes("formats/simple-v2/model.ckpt-77.meta")
        let none: [UInt8] = [0x08, 1]
        let empty = try SavedModel(unsafe none.span.bytes)
        #expect(empty.schemaVersion == 1)
        #expect(empty.metaGraphs.isEmpty)
        let two = none + field(2, meta) + field(2, meta)
        #expect(try SavedModel(unsafe two.span.bytes).metaGraphs.count == 2)
        let cut = Array(two.dropLast())
        #expect(throws: ProtoError.self) { try SavedModel(unsafe cut.span.bytes) }
    }

    /// A node of an object graph.
    private func node(
        children: [(Int, String)] = [],
        key: String? = nil,
        slots: [(Int, String, Int)] = []
    ) -> [UInt8] {
        var writer = WireWriter()
        for (index, name) in children {
            var child = WireWriter()
            child.varint(UInt64(index), field: 1)
            child.bytes(Array(name.utf8), field: 2)
            writer.bytes(child.output, field: 1)
        }
        if let key {
            var attribute = WireWriter()
            attribute.bytes(Array("VARIABLE_VALUE".utf8), field: 1)
            attribute.bytes(Array(key.utf8), field: 3)
            writer.bytes(attribute.output, field: 2)
        }
        for (original, name, slot) in slots {
            var entry = WireWriter()
            entry.varint(UInt64(original), field: 1)
            entry.bytes(Array(name.utf8), field: 2)
            entry.varint(UInt64(slot), field: 3)
            writer.bytes(entry.output, field: 3)
        }
        return field(1, writer.output)
    }

    @Test("J01, J04: circles end, the shortest path counts, slots belong to their variables")
    func objectGraph() throws {
        let bytes =
            node(children: [(1, "a"), (2, "optimizer")])
            + node(children: [(0, "parent"), (3, "v"), (1, "self")])
            + node(children: [(1, "root")], slots: [(3, "momentum", 4)])
            + node(key: "v/.ATTRIBUTES/VARIABLE_VALUE")
            + node(key: "m") + node(key: "unreachable")
        let graph = try ObjectGraph(unsafe bytes.span.bytes)
        #expect(graph.nodes.count == 6)
        #expect(
            try graph.paths().map(\.path) == ["a/v", "a/v/.OPTIMIZER_SLOT/optimizer/momentum"]
        )
        #expect(graph.danglingReferences.isEmpty)
        let dangling = node(children: [(9, "x")])
        let graph2 = try ObjectGraph(unsafe dangling.span.bytes)
        #expect(graph2.danglingReferences == [9])
        #expect(try graph2.paths().isEmpty)
    }

    @Test("J05: garbage in place of an object graph")
    func garbage() {
        let bytes: [UInt8] = [0x0A, 0xFF]
        #expect(throws: ProtoError.malformed(message: "TrackableObjectGraph", offset: 0)) {
            try ObjectGraph(unsafe bytes.span.bytes)
        }
    }

    @Test("paths that grow without end are refused")
    func endlessPaths() throws {
        let name = String(repeating: "n", count: 2_000)
        var bytes: [UInt8] = []
        for index in 1...400 { bytes += node(children: [(index, name)]) }
        let graph = try ObjectGraph(unsafe bytes.span.bytes)
        #expect(throws: ProtoError.self) { try graph.paths() }
    }
}
