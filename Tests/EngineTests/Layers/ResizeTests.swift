import Engine
import Foundation
import Testing

@Suite struct ResizeTests {
    /// Where an output lies among `extent` pixels.
    private static func place(
        _ layer: Resize,
        _ output: Int,
        _ outputs: Int,
        _ extent: Int
    ) -> Double {
        switch layer.convention {
        case .legacy: Double(output) * Double(extent) / Double(outputs)
        case .alignCorners:
            outputs > 1
                ? Double(output) * Double(extent - 1) / Double(outputs - 1)
                : Double(output) * Double(extent)
        case .halfPixelCenters:
            (Double(output) + 0.5) * Double(extent) / Double(outputs)
                - (layer.function == .nearest ? 0 : 0.5)
        }
    }

    private static func expected(_ layer: Resize, _ input: NaiveMap) -> NaiveMap {
        func clipped(_ place: Double, _ extent: Int) -> Int { min(max(Int(place), 0), extent - 1) }
        return input.map(height: layer.height, width: layer.width) { picture, y, x, channel in
            let down = Self.place(layer, y, layer.height, input.height)
            let across = Self.place(layer, x, layer.width, input.width)
            if layer.function == .nearest {
                // A tenth of a millionth lifts what float32 makes whole above its place.
                let isRounded = layer.convention == .alignCorners
                func nearest(_ place: Double) -> Double {
                    (place + 1e-7 + (isRounded ? 0.5 : 0)).rounded(.down)
                }
                return input[
                    picture,
                    clipped(nearest(down), input.height),
                    clipped(nearest(across), input.width),
                    channel
                ]
            }
            var sum = 0.0
            for i in 0..<2 {
                for j in 0..<2 {
                    let (top, left) = (down.rounded(.down), across.rounded(.down))
                    let share =
                        (i == 0 ? 1 - (down - top) : down - top)
                        * (j == 0 ? 1 - (across - left) : across - left)
                    let row = clipped(top + Double(i), input.height)
                    let column = clipped(left + Double(j), input.width)
                    sum += share * input[picture, row, column, channel]
                }
            }
            return sum
        }
    }

    static let sizes = [(10, 14), (3, 4), (1, 1), (5, 7), (11, 2)]

    @Test(
        "pictures larger and smaller, by all three conventions",
        arguments: Resize.Convention.allCases,
        sizes
    )
    func pictures(_ convention: Resize.Convention, _ size: (Int, Int)) throws {
        for function in Resize.Function.allCases {
            for (channels, math) in [(16, MathMode.exact), (20, .exact), (3, .bf16)]
            where math.isAvailable {
                let layer = Resize(function, convention, height: size.0, width: size.1)
                let shape = FeatureShape(height: 5, width: 7, channels: channels)
                let problem = try LayerProblem(shape, math: math) {
                    $0.append(layer, named: "resize", inputs: [$1])
                }
                let error = problem.error(against: Self.expected(layer, problem.input))
                #expect(error < (math == .bf16 ? 2e-2 : 2e-6), "\(function) \(channels)")
            }
        }
    }

    @Test("a vector becomes a picture of one colour")
    func vector() throws {
        let shape = FeatureShape(height: 2, width: 3, channels: 20)
        for function in Resize.Function.allCases {
            let problem = try LayerProblem(shape) { graph, input in
                let mean = graph.append(GlobalPool(.average), named: "mean", inputs: [input])
                return graph.append(
                    Resize(function, .halfPixelCenters, height: 3, width: 4),
                    named: "resize",
                    inputs: [mean]
                )
            }
            let means = problem.input.means()
            let expected = means.map(height: 3, width: 4) { means[$0, 0, 0, $3] }
            #expect(problem.error(against: expected) < 1e-6)
        }
    }

    @Test("sizes of nothing and beyond reason are refused", arguments: [0, -1, Int.max])
    func refused(_ size: Int) {
        let shape = FeatureShape(height: 2, width: 3, channels: 20)
        #expect(
            throws: GraphError.invalidAttribute(
                node: "resize",
                name: "size",
                value: "4x\(size)",
                expected: "1...16777216 on each axis"
            )
        ) {
            try Resize(.nearest, .legacy, height: 4, width: size)
                .outputShape(for: [shape], at: "resize")
        }
    }
}
