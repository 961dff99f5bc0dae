import Engine
import Foundation
import GoldenNetworks
import Networks
import Reference
import TestSupport
import Testing

/// Transposed convolutions and products of activations, against what TensorFlow computed; see `fixtures/import/products`.
@Suite struct ProductsByEngineTests {
    static let folder = "import/products"

    static let cases: [String] =
        (try? Fixture.json("\(folder)/index.json", as: [String].self)) ?? []

    @Test("all are there")
    func complete() {
        #expect(Self.cases.count == 57)
    }

    private static func source(_ name: String) throws -> (GraphSource, ImportOptions) {
        let folder = Fixture.url("\(Self.folder)/\(name)").path(percentEncoded: false)
        var options = ImportOptions()
        options.feeds = [.init("input", .array(path: "\(folder)/input.npy"))]
        return (try GraphSource("\(folder)/graph.pb", options), options)
    }

    @Test(
        "a graph computes what TensorFlow computes, by layers alone and by Reference",
        arguments: cases
    )
    func graph(name: String) throws {
        let (source, options) = try Self.source(name)
        let expected = try ReferenceTensor(npy: Fixture.path("\(Self.folder)/\(name)/output.npy"))
        let found = try source.valuesByEngine(of: ["output"], options)
        #expect(found.byReference.isEmpty, "\(found.byReference)")
        #expect(found.notes.isEmpty, "\(found.notes)")
        let plain = try source.values(of: ["output"], options).values
        for value in [found.values[0], plain[0]] {
            #expect(value.shape == expected.shape)
            guard value.shape == expected.shape else { continue }
            let largest = expected.values.reduce(0) { max($0, abs($1)) }
            let error = zip(expected.values, value.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
            #expect(error <= largest * 2e-6, "\(error / largest)")
        }
    }

    @Test("what follows a transposed convolution becomes a part of its phases")
    func folded() throws {
        for name in ["spread-planar", "spread-same-3-2"] {
            let layers = try Self.layers(name)
            let kinds = Pass.all.reduce(layers.graph) { $1.applied(to: $0) }.nodes.map(\.layer.kind)
            #expect(
                Set(kinds).isSubset(of: ["input", "transpose", "convolution", "interleave"]),
                "\(kinds)"
            )
        }
    }

    @Test("the softmax inside of attention is not taken for the last one")
    func classes() throws {
        let folder = "\(Self.folder)/attention-classes"
        let graph = try ImportedGraph(Fixture.path("\(folder)/graph.pb"))
        let expected = try ReferenceTensor(npy: Fixture.path("\(folder)/output.npy"))
        let logits = try graph.logits(ReferenceTensor(npy: Fixture.path("\(folder)/input.npy")))
        #expect(logits.shape == expected.shape)
        #expect(logits.largestRowError(from: expected) <= 2e-6)
    }

    private static func layers(_ name: String) throws -> TranslatedGraph {
        var options = ImportOptions()
        options.outputTensor = "output:0"
        let graph = try ImportedGraph(Fixture.path("\(Self.folder)/\(name)/graph.pb"), options)
        return try graph.translated()
    }

    @Test(
        "a picture's values are its own, to the bit, whatever the batch and its place",
        arguments: cases
    )
    func neighbours(name: String) throws {
        let layers = try Self.layers(name)
        let pictures = try ReferenceTensor(npy: Fixture.path("\(Self.folder)/\(name)/input.npy"))
        let count = pictures.values.count / 2
        let rows = [Array(pictures.values[..<count]), Array(pictures.values[count...])]
        func logits(_ order: [Int]) throws -> [[Float]] {
            let executor = try layers.executor(batch: order.count)
            layers.fill(executor, with: [order.flatMap { rows[$0] }])
            try executor.run()
            let values = executor.logits
            let width = values.count / order.count
            return order.indices.map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
        }
        let alone = try logits([0])[0]
        let other = try logits([1])[0]
        for order in [[0, 1], [1, 0], [1, 1, 0, 1, 0]] {
            for (place, row) in zip(order, try logits(order)) {
                #expect(row == (place == 0 ? alone : other))
            }
        }
    }
}
