import Reference
import TestSupport
import Testing

/// The plain arithmetic against loops that follow the definitions.
@Suite struct ReferenceTensorTests {
    struct Window: CustomTestStringConvertible, Sendable {
        let input: [Int]
        let size: [Int]
        let outputs: Int
        let geometry: WindowGeometry

        var testDescription: String { "\(input), \(size), \(outputs): \(geometry)" }

        init(
            _ input: [Int],
            _ size: [Int],
            _ outputs: Int,
            _ change: (inout WindowGeometry) -> Void
        ) {
            self.input = input
            self.size = size
            self.outputs = outputs
            var geometry = WindowGeometry()
            change(&geometry)
            self.geometry = geometry
        }

        /// The cells of the window at a place of the output that lie inside.
        func cells(_ y: Int, _ x: Int) -> [(i: Int, j: Int, row: Int, column: Int)] {
            (0..<size[0]).flatMap { i in
                (0..<size[1]).compactMap { j in
                    let row = y * geometry.strides[0] + i * geometry.dilations[0] - geometry.rows[0]
                    let column =
                        x * geometry.strides[1] + j * geometry.dilations[1] - geometry.columns[0]
                    guard (0..<input[1]).contains(row), (0..<input[2]).contains(column) else {
                        return nil
                    }
                    return (i, j, row, column)
                }
            }
        }
    }

    static let windows = [
        Window([2, 7, 9, 3], [3, 3], 20) {
            $0.rows = [1, 1]
            $0.columns = [1, 1]
        },
        Window([1, 8, 5, 4], [2, 3], 16) {
            $0.strides = [2, 1]
            $0.rows = [0, 1]
            $0.columns = [2, 0]
        },
        Window([3, 6, 6, 17], [1, 1], 5) { $0.strides = [2, 2] },
        Window([1, 9, 9, 2], [3, 2], 33) { $0.dilations = [2, 3] },
        Window([1, 7, 7, 3], [7, 7], 1) {
            $0.padSame(height: 7, width: 7, window: [7, 7])
            $0.strides = [3, 3]
        },
    ]

    private func values(_ name: String, _ shape: [Int]) throws -> ReferenceTensor {
        try ReferenceTensor(
            shape,
            Uniform.values(name, count: shape.reduce(1, *)).map { $0 * 2 - 1 }
        )
    }

    @Test("a convolution is the sum over its window", arguments: windows)
    func convolution(window: Window) throws {
        let input = try values("input", window.input)
        let channels = window.input[3]
        let kernel = try values("kernel", window.size + [channels, window.outputs])
        let output = try input.convolved(kernel, window.geometry)
        var place = 0
        for picture in 0..<output.shape[0] {
            for y in 0..<output.shape[1] {
                for x in 0..<output.shape[2] {
                    for channel in 0..<window.outputs {
                        var sum = 0.0
                        for cell in window.cells(y, x) {
                            let from =
                                ((picture * window.input[1] + cell.row) * window.input[2]
                                    + cell.column) * channels
                            let with = (cell.i * window.size[1] + cell.j) * channels
                            for index in 0..<channels {
                                sum +=
                                    Double(input.values[from + index])
                                    * Double(
                                        kernel.values[(with + index) * window.outputs + channel]
                                    )
                            }
                        }
                        #expect(abs(Double(output.values[place]) - sum) < 1e-5)
                        place += 1
                    }
                }
            }
        }
        #expect(place == output.values.count)
    }

    @Test("windows by channel: convolution, largest, both means", arguments: windows)
    func byChannel(window: Window) throws {
        let input = try values("input", window.input)
        let channels = window.input[3]
        let kernel = try values("kernel", window.size + [channels])
        let convolved = try input.convolvedByChannel(kernel, window.geometry)
        let largest = try input.maximumPooled(window.size, window.geometry)
        let whole = try input.meanPooled(window.size, window.geometry, countsPadding: true)
        let inside = try input.meanPooled(window.size, window.geometry, countsPadding: false)
        var place = 0
        for picture in 0..<largest.shape[0] {
            for y in 0..<largest.shape[1] {
                for x in 0..<largest.shape[2] {
                    for channel in 0..<channels {
                        let cells = window.cells(y, x)
                        let found = cells.map { cell in
                            input.values[
                                ((picture * window.input[1] + cell.row) * window.input[2]
                                    + cell.column) * channels + channel
                            ]
                        }
                        let weights = cells.map {
                            kernel.values[($0.i * window.size[1] + $0.j) * channels + channel]
                        }
                        let sum = found.reduce(0, +)
                        let area = Float(window.size[0] * window.size[1])
                        #expect(
                            abs(convolved.values[place] - zip(found, weights).map(*).reduce(0, +))
                                < 1e-5
                        )
                        #expect(largest.values[place] == found.max())
                        #expect(abs(whole.values[place] - sum / area) < 1e-6)
                        #expect(abs(inside.values[place] - sum / Float(found.count)) < 1e-6)
                        place += 1
                    }
                }
            }
        }
    }

    @Test("elements move where they should")
    func arrangement() throws {
        let tensor = try ReferenceTensor([2, 3], [0, 1, 2, 3, 4, 5])
        #expect(try tensor.transposed([1, 0]).values == [0, 3, 1, 4, 2, 5])
        #expect(try tensor.sliced(start: [0, 1], count: [2, 2]).values == [1, 2, 4, 5])
        let parts = try tensor.split(axis: -1, [1, 2])
        #expect(parts.map(\.values) == [[0, 3], [1, 2, 4, 5]])
        #expect(try ReferenceTensor.concatenated(parts, axis: 1) == tensor)
        #expect(
            try tensor.padded(before: [0, 2], after: [1, 1], .constant(ReferenceTensor(Float(9))))
                .values
                == [9, 9, 0, 1, 2, 9, 9, 9, 3, 4, 5, 9, 9, 9, 9, 9, 9, 9]
        )
        #expect(
            try tensor.padded(before: [0, 2], after: [0, 1], .reflected).values
                == [2, 1, 0, 1, 2, 1, 5, 4, 3, 4, 5, 4]
        )
        #expect(
            try tensor.taken([2, nil], axis: 1, filler: ReferenceTensor(Float(7))).values == [
                2, 7, 5, 7,
            ]
        )
    }

    @Test("elements are taken together")
    func reductions() throws {
        let tensor = try ReferenceTensor([2, 3], [0, 1, 5, 3, 4, 2])
        #expect(try tensor.reduced(.sum, axes: [0], keepsAxes: false).values == [3, 5, 7])
        let mean = try tensor.reduced(.mean, axes: [1], keepsAxes: true)
        #expect(mean == (try ReferenceTensor([2, 1], [2, 3])))
        #expect(try tensor.reduced(.maximum, axes: [0, 1], keepsAxes: false).values == [5])
        #expect(try tensor.reduced(.product, axes: [1], keepsAxes: false).values == [0, 24])
        #expect(try tensor.indexOfExtreme(axis: 1).indices == [2, 1])
        #expect(try tensor.combined(with: mean) { $0 - $1 }.values == [-2, -1, 3, 0, 1, -1])
        let softmax = try ReferenceTensor([1, 2], [0, 0]).softmax(axis: 1)
        #expect(softmax.values == [0.5, 0.5])
        let product = try tensor.product(tensor, transposesSecond: true)
        #expect(product == (try ReferenceTensor([2, 2], [26, 14, 14, 29])))
        #expect(
            try tensor.product(tensor, transposesFirst: true).values
                == [9, 12, 6, 12, 17, 13, 6, 13, 29]
        )
    }

    @Test("resizing samples at place times source over result")
    func resizing() throws {
        let row = try ReferenceTensor([1, 1, 4, 1], [0, 10, 20, 30])
        #expect(
            try row.resizedToNearest(height: 2, width: 8).values
                == [0, 0, 10, 10, 20, 20, 30, 30, 0, 0, 10, 10, 20, 20, 30, 30]
        )
        #expect(
            try row.resizedBilinearly(height: 1, width: 8).values
                == [0, 5, 10, 15, 20, 25, 30, 30]
        )
        #expect(try row.resizedBilinearly(height: 1, width: 2).values == [0, 20])
    }

    @Test("what does not fit is an error")
    func errors() throws {
        let tensor = try ReferenceTensor([2, 3], [0, 1, 2, 3, 4, 5])
        #expect(throws: ReferenceError("the shapes [2, 3] and [2] do not fit")) {
            try tensor.combined(with: ReferenceTensor([2], [1, 2])) { $0 + $1 }
        }
        #expect(throws: ReferenceError("the shape [2, 3] cannot become [7]")) {
            try tensor.reshaped([7])
        }
        #expect(throws: ReferenceError("axis 2 of the shape [2, 3]")) { try tensor.axis(2) }
        #expect(throws: ReferenceError("a tensor of the shape [4611686018427387904, 4]")) {
            try ReferenceTensor.count([1 << 62, 4])
        }
        #expect(throws: ReferenceError("a window [3, 3] over the shape [1, 2, 2, 1]")) {
            try ReferenceTensor([1, 2, 2, 1], [0, 1, 2, 3])
                .maximumPooled([3, 3], WindowGeometry())
        }
    }
}
