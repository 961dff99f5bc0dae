import Engine
import Testing

@Suite struct BlurTests {
    @Test(
        "the binomial row of every size, the border mirrored",
        arguments: [
            (1, [1.0]), (2, [1, 1]), (3, [1, 2, 1]), (4, [1, 3, 3, 1]), (5, [1, 4, 6, 4, 1]),
            (6, [1, 5, 10, 10, 5, 1]), (7, [1, 6, 15, 20, 15, 6, 1]),
        ],
        [1, 2]
    )
    func blur(_ filter: (size: Int, row: [Double]), stride: Int) throws {
        let shape = FeatureShape(height: 10, width: 13, channels: 24)
        let problem = try LayerProblem(shape) { graph, input in
            graph.append(
                Blur(size: filter.size, stride: stride),
                named: "blur",
                inputs: [input]
            )
        }
        let border = (filter.size - 1) / 2
        func mirrored(_ place: Int, _ extent: Int) -> Int {
            place < 0 ? -place : place < extent ? place : 2 * extent - 2 - place
        }
        let total = filter.row.reduce(0, +)
        let expected = problem.input.map(
            height: (10 + 2 * border - filter.size) / stride + 1,
            width: (13 + 2 * border - filter.size) / stride + 1
        ) { picture, y, x, channel in
            var sum = 0.0
            for (i, first) in filter.row.enumerated() {
                for (j, second) in filter.row.enumerated() {
                    let row = mirrored(y * stride + i - border, 10)
                    let column = mirrored(x * stride + j - border, 13)
                    sum += first * second * problem.input[picture, row, column, channel]
                }
            }
            return sum / (total * total)
        }
        #expect(problem.error(against: expected) < 1e-6)
    }
}
