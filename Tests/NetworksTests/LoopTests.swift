import Engine
import Foundation
import GoldenNetworks
import Networks
import Proto
import Reference
import TestSupport
import Testing

/// Loops whose turns can be counted, lists that they write, and nodes that stand for several.
@Suite struct LoopTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let inputs: [String: String]
        let outputs: [String: String]

        var testDescription: String { name }
    }

    static let folder = "import/loops"

    static let cases: [Case] =
        (try? Fixture.json("\(folder)/index.json", as: [Case].self)) ?? []

    @Test("all are there")
    func complete() {
        #expect(Self.cases.count == 17)
    }

    @Test("a graph computes what TensorFlow computes, both ways", arguments: cases)
    func graph(one: Case) throws {
        let folder = Fixture.url("\(Self.folder)/\(one.name)").path(percentEncoded: false)
        var options = ImportOptions()
        options.feeds = one.inputs.sorted { $0.key < $1.key }.map {
            .init($0.key, .array(path: "\(folder)/\($0.value)"))
        }
        let source = try GraphSource("\(folder)/graph.pb", options)
        let outputs = one.outputs.sorted { $0.key < $1.key }
        let plain = try source.values(of: outputs.map(\.key), options).values
        let found = try source.valuesByEngine(of: outputs.map(\.key), options)
        print("\(one.name): layers \(found.native), by Reference \(found.byReference)")
        for values in [plain, found.values] {
            for (output, value) in zip(outputs, values) {
                let expected = try ReferenceTensor(npy: "\(folder)/\(output.value)")
                #expect(value.shape == expected.shape)
                guard value.shape == expected.shape else { continue }
                let largest = expected.values.reduce(0) { max($0, abs($1)) }
                let error = zip(expected.values, value.values).reduce(0) {
                    max($0, abs($1.0 - $1.1))
                }
                #expect(error <= largest * 2e-6, "\(output.key): \(error / largest)")
            }
        }
    }
}
