import Checkpoint
import Convert
import Engine
import Formats
import GoldenNetworks
import Networks
import Proto
import TestSupport
import Testing

@Suite
struct FrozenGraphTests {
    private func write(_ small: SmallNetwork, _ folder: TemporaryFolder) throws -> String {
        let path = folder.path("graph.pb")
        try FrozenGraphWriter.write(
            small.network,
            from: small.source,
            .prepared,
            to: path,
            replacing: false
        )
        return path
    }

    @Test(
        "every architecture, read back and computed by plain arithmetic, gives the engine's logits",
        arguments: GoldenGraph.names
    )
    func architectures(name: String) throws {
        var model = try GoldenGraph.load(name).configuration
        model.width = 16
        model.classes = 13
        let small = try SmallNetwork(model)
        let folder = try TemporaryFolder()
        let path = try write(small, folder)
        let comparison = try GraphProof.compare(
            .frozen(path),
            small.network,
            from: small.source
        )
        #expect(comparison.isPassed, "\(comparison)")
        #expect(comparison.pictureCount == 2)
    }

    @Test("constants have the variables' names and bytes, and the published outputs are there")
    func contents() throws {
        let small = try SmallNetwork()
        let folder = try TemporaryFolder()
        let path = try write(small, folder)
        let bytes = try folder.bytes("graph.pb")
        let graph = try unsafe GraphDef(bytes.span.bytes)
        let names = Set(graph.nodes.map(\.name))
        #expect(names.count == graph.nodes.count)
        #expect(
            names.isSuperset(of: [
                "input_tensor", "ArgMax", "softmax_tensor", "sigmoid_tensor",
                "resnet_model/final_dense", "resnet_model/stage2/merge2/merge2",
            ])
        )
        let constants = graph.nodes.filter { $0.operation == "Const" }.map(\.name)
        #expect(Set(constants).isSuperset(of: small.source.tensors.map(\.name)))
        let reader = try FrozenGraphReader(
            path: path,
            names: Set(small.source.tensors.map { Name($0.name) })
        )
        let verification = try TensorProof(
            small.network.plan,
            of: small.source,
            in: reader
        )
        #expect(verification.faults == [])
        #expect(verification.identicalCount == small.source.tensors.count)
        let again = try TemporaryFolder()
        _ = try write(small, again)
        #expect(try again.bytes("graph.pb") == folder.bytes("graph.pb"))
    }

    @Test("a changed weight is found, in its bytes and in the logits")
    func tampering() throws {
        let small = try SmallNetwork()
        let folder = try TemporaryFolder()
        let path = try write(small, folder)
        let name = "resnet_model/stage0/conv2d/kernel"
        let reader = try FrozenGraphReader(path: path, names: [Name(name)])
        var bytes = try folder.bytes("graph.pb")
        bytes[Int(try #require(reader.tensor(named: name)).offset) + 3] ^= 0x40
        try folder.write(bytes, to: "graph.pb")
        let comparison = try GraphProof.compare(
            .frozen(path),
            small.network,
            from: small.source
        )
        #expect(!comparison.isPassed)
        let all = try FrozenGraphReader(
            path: path,
            names: Set(small.source.tensors.map { Name($0.name) })
        )
        let verification = try TensorProof(small.network.plan, of: small.source, in: all)
        #expect(verification.faults == ["\(name): bytes differ"])
    }

    @Test("weights of half the size are widened in the graph")
    func casts() throws {
        var request = ConversionRequest()
        request.weightType = .float16
        let small = try SmallNetwork(request)
        let folder = try TemporaryFolder()
        let path = try write(small, folder)
        let comparison = try GraphProof.compare(
            .frozen(path),
            small.network,
            from: small.source
        )
        #expect(comparison.isPassed, "\(comparison)")
        let bytes = try folder.bytes("graph.pb")
        let graph = try unsafe GraphDef(bytes.span.bytes)
        let trained = small.network.names.variables.filter(\.isTrainable).count
        #expect(graph.nodes.count { $0.operation == "Cast" } == trained)
    }

    @Test(
        "a name that no node can have, or that of an output, is refused",
        arguments: [
            ("s|^resnet_model/||", nil), ("s|^resnet_model/dense/bias$|ArgMax|", "ArgMax"),
            ("s|^resnet_model/dense/bias$|_bias|", "_bias"),
        ] as [(String, String?)]
    )
    func names(rule: String, refused: String?) throws {
        var request = ConversionRequest()
        request.renames = [rule]
        let small = try SmallNetwork(request)
        let folder = try TemporaryFolder()
        guard let refused else {
            _ = try write(small, folder)
            return
        }
        let error = #expect(throws: ConversionError.self) { try write(small, folder) }
        guard case .unsupported("a graph", let tensors)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(tensors.count == 1 && tensors[0].contains("'\(refused)'"))
        #expect(try folder.names() == [])
    }

    @Test("a network without some of its variables is none")
    func incomplete() throws {
        let network = try FamilyNetwork(ModelConfiguration(), imageSize: 64)
        var request = ConversionRequest()
        request.exclude = ["dense/"]
        let plan = try ConversionPlan(FilledVariables(network).tensors, request)
        #expect(
            throws: ConversionError.incompleteNetwork([
                "resnet_model/dense/kernel", "resnet_model/dense/bias",
            ])
        ) { try NetworkPlan(network, plan) }
    }

    @Test("I10: a constant that states fewer values than its shape asks for is refused")
    func fewerValues() throws {
        let folder = try TemporaryFolder()
        // Const "c": dtype float, shape [3], one value, which TensorFlow would repeat.
        let tensor: [UInt8] = [8, 1, 0x12, 4, 0x12, 2, 8, 3, 0x2A, 4, 0, 0, 0x80, 0x3F]
        let attribute =
            [0x0A, 5] + Array("value".utf8) + [0x12, UInt8(tensor.count + 2), 0x42]
            + [UInt8(tensor.count)] + tensor
        let node =
            [0x0A, 1, UInt8(ascii: "c"), 0x12, 5] + Array("Const".utf8)
            + [0x2A, UInt8(attribute.count)] + attribute
        let path = try folder.write([0x0A, UInt8(node.count)] + node, to: "graph.pb")
        #expect(throws: FormatError.self) { try FrozenGraphReader(path: path, names: ["c"]) }
    }

    @Test("every damage to a graph is an error or another graph, never a trap")
    func hostile() throws {
        let small = try SmallNetwork()
        let folder = try TemporaryFolder()
        let path = try write(small, folder)
        let bytes = try folder.bytes("graph.pb")
        var random = Uniform("hostile graph")
        for _ in 0..<40 {
            let place = Int((random.next() ?? 0) * Float(bytes.count - 1))
            try folder.write(Array(bytes.prefix(place)), to: "graph.pb")
            _ = try? GraphProof.compare(.frozen(path), small.network, from: small.source)
        }
        // The last nodes are the classifier's and the outputs', where every byte is structure.
        for place in stride(from: bytes.count - 1500, to: bytes.count, by: 7) {
            var changed = bytes
            changed[place] ^= 1 << UInt8(place % 8)
            try folder.write(changed, to: "graph.pb")
            _ = try? FrozenGraphReader(path: path)
        }
    }
}
