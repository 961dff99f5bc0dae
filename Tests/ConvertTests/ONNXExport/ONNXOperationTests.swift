import Checkpoint
import Convert
import Formats
import Foundation
import Networks
import Proto
import Reference
import TestSupport
import Testing

/// Graphs of a few operations as ONNX models, against what TensorFlow computed of them.
@Suite struct ONNXOperationTests {
    /// A graph in a folder, and the files of its tensors.
    struct Case: Sendable, CustomTestStringConvertible {
        let folder: String
        let name: String
        let inputs: [String: String]
        let outputs: [String: String]

        var testDescription: String { name }

        func path(_ file: String) -> String {
            Fixture.url("\(folder)/\(name)/\(file)").path(percentEncoded: false)
        }
    }

    private struct Listed: Decodable {
        let name: String
        let inputs: [String]
        let outputs: [String]
    }

    private struct Drawn: Decodable {
        let name: String
        let inputs: [String: String]
        let outputs: [String: String]
    }

    /// Graphs of 1.14, whose tensors have files of their names.
    static let listed: [Case] = {
        let folder = "import/operations"
        let all = (try? Fixture.json("\(folder)/index.json", as: [Listed].self)) ?? []
        func files(_ names: [String]) -> [String: String] {
            Dictionary(uniqueKeysWithValues: names.map { ($0, "\($0).npy") })
        }
        return all.map {
            Case(
                folder: folder,
                name: $0.name,
                inputs: files($0.inputs),
                outputs: files($0.outputs)
            )
        }
    }()

    /// Single operations of 2.15 with attributes drawn at random.
    static let drawn: [Case] = {
        let folder = "import/operations-2.15"
        let all = (try? Fixture.json("\(folder)/index.json", as: [Drawn].self)) ?? []
        return all.map {
            Case(folder: folder, name: $0.name, inputs: $0.inputs, outputs: $0.outputs)
        }
    }()

    /// Graphs without a form in ONNX, and why.
    static let inexpressible: [String: String] = [
        "dropout-rate-0": "random numbers, which networks lose with their dropout",
        "losses": "SparseSoftmaxCrossEntropyWithLogits, which only training needs",
        "mpi": "the places of the largest values are counted otherwise",
        "qdq": "levels that hang on the values",
        "anti": "ScaleAndTranslate", "anticub": "ScaleAndTranslate",
        "rsgaussian": "ScaleAndTranslate", "rslanczos3": "ScaleAndTranslate",
        "n-paralleldynamicstitch": "places of rows", "n-dynamicstitch": "places of rows",
        "n-dynamicpartition": "places of rows",
        "n-reversesequence": "lengths of rows", "n-reversesequencelast": "lengths of rows",
        "n-sparsetodense": "SparseToDense", "n-lowerbound": "searching",
        "n-upperbound": "searching",
        "n-matrixinverse": "linear algebra", "n-matrixinverseadjoint": "linear algebra",
        "n-matrixdeterminant": "linear algebra", "n-cholesky": "linear algebra",
        "n-matrixsolve": "linear algebra", "n-matrixsolveadjoint": "linear algebra",
        "n-matrixtriangularsolve": "linear algebra",
        "n-matrixtriangularsolveupper": "linear algebra", "n-matrixsetdiag": "diagonals",
        "n-matrixsetdiagv3": "diagonals", "n-diagop": "diagonals", "n-diagpart": "diagonals",
        "n-tensorscattermax": "from opset 18 on", "n-tensorscattermin": "from opset 18 on",
    ]

    /// Whether a graph has no form.
    private static func isInexpressible(_ one: Case) -> Bool {
        inexpressible[one.name] != nil
    }

    @Test("all are there")
    func complete() {
        #expect(Self.listed.count == 192)
        #expect(Self.drawn.count == 228)
    }

    private func check(_ one: Case, openly isOpen: Bool) throws {
        var options = ImportOptions()
        options.feeds = one.inputs.map { .init($0.key, .array(path: one.path($0.value))) }
        let outputs = one.outputs.sorted { $0.key < $1.key }
        let source = try GraphSource(one.path("graph.pb"), options)
        let (graph, feeds) = try source.formed(
            for: outputs.map(\.key),
            options,
            openly: isOpen
        )
        // Shapes that are stated may allow but one number of pictures.
        if isOpen, graph.outputs.contains(where: { graph.shape($0.place) == nil }) { return }
        let model = try ONNXGraphExport(graph, layout: nil).model()
        let place = try TemporaryFolder()
        try ONNXWriter.write(model, to: place.path("model.onnx"), replacing: false)
        let file = try ONNXFile(path: place.path("model.onnx"))
        var inputs: [ByteName: ReferenceTensor] = [:]
        for (name, feed) in zip(file.inputs, feeds) { inputs[name] = feed.value }
        let found = try ONNXInterpreter(file).run(inputs)
        for (output, name) in zip(outputs, file.outputs) {
            let expected = try ReferenceTensor(npy: one.path(output.value))
            let value = try #require(found[name])
            #expect(value.type == expected.type)
            #expect(value.shape == expected.shape)
            let isHalf = expected.type == .float16
            guard isHalf || [.float32, .float64].contains(expected.type),
                value.shape == expected.shape
            else {
                #expect(value == expected)
                continue
            }
            let (wanted, computed) = (expected.values, value.values)
            let largest = wanted.reduce(0) { max($0, abs($1)) }
            let error = zip(wanted, computed).reduce(0) { max($0, abs($1.0 - $1.1)) }
            let allowed = largest * (isHalf ? 2e-3 : 1e-6) + Float.leastNormalMagnitude
            #expect(error <= allowed, "\(error / largest)")
        }
    }

    @Test("an operation's model computes what TensorFlow computes", arguments: listed + drawn)
    func operation(one: Case) throws {
        guard !Self.isInexpressible(one) else {
            #expect(throws: ConversionError.self) { try check(one, openly: false) }
            return
        }
        try check(one, openly: false)
    }

    @Test("it does so for any number of pictures, unless the graph fixes it", arguments: listed)
    func open(one: Case) throws {
        guard !Self.isInexpressible(one) else { return }
        try check(one, openly: true)
    }
}
