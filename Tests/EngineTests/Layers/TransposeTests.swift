import Engine
import Testing

@Suite struct TransposeTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let input: FeatureShape
        let extents: [Int]
        let axes: [Int]
        let output: FeatureShape

        init(_ input: [Int], _ extents: [Int], _ axes: [Int], _ output: [Int]) {
            func shape(_ list: [Int]) -> FeatureShape {
                FeatureShape(height: list[0], width: list[1], channels: list[2])
            }
            (self.input, self.output) = (shape(input), shape(output))
            (self.extents, self.axes) = (extents, axes)
        }

        var testDescription: String { "\(input) as \(extents) by \(axes) to \(output)" }
    }

    static let cases = [
        // All orders, of whole blocks and not.
        Case([3, 4, 5], [3, 4, 5], [0, 2, 1], [3, 5, 4]),
        Case([3, 4, 5], [3, 4, 5], [1, 0, 2], [4, 3, 5]),
        Case([3, 4, 5], [3, 4, 5], [1, 2, 0], [4, 5, 3]),
        Case([3, 4, 5], [3, 4, 5], [2, 0, 1], [5, 3, 4]),
        Case([3, 4, 5], [3, 4, 5], [2, 1, 0], [5, 4, 3]),
        Case([3, 4, 5], [3, 4, 5], [0, 1, 2], [3, 4, 5]),
        Case([3, 4, 32], [3, 4, 32], [1, 0, 2], [4, 3, 32]),
        Case([3, 16, 32], [3, 16, 32], [0, 2, 1], [3, 32, 16]),
        // Channels as heads, and back.
        Case([1, 7, 96], [7, 6, 16], [1, 0, 2], [6, 7, 16]),
        Case([6, 7, 16], [6, 7, 16], [1, 0, 2], [1, 7, 96]),
        Case([1, 7, 96], [7, 2, 48], [1, 2, 0], [2, 48, 7]),
        Case([1, 7, 24], [7, 2, 12], [1, 0, 2], [2, 7, 12]),
        Case([4, 6, 32], [4, 6, 2, 16], [2, 1, 0, 3], [12, 4, 16]),
        Case([4, 6, 8], [4, 6, 2, 2, 2], [4, 0, 3, 1, 2], [16, 6, 2]),
        // Vectors, and axes of one place.
        Case([1, 1, 24], [4, 6], [1, 0], [1, 6, 4]),
        Case([1, 4, 6], [4, 6], [1, 0], [1, 1, 24]),
        Case([1, 4, 6], [1, 4, 1, 6], [2, 1, 0, 3], [1, 4, 6]),
        Case([1, 1, 64], [1, 1, 64], [0, 2, 1], [1, 64, 1]),
        Case([40, 50, 3], [40, 50, 3], [2, 0, 1], [3, 40, 50]),
    ]

    @Test("axes in another order", arguments: cases)
    func orders(_ instance: Case) throws {
        for isLifted in [true, false] {
            let problem = try LayerProblem(instance.input, isLifted: isLifted) { graph, input in
                graph.append(
                    Transpose(instance.extents, instance.axes, to: instance.output),
                    named: "transpose",
                    inputs: [input]
                )
            }
            let count = instance.input.count
            var expected: [Float] = []
            let extents = instance.axes.map { instance.extents[$0] }
            for picture in 0..<2 {
                for index in 0..<count {
                    var (rest, places) = (index, [Int](repeating: 0, count: extents.count))
                    for axis in extents.indices.reversed() {
                        places[instance.axes[axis]] = rest % extents[axis]
                        rest /= extents[axis]
                    }
                    let from = zip(places, instance.extents).reduce(0) { $0 * $1.1 + $1.0 }
                    expected.append(Float(problem.input.values[picture * count + from]))
                }
            }
            #expect(problem.output == expected)
        }
    }

    @Test("what is no order of the values' axes is refused")
    func misfits() {
        let shape = FeatureShape(height: 2, width: 3, channels: 4)
        for (extents, axes) in [
            ([2, 3, 4], [0, 1, 1]), ([2, 3, 4], [0, 1]), ([2, 3, 5], [0, 1, 2]),
            ([24, 0], [1, 0]),
            ([Int.max, Int.max], [1, 0]), ([-2, -12], [1, 0]),
        ] {
            #expect(throws: GraphError.self) {
                try Transpose(extents, axes, to: shape).outputShape(for: [shape], at: "t")
            }
        }
    }

    @Test(
        "values of another shape",
        arguments: [
            ([3, 4, 32], [6, 4, 16]), ([6, 4, 16], [3, 4, 32]), ([4, 6, 48], [3, 8, 48]),
            ([3, 4, 5], [5, 4, 3]), ([2, 3, 40], [1, 5, 48]), ([2, 2, 32], [1, 1, 128]),
            ([1, 1, 128], [2, 2, 32]),
        ]
    )
    func reshapes(from: [Int], to: [Int]) throws {
        let shape = FeatureShape(height: from[0], width: from[1], channels: from[2])
        let target = FeatureShape(height: to[0], width: to[1], channels: to[2])
        let problem = try LayerProblem(shape) { graph, input in
            graph.append(Reshape(to: target), named: "reshape", inputs: [input])
        }
        #expect(problem.output == problem.input.values.map { Float($0) })
    }
}
