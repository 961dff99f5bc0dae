import Checkpoint
import Convert
import Formats
import Networks
import Proto
import Reference
import TestSupport
import Testing

/// Graphs that are no picture classifiers, and graphs that are hardly graphs, on their way to TensorFlow's formats.
@Suite
struct OddGraphExportTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func node(
        _ name: String,
        _ operation: String,
        _ inputs: [String] = [],
        _ attributes: [String: AttributeValue] = ["T": .type(1)]
    ) -> NodeDef {
        NodeDef(
            name: name,
            operation: operation,
            inputs: inputs,
            attributes: attributes.map { .init($0.key, $0.value) }
        )
    }

    private static func placeholder(_ name: String, _ type: DataType, _ shape: [Int64]) -> NodeDef {
        node(
            name,
            "Placeholder",
            [],
            ["dtype": .type(type.rawValue), "shape": .shape(TensorShape(shape))]
        )
    }

    private static func constant(_ name: String, _ shape: [Int64], _ values: [Float]) -> NodeDef {
        var message = TensorMessage()
        message.dataType = 1
        message.shape = TensorShape(shape)
        message.floats = values
        return node(name, "Const", [], ["dtype": .type(1), "value": .tensor(message)])
    }

    private static func integer(_ name: String, _ value: UInt8) -> NodeDef {
        var message = TensorMessage()
        message.dataType = DataType.int32.rawValue
        message.shape = TensorShape([])
        message.content = [value, 0, 0, 0]
        return node(name, "Const", [], ["dtype": .type(3), "value": .tensor(message)])
    }

    private static func strings(_ name: String, _ texts: [String]) -> NodeDef {
        var message = TensorMessage()
        message.dataType = DataType.string.rawValue
        message.shape = TensorShape([Int64(texts.count)])
        message.strings = texts.map { Array($0.utf8) }
        return node(name, "Const", [], ["dtype": .type(7), "value": .tensor(message)])
    }

    private func write(_ nodes: [NodeDef]) throws -> String {
        var graph = WireWriter()
        for node in nodes { graph.bytes(node.serialized, field: 1) }
        return try folder.write(graph.output, to: "graph.pb")
    }

    /// Both forms, proved; the frozen one's nodes.
    private func export(
        _ nodes: [NodeDef],
        _ options: ImportOptions = ImportOptions(),
        _ request: ConversionRequest = ConversionRequest()
    ) throws -> (network: ImportedNetwork, nodes: [NodeDef]) {
        let network = try ImportedNetwork(try write(nodes), options, request)
        try prove(network, .frozen, "frozen.pb")
        try prove(network, .savedModel, "s")
        let bytes = try folder.bytes("frozen.pb")
        let written = try unsafe GraphDef(bytes.span.bytes)
        #expect(written.functions == [])
        return (network, written.nodes)
    }

    private func prove(
        _ network: ImportedNetwork,
        _ format: ConversionFormat,
        _ name: String
    ) throws {
        let found = try network.write(format, folder.path(name))
        let proof = try #require(found)
        #expect(proof.outputs.count == network.graph.outputs.count)
        for output in proof.outputs { #expect(output.isPassed, "\(output)") }
        for tensors in proof.tensors { #expect(tensors.faults == []) }
    }

    private static let classifier: [NodeDef] = [
        placeholder("x", .float32, [-1, 4]),
        constant("w", [4, 3], [1, 2, 3, -1, 0, 1, 0.5, 0.25, 2, 1, 1, -3]),
        node("product", "MatMul", ["x", "w"]),
        node("scores", "Softmax", ["product"]),
        integer("axis", 1),
        node("classes", "ArgMax", ["product", "axis"], ["T": .type(1), "Tidx": .type(3)]),
        strings("names", ["ant", "bee", "cicada"]),
        integer("zero", 0),
        node(
            "labels",
            "GatherV2",
            ["names", "classes", "zero"],
            ["Tparams": .type(7), "Tindices": .type(9), "Taxis": .type(3)]
        ),
    ]

    @Test("whole numbers and texts come out as they are")
    func types() throws {
        let (network, nodes) = try export(Self.classifier)
        #expect(network.graph.outputs.map(\.name) == ["logits", "scores", "labels"])
        #expect(network.graph.outputs.map(\.type) == [.float32, .float32, .string])
        let names = Set(nodes.map(\.name))
        #expect(names.isSuperset(of: ["x", "w", "product", "scores", "classes", "labels"]))
        var options = ImportOptions()
        options.outputTensor = "classes,scores:0"
        let (chosen, fewer) = try export(Self.classifier, options)
        #expect(chosen.graph.outputs.map(\.type) == [.int64, .float32])
        #expect(!fewer.contains { $0.name == "labels" })
    }

    @Test("a graph without parameters is written, and has no tensors")
    func noParameters() throws {
        let nodes = [
            Self.placeholder("x", .float32, [-1, 4]),
            Self.constant("two", [], [2]),
            Self.node("y", "Mul", ["x", "two"]),
        ]
        let (network, _) = try export(nodes)
        #expect(network.plan.items.isEmpty)
        #expect(network.graph.outputs.map(\.name) == ["y"])
        #expect(throws: ConversionError.nothingLeft) {
            try ConversionPlan(network.file, ConversionRequest())
        }
    }

    @Test("tokens go in, and what they are embedded by is no picture")
    func tokens() throws {
        let nodes = [
            Self.placeholder("ids", .int32, [-1, 5]),
            Self.constant("table", [6, 2], (0..<12).map { Float($0) / 7 }),
            Self.integer("zero", 0),
            Self.node(
                "embedded",
                "GatherV2",
                ["table", "ids", "zero"],
                ["Tparams": .type(1), "Tindices": .type(3), "Taxis": .type(3)]
            ),
            Self.integer("one", 1),
            Self.node(
                "mean",
                "Mean",
                ["embedded", "one"],
                ["T": .type(1), "Tidx": .type(3), "keep_dims": .bool(false)]
            ),
            Self.constant("w", [2, 3], [1, -1, 2, 0, 3, -2]),
            Self.node("y", "MatMul", ["mean", "w"]),
        ]
        let (network, _) = try export(nodes)
        #expect(network.graph.inputs.map(\.tensor) == ["ids:0"])
        #expect(network.graph.inputs.map(\.type) == [.int32])
        #expect(network.plan.items.map(\.name) == ["table", "w"])
    }

    @Test("weights are rounded as asked, and the proof counts with them")
    func rounded() throws {
        var request = ConversionRequest()
        request.weightType = .float16
        let (_, nodes) = try export(Self.classifier, ImportOptions(), request)
        #expect(nodes.contains { $0.name == "w/Cast" && $0.operation == "Cast" })
        #expect(nodes.first { $0.name == "w" }?["dtype"] == .type(DataType.float16.rawValue))
    }

    @Test("what only its writer knew is left out")
    func attributes() throws {
        let nodes = [
            Self.placeholder("x", .float32, [-1, 4]),
            Self.constant("w", [4, 1], [1, 2, 3, 4]),
            Self.node(
                "y",
                "MatMul",
                ["x", "w", "^x"],
                [
                    "T": .type(1), "grad_a": .bool(false), "transpose_a": .bool(false),
                    "_class": .list([.bytes(Array("loc:@gone".utf8))]),
                    "_output_shapes": .list([.shape(TensorShape([7, 7]))]),
                ]
            ),
        ]
        let (_, written) = try export(nodes)
        let product = try #require(written.first { $0.operation == "MatMul" })
        #expect(Set(product.attributes.map(\.name)) == ["T", "transpose_a"])
        #expect(product.inputs == ["x", "w"])
    }

    @Test("operations that are not known are listed at once")
    func unknown() throws {
        let path = try write([
            Self.placeholder("x", .float32, [-1, 4]),
            Self.node("a", "FooOp", ["x"]),
            Self.node("b", "BarOp", ["a"]),
            Self.node("c", "FooOp", ["b"]),
        ])
        #expect(throws: NetworkError.imported(.unknownOperations(["FooOp": 2, "BarOp": 1]))) {
            try InferenceGraph(path)
        }
    }

    @Test("a parameter whose name is no UTF-8 is refused", arguments: ConversionFormat.allCases)
    func name(format: ConversionFormat) throws {
        var bytes: [UInt8] = []
        for node in [
            Self.placeholder("x", .float32, [-1, 2]), Self.constant("w?", [2, 1], [1, 2]),
            Self.node("y", "MatMul", ["x", "w?"]),
        ] {
            bytes += node.serializedField
        }
        for index in bytes.indices.dropLast() where bytes[index...].starts(with: Array("w?".utf8)) {
            bytes[index + 1] = 0xFE
        }
        let network = try ImportedNetwork(try folder.write(bytes, to: "graph.pb"))
        #expect(network.plan.items.map(\.name) == ["w\\xff"])
        guard format != .onnx, format != .torch else { return }
        let error = #expect(throws: ConversionError.self) {
            _ = try network.write(format, folder.path("out"))
        }
        guard case .unsupported(_, let tensors)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(tensors == ["w\\xff: the name is no plain text"])
    }

    @Test("an input of any size that a file states takes no memory")
    func hugeInput() throws {
        let nodes = [
            Self.placeholder("x", .float32, [1 << 40, 1 << 40]),
            Self.node("y", "Relu", ["x"]),
        ]
        let network = try ImportedNetwork(try write(nodes))
        #expect(throws: ConversionError.self) {
            _ = try network.write(.frozen, folder.path("frozen.pb"))
        }
    }

    @Test("PyTorch's text stays with the family")
    func torch() throws {
        let network = try ImportedNetwork(try write(Self.classifier))
        let error = #expect(throws: ConversionError.self) {
            _ = try network.target(.torch, folder.path("net.py"))
        }
        guard case .familyOnly? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(
        "tensors have their nodes' names and bytes",
        arguments: [
            (ConversionFormat.npz, "w.npz"), (.safetensors, "w.safetensors"), (.tf, "w.ckpt"),
        ]
    )
    func arrays(format: ConversionFormat, name: String) throws {
        let network = try ImportedNetwork(try write(Self.classifier))
        let target = try network.target(format, folder.path(name))
        try target.write()
        let proof = try target.prove()
        #expect(proof.tensors.allSatisfy { $0.faults.isEmpty && $0.identicalCount == 1 })
        let tensors = try WeightFile(folder.path(name)).tensors
        #expect(tensors.tensors.map(\.name) == ["w"])
        guard format == .tf else { return }
        // The graph stands beside, and computes the same.
        let again = try InferenceGraph(folder.path("w.ckpt.meta"))
        #expect(again.variables == ["w"])
        let input = try ReferenceTensor([1, 4], [1, 2, 3, 4])
        let expected = try network.graph.outputs(of: [input])[0]
        let found = try again.outputs(of: [input])[0]
        #expect(found == expected)
    }
}
