import Engine
import Testing

@Suite struct PoolTests {
    private static let shape = FeatureShape(height: 9, width: 12, channels: 24)

    private func problem(_ layer: Pool) throws -> LayerProblem {
        try LayerProblem(Self.shape) { graph, input in
            graph.append(layer, named: "pool", inputs: [input])
        }
    }

    @Test("the maximum pads as SAME does, and more behind than before", arguments: [1, 2])
    func maximum(stride: Int) throws {
        let problem = try problem(Pool(.maximum, Window(3, stride: stride, border: .same)))
        func before(_ extent: Int) -> Int {
            max(((extent + stride - 1) / stride - 1) * stride + 3 - extent, 0) / 2
        }
        let expected = problem.input.map(
            height: (9 + stride - 1) / stride,
            width: (12 + stride - 1) / stride
        ) { picture, y, x, channel in
            var largest = -Double.infinity
            for i in 0..<3 {
                for j in 0..<3 {
                    let (row, column) = (y * stride + i - before(9), x * stride + j - before(12))
                    guard problem.input.contains(row, column) else { continue }
                    largest = max(largest, problem.input[picture, row, column, channel])
                }
            }
            return largest
        }
        #expect(problem.error(against: expected) < 1e-6)
    }

    @Test("a strided mean counts the zeros around the map", arguments: [2, 3])
    func stridedMean(size: Int) throws {
        let problem = try problem(
            Pool(
                .average,
                Window(
                    size,
                    stride: 2,
                    border: .sides(Padding(before: (size - 1) / 2, after: size / 2))
                ),
                countsPadding: true
            )
        )
        let expected = problem.input.map(height: (9 - 1) / 2 + 1, width: (12 - 1) / 2 + 1) {
            picture,
            y,
            x,
            channel in
            var sum = 0.0
            for i in 0..<size {
                for j in 0..<size {
                    let (row, column) = (y * 2 + i - (size - 1) / 2, x * 2 + j - (size - 1) / 2)
                    sum += problem.input[picture, row, column, channel]
                }
            }
            return sum / Double(size * size)
        }
        #expect(problem.error(against: expected) < 1e-6)
    }

    @Test("a mean with stride 1 counts real cells only")
    func denseMean() throws {
        let problem = try problem(Pool(.average, Window(2, border: .same)))
        let expected = problem.input.map { picture, y, x, channel in
            var (sum, count) = (0.0, 0.0)
            for i in 0..<2 {
                for j in 0..<2 where problem.input.contains(y + i, x + j) {
                    sum += problem.input[picture, y + i, x + j, channel]
                    count += 1
                }
            }
            return sum / count
        }
        #expect(problem.error(against: expected) < 1e-6)
    }

    /// Windows that are not square, with a stride, and with rows and columns around that differ on each side.
    static let windows = [
        Window(Axes(height: 2, width: 3), stride: Axes(height: 1, width: 2)),
        Window(
            Axes(height: 3, width: 2),
            stride: Axes(height: 2, width: 1),
            border: .sides(Padding(top: 2, bottom: 0, left: 0, right: 1))
        ),
        Window(
            Axes(height: 1, width: 5),
            stride: Axes(3),
            border: .sides(Padding(top: 0, bottom: 0, left: 4, right: 3))
        ),
        Window(Axes(height: 9, width: 12)),
    ]

    @Test(
        "any window, any padding, counted or not",
        arguments: windows,
        [(Pool.Kind.maximum, false), (.average, false), (.average, true)]
    )
    func window(_ window: Window, _ rule: (function: Pool.Kind, countsPadding: Bool)) throws {
        let problem = try problem(
            Pool(rule.function, window, countsPadding: rule.countsPadding)
        )
        var padding = Padding.none
        if case .sides(let sides) = window.border { padding = sides }
        let expected = problem.input.map(
            height: (9 + padding.top + padding.bottom - window.size.height)
                / window.stride.height + 1,
            width: (12 + padding.left + padding.right - window.size.width)
                / window.stride.width + 1
        ) { picture, y, x, channel in
            var cells: [Double] = []
            for i in 0..<window.size.height {
                for j in 0..<window.size.width {
                    let row = y * window.stride.height + i - padding.top
                    let column = x * window.stride.width + j - padding.left
                    guard problem.input.contains(row, column) else { continue }
                    cells.append(problem.input[picture, row, column, channel])
                }
            }
            if rule.function == .maximum { return cells.max() ?? .nan }
            let count = rule.countsPadding ? window.size.area : cells.count
            return cells.reduce(0, +) / Double(count)
        }
        #expect(problem.error(against: expected) < 1e-6)
    }

    @Test("a window beside the picture is refused")
    func outside() throws {
        let window = Window(2, border: .sides(Padding(before: 2, after: 0)))
        let error = GraphError.invalidAttribute(
            node: "pool",
            name: "padding",
            value: "[2, 2, 0, 0]",
            expected: "less than the window, 2x2"
        )
        #expect(throws: error) {
            try Pool(.maximum, window).outputShape(for: [Self.shape], at: "pool")
        }
        #expect(
            error.description
                == "pool: padding is [2, 2, 0, 0], but must be less than the window, 2x2"
        )
    }

    @Test("a dilated window is refused")
    func dilated() throws {
        let window = Window(Axes(2), dilation: Axes(height: 1, width: 2))
        #expect(
            throws: GraphError.invalidAttribute(
                node: "pool",
                name: "dilation",
                value: "1x2",
                expected: "1x1"
            )
        ) {
            try Pool(.maximum, window).outputShape(for: [Self.shape], at: "pool")
        }
    }
}
