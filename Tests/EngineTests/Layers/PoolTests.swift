import Engine
import Testing

@Suite struct PoolTests {
    private static let shape = FeatureShape(height: 9, width: 12, channels: 24)

    private func problem(_ layer: Pool) throws -> LayerProblem {
        try LayerProblem(Self.shape) { graph, input in
            graph.append(layer, named: "pool", in: .stem, inputs: [input])
        }
    }

    @Test("the maximum pads as SAME does, and more behind than before", arguments: [1, 2])
    func maximum(stride: Int) throws {
        let problem = try problem(Pool(.maximum, size: 3, stride: stride))
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
        let problem = try problem(Pool(.average, size: size, stride: 2))
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
        let problem = try problem(Pool(.average, size: 2, stride: 1))
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
}
