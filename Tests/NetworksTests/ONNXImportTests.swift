import Checkpoint
import Engine
import Formats
import Foundation
import GoldenNetworks
import Networks
import Reference
import TestSupport
import Testing

/// ONNX models by Reference and by the engine, against what ONNX Runtime computed; see `fixtures/onnx`.
@Suite("An ONNX model")
struct ONNXImportTests {
    static let cases = (try? Fixture.json("onnx/index.json", as: [String].self)) ?? []

    private static func tensor(_ name: String) throws -> ReferenceTensor {
        let reader = try NPZReader(path: Fixture.path("onnx/cases.npz"))
        let entry = try #require(reader.tensor(named: name))
        let bytes = try reader.bytes(of: entry, verifies: true)
        return try ReferenceTensor(entry.shape, entry.dataType, bytes: bytes.array)
    }

    @Test("computes what ONNX Runtime does, by either way", arguments: cases)
    func computes(name: String) throws {
        let graph = try ImportedGraph(Fixture.path("onnx/\(name).onnx"))
        let expected = try Self.tensor("\(name).logits")
        let pictures = try Self.tensor("\(name).input")
        let reference = try graph.logits(pictures)
        #expect(reference.shape == expected.shape)
        // Of a model that ends in a softmax, the logits are what goes into it.
        let endsInSoftmax = ["softmax", "softmax-old"].contains(name)
        let whole =
            try endsInSoftmax
            ? InferenceGraph(Fixture.path("onnx/\(name).onnx")).outputs(of: [pictures])[0]
            : reference
        #expect(whole.largestRowError(from: expected) <= 3e-6, "\(name)")
        let layers = try graph.translated()
        for batch in [1, 2] {
            let logits = try layers.values(of: [.logits], pictures: pictures, batch: batch)[0]
            let error = logits.largestRowError(from: endsInSoftmax ? reference : expected)
            #expect(error <= 3e-6, "\(name), \(batch) at once")
        }
    }

    @Test("of convolutions, pools and products runs by layers alone")
    func layers() throws {
        for name in [
            "conv-lower", "conv-depthwise", "conv-groups", "pool-max", "pool-average-counting",
            "norm-batch", "gemm", "matmul", "clip-6", "shuffle", "conv-transpose", "attention",
        ] + Self.cases.filter({ $0.hasPrefix("spread-") || $0.hasPrefix("product-") }) {
            let layers = try ImportedGraph(Fixture.path("onnx/\(name).onnx")).translated()
            #expect(layers.byReference.isEmpty, "\(name): \(layers.byReference)")
        }
    }

    /// A model of one node, written field by field.
    private static func model(_ operation: String, _ inputs: [String] = ["input"]) -> [UInt8] {
        func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
            precondition(bytes.count < 128)
            return [number << 3 | 2, UInt8(bytes.count)] + bytes
        }
        let node =
            inputs.flatMap { field(1, Array($0.utf8)) } + field(2, Array("y".utf8))
            + field(4, Array(operation.utf8))
        let extents = [2, 3, 4, 4].flatMap { field(1, [8, $0]) }
        let type = field(1, [8, 1] + field(2, extents))
        let input = field(1, Array("input".utf8)) + field(2, type)
        let graph = field(1, node) + field(11, input) + field(12, field(1, Array("y".utf8)))
        return [8, 8] + field(7, graph) + field(8, [16, 17])
    }

    @Test("with operators that are not known is one error with their counts")
    func unknown() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.model("Bernoulli"), to: "a.onnx")
        #expect(throws: NetworkError.imported(.unknownOperators(["Bernoulli": 1]))) {
            try ImportedGraph(path)
        }
    }

    @Test("that takes what nothing gives is an error")
    func missing() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.model("Relu", ["elsewhere"]), to: "a.onnx")
        #expect(throws: NetworkError.imported(.missingInput(node: "y", input: "elsewhere"))) {
            try ImportedGraph(path)
        }
    }

    @Test("cut off anywhere, or with any byte changed, is an error or another model")
    func hostile() throws {
        let folder = try TemporaryFolder()
        for name in [
            "conv-groups", "gemm", "reshape-counted", "slice", "spread-dilated-strides",
            "product-einsum",
        ] {
            let bytes = try Fixture.bytes("onnx/\(name).onnx")
            for length in stride(from: 0, to: bytes.count, by: 3) {
                let path = try folder.write(Array(bytes[..<length]), to: "cut.onnx")
                _ = try? ImportedGraph(path)
            }
            for place in stride(from: 0, to: bytes.count, by: 2) {
                var changed = bytes
                changed[place] ^= 0x55
                let path = try folder.write(changed, to: "changed.onnx")
                guard let graph = try? ImportedGraph(path) else { continue }
                _ = try? graph.translated()
            }
        }
    }
}
