import Engine
import Testing

@Suite struct ProductTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var matrices = 3
        var rows = 7
        var columns = 9
        var depth = 20
        var turns = true
        /// Whether the first, or the second, has one matrix for all.
        var firstIsOne = false
        var secondIsOne = false

        var testDescription: String {
            "\(matrices) of \(rows)x\(depth) and \(columns)\(turns ? " turned" : "")"
                + "\(firstIsOne ? ", one first" : "")\(secondIsOne ? ", one second" : "")"
        }
    }

    static let cases = [
        Case(), Case(turns: false), Case(firstIsOne: true), Case(secondIsOne: true),
        Case(turns: false, secondIsOne: true),
        Case(matrices: 1, rows: 1, columns: 1, depth: 1),
        Case(matrices: 1, rows: 1, columns: 5, depth: 3, turns: false),
        Case(matrices: 2, rows: 16, columns: 16, depth: 16),
        Case(matrices: 2, rows: 16, columns: 32, depth: 16, turns: false),
        Case(matrices: 12, rows: 50, columns: 50, depth: 64),
        Case(matrices: 2, rows: 197, columns: 197, depth: 24),
        Case(matrices: 2, rows: 99, columns: 40, depth: 300, turns: false),
        Case(matrices: 1, rows: 130, columns: 17, depth: 257),
    ]

    @Test("of two activations, in float32", arguments: cases, [MathMode.exact, .bf16])
    func products(_ instance: Case, _ math: MathMode) throws {
        guard math.isAvailable else { return }
        let (rows, columns, depth) = (instance.rows, instance.columns, instance.depth)
        let shape = FeatureShape(
            height: instance.matrices,
            width: rows + columns,
            channels: depth
        )
        let problem = try LayerProblem(shape, math: math) { graph, input in
            func part(_ start: Int, _ count: Int, isOne: Bool) -> NodeID {
                graph.append(
                    Slice(
                        rows: isOne ? Slice.Places(0, count: 1) : nil,
                        columns: Slice.Places(start, count: count)
                    ),
                    named: "part\(start)",
                    inputs: [input]
                )
            }
            let first = part(0, rows, isOne: instance.firstIsOne)
            var second = part(rows, columns, isOne: instance.secondIsOne)
            if !instance.turns {
                let count = instance.secondIsOne ? 1 : instance.matrices
                second = graph.append(
                    Transpose(
                        [count, columns, depth],
                        [0, 2, 1],
                        to: FeatureShape(height: count, width: depth, channels: columns)
                    ),
                    named: "turned",
                    inputs: [second]
                )
            }
            return graph.append(
                Product(turnsSecond: instance.turns),
                named: "product",
                inputs: [first, second]
            )
        }
        let input = problem.input
        let expected = input.map(width: rows, channels: columns) { picture, matrix, row, column in
            let one = instance.firstIsOne ? 0 : matrix
            let other = instance.secondIsOne ? 0 : matrix
            return (0..<depth).reduce(0.0) {
                $0 + input[picture, one, row, $1] * input[picture, other, rows + column, $1]
            }
        }
        #expect(problem.error(against: expected) < (math == .bf16 ? 2e-2 : 2e-6))
    }

    @Test("of shapes that do not fit are refused")
    func misfits() {
        let shape = FeatureShape(height: 2, width: 3, channels: 4)
        for (other, turns) in [
            (FeatureShape(height: 2, width: 3, channels: 4), false),
            (FeatureShape(height: 3, width: 3, channels: 4), true),
            (FeatureShape(height: 2, width: 3, channels: 5), true),
        ] {
            #expect(throws: GraphError.shapesDiffer(node: "p", first: shape, second: other)) {
                try Product(turnsSecond: turns).outputShape(for: [shape, other], at: "p")
            }
        }
    }
}
