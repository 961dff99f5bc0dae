import Engine
import Testing

@Suite struct SliceTests {
    static let layers = [
        Slice(rows: Slice.Places(1, count: 3), columns: Slice.Places(2, count: 5)),
        Slice(channels: Slice.Places(0, count: 16)), Slice(channels: Slice.Places(16, count: 16)),
        Slice(channels: Slice.Places(5, count: 21)), Slice(channels: Slice.Places(39, count: 1)),
        Slice(channels: Slice.Places(1, count: 13, stride: 3)),
        Slice(
            rows: Slice.Places(0, count: 3, stride: 2),
            columns: Slice.Places(6, count: 7, stride: -1),
            channels: Slice.Places(39, count: 40, stride: -1)
        ),
        Slice(), Slice(rows: Slice.Places(4, count: 1), columns: Slice.Places(0, count: 1)),
    ]

    private func expected(_ layer: Slice, _ input: NaiveMap) -> NaiveMap {
        let rows = layer.rows?.places ?? Array(0..<input.height)
        let columns = layer.columns?.places ?? Array(0..<input.width)
        let channels = layer.channels?.places ?? Array(0..<input.channels)
        return input.map(height: rows.count, width: columns.count, channels: channels.count) {
            input[$0, rows[$1], columns[$2], channels[$3]]
        }
    }

    @Test("pictures, in blocks and as they come in", arguments: layers)
    func pictures(_ layer: Slice) throws {
        let shape = FeatureShape(height: 5, width: 7, channels: 40)
        for math in [MathMode.exact, .bf16] where math.isAvailable {
            for isLifted in [true, false] {
                let problem = try LayerProblem(shape, math: math, isLifted: isLifted) {
                    $0.append(layer, named: "slice", inputs: [$1])
                }
                let error = problem.error(against: expected(layer, problem.input))
                #expect(error < (math == .bf16 ? 1e-2 : 1e-6))
            }
        }
    }

    @Test("vectors", arguments: layers.filter { $0.rows == nil })
    func vectors(_ layer: Slice) throws {
        let shape = FeatureShape(height: 2, width: 3, channels: 40)
        let problem = try LayerProblem(shape) { graph, input in
            let mean = graph.append(GlobalPool(.average), named: "mean", inputs: [input])
            return graph.append(layer, named: "slice", inputs: [mean])
        }
        #expect(problem.error(against: expected(layer, problem.input.means())) < 1e-6)
    }

    @Test(
        "places that are not there are refused",
        arguments: [
            Slice.Places(-1, count: 2), Slice.Places(0, count: 0), Slice.Places(3, count: 3),
            Slice.Places(0, count: 2, stride: 0), Slice.Places(1, count: 3, stride: -1),
            Slice.Places(.max, count: .max, stride: .max),
            Slice.Places(0, count: 5, stride: .max), Slice.Places(0, count: 2, stride: .min),
            Slice.Places(5, count: 1),
        ]
    )
    func places(_ places: Slice.Places) {
        let shape = FeatureShape(height: 5, width: 5, channels: 5)
        for (name, layer) in [
            ("rows", Slice(rows: places)), ("columns", Slice(columns: places)),
            ("channels", Slice(channels: places)),
        ] {
            #expect(
                throws: GraphError.invalidAttribute(
                    node: "slice",
                    name: name,
                    value: "\(places.count) from \(places.begin) by \(places.stride)",
                    expected: "some of 5"
                )
            ) { try layer.outputShape(for: [shape], at: "slice") }
        }
    }
}
