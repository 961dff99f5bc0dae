import Engine
import Foundation
import GoldenNetworks
import Networks
import Proto
import Reference
import TestSupport
import Testing

/// Graphs of a few operations, run by the engine, against what TensorFlow computed of them.
@Suite struct OperationsByEngineTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let inputs: [String]
        let outputs: [String]

        var testDescription: String { name }
    }

    static let cases: [Case] =
        (try? Fixture.json("import/operations/index.json", as: [Case].self)) ?? []

    @Test("all are there")
    func complete() {
        #expect(Self.cases.count == 192)
    }

    @Test("an operation computes what TensorFlow computes", arguments: cases)
    func operation(one: Case) throws {
        let folder = Fixture.url("import/operations/\(one.name)").path(percentEncoded: false)
        var options = ImportOptions()
        options.feeds = one.inputs.map { .init($0, .array(path: "\(folder)/\($0).npy")) }
        let source = try GraphSource("\(folder)/graph.pb", options)
        let found = try source.valuesByEngine(of: one.outputs, options)
        print("\(one.name): layers \(found.native), by Reference \(found.byReference) \(found.notes)")
        for (name, value) in zip(one.outputs, found.values) {
            let expected = try ReferenceTensor(npy: "\(folder)/\(name).npy")
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
}
