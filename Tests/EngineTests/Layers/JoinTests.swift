import Engine
import Testing

/// Pictures behind each other, and activations that every picture has.
@Suite struct JoinTests {
    @Test("rows or columns behind each other", arguments: [16, 20, 3], [true, false])
    func pictures(channels: Int, rows: Bool) throws {
        let shape = FeatureShape(height: 4, width: 5, channels: channels)
        for math in [MathMode.exact, .bf16] where math.isAvailable {
            let problem = try LayerProblem(shape, math: math) { graph, input in
                let places = Slice.Places(1, count: 2)
                let part = graph.append(
                    rows ? Slice(rows: places) : Slice(columns: places),
                    named: "part",
                    inputs: [input]
                )
                return graph.append(
                    Join(count: 3, rows: rows),
                    named: "join",
                    inputs: [input, part, input]
                )
            }
            let input = problem.input
            let extent = rows ? 4 : 5
            func place(_ index: Int) -> Int {
                index < extent
                    ? index : index < extent + 2 ? index - extent + 1 : index - extent - 2
            }
            let expected = input.map(
                height: rows ? 2 * 4 + 2 : 4,
                width: rows ? 5 : 2 * 5 + 2
            ) { picture, y, x, channel in
                input[picture, rows ? place(y) : y, rows ? x : place(x), channel]
            }
            #expect(problem.error(against: expected) <= (math == .bf16 ? 4e-3 : 0))
        }
    }

    @Test("pictures that do not fit are refused")
    func misfits() {
        let shape = FeatureShape(height: 4, width: 5, channels: 6)
        for (other, rows) in [
            (FeatureShape(height: 4, width: 4, channels: 6), true),
            (FeatureShape(height: 3, width: 5, channels: 6), false),
            (FeatureShape(height: 4, width: 5, channels: 5), true),
        ] {
            #expect(throws: GraphError.shapesDiffer(node: "j", first: shape, second: other)) {
                try Join(count: 2, rows: rows).outputShape(for: [shape, other], at: "j")
            }
        }
    }

    @Test(
        "a constant is the same for every picture, and what is computed of it leaves it as it is",
        arguments: [[3, 4, 16], [3, 4, 5], [1, 1, 20], [1, 7, 1]]
    )
    func constants(extents: [Int]) throws {
        let shape = FeatureShape(height: extents[0], width: extents[1], channels: extents[2])
        let problem = try LayerProblem(shape) { graph, input in
            let constant = graph.append(Constant(shape), named: "constant", inputs: [])
            let sum = graph.append(Add(), named: "sum", inputs: [constant, input])
            let relu = graph.append(Nonlinearity(.relu), named: "relu", inputs: [sum])
            return graph.append(Add(), named: "again", inputs: [relu, constant])
        }
        let values = problem.values("constant", .shift)
        var expected = problem.input
        for index in expected.values.indices {
            let constant = Double(values[index % shape.count])
            expected.values[index] = max(expected.values[index] + constant, 0) + constant
        }
        #expect(problem.error(against: expected) < 1e-6)
    }
}
