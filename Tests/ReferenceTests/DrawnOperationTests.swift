import Proto
import Reference
import TestSupport
import Testing

/// Operations with attributes drawn at random against what TensorFlow 2.15 computes of them.
@Suite struct DrawnOperationTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        /// The files of tensors.
        let inputs: [String: String]
        let outputs: [String: String]

        var testDescription: String { name }
    }

    static let folder = "import/operations-2.15"

    static let cases: [Case] =
        (try? Fixture.json("\(folder)/index.json", as: [Case].self)) ?? []

    @Test("all are there")
    func complete() {
        #expect(Self.cases.count == 228)
    }

    @Test("an operation computes what TensorFlow computes", arguments: cases)
    func operation(one: Case) throws {
        let folder = "\(Self.folder)/\(one.name)"
        let bytes = try Fixture.bytes("\(folder)/graph.pb")
        let graph = try unsafe GraphDef(bytes.span.bytes)
        var feeds: [Name: ReferenceTensor] = [:]
        for (name, file) in one.inputs {
            feeds[Name(name)] = try ReferenceTensor(golden: "\(folder)/\(file)")
        }
        let outputs = one.outputs.sorted { $0.key < $1.key }
        let found = try GraphInterpreter(nodes: graph.nodes).run(outputs.map(\.key), feeds: feeds)
        for (output, value) in zip(outputs, found) {
            compare(value, try ReferenceTensor(golden: "\(folder)/\(output.value)"))
        }
    }

    private func compare(_ value: ReferenceTensor, _ expected: ReferenceTensor) {
        #expect(value.type == expected.type)
        #expect(value.shape == expected.shape)
        let isHalf = expected.type == .float16
        guard isHalf || expected.type == .float32 || expected.type == .float64 else {
            #expect(value == expected)
            return
        }
        var (largest, error): (Float, Float) = (0, 0)
        for (wanted, computed) in zip(expected.values, value.values) {
            largest = max(largest, abs(wanted))
            error = max(error, abs(wanted - computed))
        }
        #expect(error <= largest * (isHalf ? 2e-3 : 1e-6) + Float.leastNormalMagnitude)
    }
}
