import Convert
import Foundation
import Formats
import Networks
import Proto
import Reference
import TestSupport
import Testing

/// Graphs of a few operations as ONNX models, against what TensorFlow computed of them.
@Suite struct ONNXOperationTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let inputs: [String]
        let outputs: [String]

        var testDescription: String { name }
    }

    static let cases: [Case] =
        (try? Fixture.json("import/operations/index.json", as: [Case].self)) ?? []

    /// Graphs without a form in ONNX, and why.
    static let inexpressible: [String: String] = [:]

    @Test("all are there")
    func complete() {
        #expect(Self.cases.count == 192)
    }

    private func check(_ one: Case, openly isOpen: Bool) throws {
        let folder = Fixture.url("import/operations/\(one.name)").path(percentEncoded: false)
        var options = ImportOptions()
        options.feeds = one.inputs.map { .init($0, .array(path: "\(folder)/\($0).npy")) }
        let source = try GraphSource("\(folder)/graph.pb", options)
        let (graph, feeds) = try source.formed(for: one.outputs, options, openly: isOpen)
        let model = try ONNXGraphExport(graph, layout: nil).model()
        let place = try TemporaryFolder()
        try ONNXWriter.write(model, to: place.path("model.onnx"), replacing: false)
        let file = try ONNXFile(path: place.path("model.onnx"))
        var inputs: [String: ReferenceTensor] = [:]
        for (name, feed) in zip(file.inputs, feeds) { inputs[name] = feed.value }
        let found = try ONNXInterpreter(file).run(inputs)
        for (output, name) in zip(one.outputs, file.outputs) {
            let expected = try ReferenceTensor(npy: "\(folder)/\(output).npy")
            let value = try #require(found[name])
            #expect(value.type == expected.type)
            #expect(value.shape == expected.shape)
            guard expected.type == .float32, value.shape == expected.shape else {
                #expect(value == expected)
                continue
            }
            let (wanted, computed) = (expected.values, value.values)
            let largest = wanted.reduce(0) { max($0, abs($1)) }
            let error = zip(wanted, computed).reduce(0) { max($0, abs($1.0 - $1.1)) }
            #expect(error <= largest * 1e-6 + Float.leastNormalMagnitude, "\(error / largest)")
        }
    }

    @Test("an operation's model computes what TensorFlow computes", arguments: cases)
    func operation(one: Case) throws {
        guard Self.inexpressible[one.name] == nil else {
            #expect(throws: ConversionError.self) { try check(one, openly: false) }
            return
        }
        try check(one, openly: false)
    }

    @Test("it does so for any number of pictures, unless the graph fixes it", arguments: cases)
    func open(one: Case) throws {
        guard Self.inexpressible[one.name] == nil else { return }
        try check(one, openly: true)
    }
}
