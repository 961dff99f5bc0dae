internal import Glibc
internal import Proto

/// Operations on square matrices in the last two dimensions, as whitening and spatial transformers have them.
extension ReferenceOperation {
    static let linearAlgebra: [String: ReferenceOperation] = [
        "MatrixInverse": .one(1...1) { call throws(ReferenceError) in
            let isAdjoint = try call.node.bool("adjoint", default: false)
            return try matrices(call[0]) { matrix, size throws(ReferenceError) in
                var unit = [Double](repeating: 0, count: size * size)
                for row in 0..<size { unit[row * size + row] = 1 }
                let given = isAdjoint ? turned(matrix, size) : matrix
                return try solution(given, size, unit, columns: size)
            }
        },
        "MatrixDeterminant": .one(1...1) { call throws(ReferenceError) in
            let shape = try squares(call[0])
            let values = try call[0].floats()
            let (size, outer) = (shape[shape.count - 1], Array(shape.dropLast(2)))
            let results = (0..<outer.reduce(1, *)).map { number in
                determinant(values[(number * size * size)..<((number + 1) * size * size)], size)
            }
            return try ReferenceTensor(outer, results).cast(to: call[0].type)
        },
        "Cholesky": .one(1...1) { call throws(ReferenceError) in
            try matrices(call[0]) { matrix, size throws(ReferenceError) in
                var lower = [Double](repeating: 0, count: size * size)
                for row in 0..<size {
                    for column in 0...row {
                        var sum = matrix[row * size + column]
                        for inner in 0..<column {
                            sum -= lower[row * size + inner] * lower[column * size + inner]
                        }
                        if row == column {
                            guard sum > 0 else {
                                throw ReferenceError("a matrix that is not positive definite")
                            }
                            lower[row * size + row] = sum.squareRoot()
                        } else {
                            lower[row * size + column] = sum / lower[column * size + column]
                        }
                    }
                }
                return lower
            }
        },
        "MatrixSolve": .one(2...2) { call throws(ReferenceError) in
            let isAdjoint = try call.node.bool("adjoint", default: false)
            return try solved(call) { matrix, size in isAdjoint ? turned(matrix, size) : matrix }
        },
        "MatrixTriangularSolve": .one(2...2) { call throws(ReferenceError) in
            let isLower = try call.node.bool("lower", default: true)
            let isAdjoint = try call.node.bool("adjoint", default: false)
            return try solved(call) { matrix, size in
                // The other half does not count.
                let half = matrix.indices.map { index in
                    let (row, column) = (index / size, index % size)
                    return (isLower ? column <= row : column >= row) ? matrix[index] : 0
                }
                return isAdjoint ? turned(half, size) : half
            }
        },
    ]

    private static func squares(_ input: ReferenceTensor) throws(ReferenceError) -> [Int] {
        let shape = input.shape
        guard shape.count >= 2, shape[shape.count - 1] == shape[shape.count - 2] else {
            throw ReferenceError("matrices of the shape \(shape), expected square ones")
        }
        return shape
    }

    /// Each matrix changed into another of its size.
    private static func matrices(
        _ input: ReferenceTensor,
        _ body: ([Double], Int) throws(ReferenceError) -> [Double]
    ) throws(ReferenceError) -> ReferenceTensor {
        let shape = try squares(input)
        let (values, size) = (try input.floats(), shape[shape.count - 1])
        var output: [Double] = []
        for number in 0..<shape.dropLast(2).reduce(1, *) where size > 0 {
            let own = Array(values[(number * size * size)..<((number + 1) * size * size)])
            output += try body(own, size)
        }
        return try ReferenceTensor(shape, output).cast(to: input.type)
    }

    /// The solutions of as many systems as there are matrices.
    private static func solved(
        _ call: OperationCall,
        _ prepare: ([Double], Int) -> [Double]
    ) throws(ReferenceError) -> ReferenceTensor {
        let (left, right) = (try call[0], try call[1])
        let shape = try squares(left)
        let size = shape[shape.count - 1]
        guard right.rank == left.rank, Array(right.shape.dropLast()) == Array(shape.dropLast()),
            let columns = right.shape.last
        else { throw ReferenceError("matrices \(shape) and right sides \(right.shape)") }
        let (values, sides) = (try left.floats(), try right.floats())
        var output: [Double] = []
        for number in 0..<shape.dropLast(2).reduce(1, *) where size > 0 {
            let own = Array(values[(number * size * size)..<((number + 1) * size * size)])
            let side = Array(sides[(number * size * columns)..<((number + 1) * size * columns)])
            output += try solution(prepare(own, size), size, side, columns: columns)
        }
        return try ReferenceTensor(right.shape, output).cast(to: right.type)
    }

    private static func turned(_ matrix: [Double], _ size: Int) -> [Double] {
        matrix.indices.map { matrix[$0 % size * size + $0 / size] }
    }

    /// The solution of one system for several right sides, by elimination with the largest pivot.
    private static func solution(
        _ matrix: [Double],
        _ size: Int,
        _ sides: [Double],
        columns: Int
    ) throws(ReferenceError) -> [Double] {
        var (matrix, sides) = (matrix, sides)
        for step in 0..<size {
            let pivot = pivot(matrix, size, step)
            guard matrix[pivot * size + step] != 0 else {
                throw ReferenceError("a matrix that has no inverse")
            }
            if pivot != step {
                for column in 0..<size {
                    matrix.swapAt(pivot * size + column, step * size + column)
                }
                for column in 0..<columns {
                    sides.swapAt(pivot * columns + column, step * columns + column)
                }
            }
            let scale = 1 / matrix[step * size + step]
            for column in 0..<size { matrix[step * size + column] *= scale }
            for column in 0..<columns { sides[step * columns + column] *= scale }
            for row in 0..<size where row != step {
                let factor = matrix[row * size + step]
                guard factor != 0 else { continue }
                for column in 0..<size {
                    matrix[row * size + column] -= factor * matrix[step * size + column]
                }
                for column in 0..<columns {
                    sides[row * columns + column] -= factor * sides[step * columns + column]
                }
            }
        }
        return sides
    }

    private static func pivot(_ matrix: [Double], _ size: Int, _ step: Int) -> Int {
        var best = step
        for row in step..<size
        where abs(matrix[row * size + step]) > abs(matrix[best * size + step]) { best = row }
        return best
    }

    private static func determinant(_ values: ArraySlice<Double>, _ size: Int) -> Double {
        var matrix = Array(values)
        var result = 1.0
        for step in 0..<size {
            let pivot = pivot(matrix, size, step)
            let value = matrix[pivot * size + step]
            guard value != 0 else { return 0 }
            if pivot != step {
                for column in 0..<size {
                    matrix.swapAt(pivot * size + column, step * size + column)
                }
                result = -result
            }
            result *= value
            for row in (step + 1)..<max(size, step + 1) {
                let factor = matrix[row * size + step] / value
                for column in 0..<size {
                    matrix[row * size + column] -= factor * matrix[step * size + column]
                }
            }
        }
        return result
    }
}
