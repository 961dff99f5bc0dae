import Checkpoint
import Formats
import Networks
import Proto
import Reference
import TestSupport
import Testing

/// Models whose values have names that are no UTF-8, or that Unicode calls equivalent.
@Suite("Names of an ONNX model")
struct ONNXNameTests {
    private static let composed: ByteName = "\u{E9}"
    private static let apart: ByteName = "e\u{301}"
    private static let broken = ByteName([0x78, 0xFF, 0xFE])
    /// What the broken one is escaped to.
    private static let escaped: ByteName = "x\\xFF\\xFE"

    /// relu(x) once, twice, thrice and five times, each under a name that could be taken for another.
    private static func model() -> [UInt8] {
        func add(_ output: ByteName, _ first: ByteName, _ second: ByteName) -> ONNXNode {
            ONNXNode(
                name: output,
                operation: "Add",
                inputs: [first, second],
                outputs: [output],
                attributes: [:]
            )
        }
        var writer = WireWriter()
        writer.member(8, field: 1)
        writer.message(field: 7) { graph in
            let relu = ONNXNode(
                name: broken,
                operation: "Relu",
                inputs: ["input"],
                outputs: [broken],
                attributes: [:]
            )
            let sums = [
                add(escaped, broken, broken), add(apart, escaped, broken),
                add(composed, apart, escaped),
            ]
            for node in [relu] + sums { graph.node(node, field: 1) }
            let extents = [2, 3].map { ONNXValue.Extent.fixed($0) }
            graph.value(ONNXValue(name: "input", element: .float32, shape: extents), field: 11)
            for name in [apart, composed] {
                graph.message(field: 12) { $0.bytes(name.bytes, field: 1) }
            }
        }
        writer.message(field: 8) { $0.member(17, field: 2) }
        return writer.output
    }

    @Test("are the bytes that they are")
    func names() throws {
        let folder = try TemporaryFolder()
        let file = try ONNXFile(path: folder.write(Self.model(), to: "a.onnx"))
        #expect(
            file.nodes.map(\.outputs) == [
                [Self.broken], [Self.escaped], [Self.apart], [Self.composed],
            ]
        )
        #expect(file.outputs == [Self.apart, Self.composed])
        let input = ReferenceTensor(list: [Float(1), -1, 2, -2, 3, -3])
        let found = try ONNXInterpreter(file).run(["input": try input.reshaped([2, 3])])
        #expect(found[Self.apart]?.values == [3, 0, 6, 0, 9, 0])
        #expect(found[Self.composed]?.values == [5, 0, 10, 0, 15, 0])
    }

    @Test("stay apart where the model is computed as a network")
    func imported() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.model(), to: "a.onnx")
        let graph = try InferenceGraph(path)
        #expect(graph.outputs.map(\.name).sorted() == ["e\u{301}", "\u{E9}_1"].sorted())
        let input = try ReferenceTensor(list: [Float(1), -1, 2, -2, 3, -3]).reshaped([2, 3])
        let found = try graph.outputs(of: [input]).map(\.values)
        #expect(Set(found) == [[3, 0, 6, 0, 9, 0], [5, 0, 10, 0, 15, 0]])
    }

    @Test("are in the shapes that are worked out for a drawing")
    func shapes() throws {
        let bytes = Self.model()
        let span = unsafe bytes.span.bytes
        let message = try ONNXMessage(span)
        let graph = try #require(try message.graph(in: span))
        let shapes = ONNXShapes(graph, in: span, operatorSet: message.operatorSet)
        for name in [Self.broken, Self.escaped, Self.apart, Self.composed] {
            #expect(shapes[name]?.shape == [2, 3])
        }
    }
}
