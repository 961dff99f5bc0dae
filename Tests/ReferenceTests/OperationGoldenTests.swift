import Proto
import Reference
import TestSupport
import Testing

/// Graphs of a few operations against what TensorFlow 1.14 computes of them.
@Suite struct OperationGoldenTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let inputs: [String]
        let outputs: [String]
        let operations: [String]

        var testDescription: String { name }

        /// Whether functions are called, which whoever reads a graph inlines first.
        var callsFunctions: Bool {
            operations.contains { ["If", "PartitionedCall"].contains($0) }
        }
    }

    static let cases: [Case] = {
        let all = (try? Fixture.json("import/operations/index.json", as: [Case].self)) ?? []
        return all.filter { !$0.callsFunctions }
    }()

    @Test("all are there")
    func complete() throws {
        #expect(Self.cases.count == 190)
    }

    @Test("an operation computes what TensorFlow computes", arguments: cases)
    func operation(one: Case) throws {
        let folder = "import/operations/\(one.name)"
        let bytes = try Fixture.bytes("\(folder)/graph.pb")
        let graph = try unsafe GraphDef(bytes.span.bytes)
        var feeds: [Name: ReferenceTensor] = [:]
        for input in one.inputs {
            feeds[Name(input)] = try ReferenceTensor(golden: "\(folder)/\(input).npy")
        }
        let found = try GraphInterpreter(nodes: graph.nodes).run(one.outputs, feeds: feeds)
        for (name, value) in zip(one.outputs, found) {
            compare(value, try ReferenceTensor(golden: "\(folder)/\(name).npy"))
        }
    }

    private func compare(_ value: ReferenceTensor, _ expected: ReferenceTensor) {
        #expect(value.type == expected.type)
        #expect(value.shape == expected.shape)
        guard expected.type == .float32 else {
            #expect(value == expected)
            return
        }
        let (wanted, computed) = (expected.values, value.values)
        let largest = wanted.reduce(0) { max($0, abs($1)) }
        let error = zip(wanted, computed).reduce(0) { max($0, abs($1.0 - $1.1)) }
        // TensorFlow takes numbers below the least normal one for zero.
        #expect(error <= largest * 1e-6 + Float.leastNormalMagnitude)
    }
}
