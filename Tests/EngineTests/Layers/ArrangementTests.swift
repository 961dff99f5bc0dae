import Engine
import Testing

/// Layers that put the same values in another order.
@Suite struct ArrangementTests {
    /// The value at a place in the order row, column, channel.
    private func value(_ map: NaiveMap, _ picture: Int, _ place: Int) -> Double {
        map.values[picture * map.height * map.width * map.channels + place]
    }

    @Test("space to depth and back", arguments: [1, 2, 3], [16, 20, 3])
    func space(side: Int, channels: Int) throws {
        let shape = FeatureShape(height: 2 * side, width: 3 * side, channels: channels)
        for math in [MathMode.exact, .bf16] where math.isAvailable {
            let deep = try LayerProblem(shape, math: math) {
                $0.append(SpaceToDepth(side: side), named: "deep", inputs: [$1])
            }
            let expected = deep.input.map(height: 2, width: 3, channels: channels * side * side) {
                picture,
                y,
                x,
                channel in
                let place = channel / channels
                return deep.input[
                    picture,
                    y * side + place / side,
                    x * side + place % side,
                    channel % channels
                ]
            }
            #expect(deep.error(against: expected) < (math == .bf16 ? 1e-2 : 1e-6))
            let back = try LayerProblem(shape, math: math) { graph, input in
                let deep = graph.append(SpaceToDepth(side: side), named: "deep", inputs: [input])
                return graph.append(DepthToSpace(side: side), named: "back", inputs: [deep])
            }
            #expect(back.error(against: back.input) < (math == .bf16 ? 1e-2 : 1e-6))
        }
    }

    @Test("depth to space of a vector, and space to depth down to one")
    func vectors() throws {
        let shape = FeatureShape(height: 2, width: 2, channels: 20)
        let problem = try LayerProblem(shape) { graph, input in
            let deep = graph.append(SpaceToDepth(side: 2), named: "deep", inputs: [input])
            let sum = graph.append(Add(), named: "sum", inputs: [deep, deep])
            return graph.append(DepthToSpace(side: 2), named: "back", inputs: [sum])
        }
        let expected = problem.input.map { 2 * problem.input[$0, $1, $2, $3] }
        #expect(problem.error(against: expected) < 1e-6)
    }

    static let shapes = [
        FeatureShape(channels: 480), FeatureShape(height: 6, width: 4, channels: 20),
        FeatureShape(height: 2, width: 3, channels: 80),
        FeatureShape(height: 480, width: 1, channels: 1),
        FeatureShape(height: 4, width: 6, channels: 20),
    ]

    @Test("pictures become vectors and other pictures, and vectors pictures", arguments: shapes)
    func reshape(to shape: FeatureShape) throws {
        let whole = FeatureShape(height: 4, width: 6, channels: 20)
        for math in [MathMode.exact, .bf16] where math.isAvailable {
            for areVectors in [false, true] {
                let problem = try LayerProblem(whole, math: math) { graph, input in
                    var start = input
                    if areVectors {
                        start = graph.append(GlobalPool(.flatten), named: "flat", inputs: [input])
                    }
                    return graph.append(Reshape(to: shape), named: "reshape", inputs: [start])
                }
                let expected = problem.input.map(
                    height: shape.height,
                    width: shape.width,
                    channels: shape.channels
                ) { picture, y, x, channel in
                    value(
                        problem.input,
                        picture,
                        (y * shape.width + x) * shape.channels + channel
                    )
                }
                #expect(problem.error(against: expected) < (math == .bf16 ? 1e-2 : 1e-6))
            }
        }
    }

    @Test("sides and shapes that do not fit are refused")
    func attributes() {
        let shape = FeatureShape(height: 4, width: 6, channels: 20)
        for side in [0, -2, 1025, .max] {
            let error = GraphError.invalidAttribute(
                node: "layer",
                name: "block size",
                value: "\(side)",
                expected: "1...1024"
            )
            #expect(throws: error) {
                try SpaceToDepth(side: side).outputShape(for: [shape], at: "layer")
            }
            #expect(throws: error) {
                try DepthToSpace(side: side).outputShape(for: [shape], at: "layer")
            }
        }
        #expect(
            throws: GraphError.wrongInput(
                node: "layer",
                found: shape,
                expected: "rows and columns that are multiples of 3"
            )
        ) { try SpaceToDepth(side: 3).outputShape(for: [shape], at: "layer") }
        #expect(
            throws: GraphError.wrongInput(
                node: "layer",
                found: shape,
                expected: "channels that are a multiple of 9"
            )
        ) { try DepthToSpace(side: 3).outputShape(for: [shape], at: "layer") }
        for wrong in [
            FeatureShape(channels: 481), FeatureShape(height: 0, width: 6, channels: 20),
            FeatureShape(height: .max, width: .max, channels: .max),
            FeatureShape(height: -4, width: -6, channels: 20),
        ] {
            #expect(
                throws: GraphError.invalidAttribute(
                    node: "layer",
                    name: "shape",
                    value: "\(wrong)",
                    expected: "a shape of the 480 values that come in"
                )
            ) { try Reshape(to: wrong).outputShape(for: [shape], at: "layer") }
        }
    }
}
