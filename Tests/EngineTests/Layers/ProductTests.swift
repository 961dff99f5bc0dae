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

    /// A map's pixels counted in another way.
    private func taken(_ map: NaiveMap, _ shape: FeatureShape) -> NaiveMap {
        NaiveMap(
            batch: map.batch,
            height: shape.height,
            width: shape.width,
            channels: shape.channels,
            values: map.values
        )
    }

    @Test("of two activations, in float32", arguments: cases, [MathMode.exact, .bf16])
    func products(_ instance: Case, _ math: MathMode) throws {
        guard math.isAvailable else { return }
        let first = FeatureShape(
            height: instance.firstIsOne ? 1 : instance.matrices,
            width: instance.rows,
            channels: instance.depth
        )
        let second = FeatureShape(
            height: instance.secondIsOne ? 1 : instance.matrices,
            width: instance.turns ? instance.columns : instance.depth,
            channels: instance.turns ? instance.depth : instance.columns
        )
        // Both lie behind each other in one row.
        let whole = FeatureShape(channels: first.count + second.count)
        let problem = try LayerProblem(whole, math: math, isLifted: false) { graph, input in
            func part(_ start: Int, _ shape: FeatureShape) -> NodeID {
                let slice = graph.append(
                    Slice(channels: Slice.Places(start, count: shape.count)),
                    named: "part\(start)",
                    inputs: [input]
                )
                let shaped = graph.append(
                    Reshape(to: shape),
                    named: "shaped\(start)",
                    inputs: [slice]
                )
                return shaped
            }
            return graph.append(
                Product(turnsSecond: instance.turns),
                named: "product",
                inputs: [part(0, first), part(first.count, second)]
            )
        }
        let input = problem.input
        let left = taken(input.map(channels: first.count) { input[$0, $1, $2, $3] }, first)
        let right = taken(
            input.map(channels: second.count) { input[$0, $1, $2, first.count + $3] },
            second
        )
        let expected = left.map(height: instance.matrices, channels: instance.columns) {
            picture,
            matrix,
            row,
            column in
            var sum = 0.0
            for k in 0..<instance.depth {
                let (y, other) = (
                    instance.firstIsOne ? 0 : matrix, instance.secondIsOne ? 0 : matrix
                )
                let value =
                    instance.turns
                    ? right[picture, other, column, k] : right[picture, other, k, column]
                sum += left[picture, y, row, k] * value
            }
            return sum
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
