internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Operations on the diagonals of matrices in the last two dimensions.
extension ONNXTranslator {
    static let matrices: [String: Handler] = [
        "MatrixBandPart": { one, call throws(ReferenceError) in
            let (lower, upper) = (try one.integer(call[1]), try one.integer(call[2]))
            let extents = try one.matrix(call[0])
            let band = try truths(extents.rows, extents.columns) { row, column in
                (lower < 0 || row - column <= lower) && (upper < 0 || column - row <= upper)
            }
            let zero = try one.number(0, one.type(call[0]))
            let inputs = [one.array(band), try one.own(call[0]), zero]
            one.set(call, one.append("Where", call.name, inputs), planar: false)
        },
        "MatrixDiag": { one, call throws(ReferenceError) in try one.diagonal(call) },
        "MatrixDiagV2": { one, call throws(ReferenceError) in try one.plainDiagonal(call) },
        "MatrixDiagV3": { one, call throws(ReferenceError) in try one.plainDiagonal(call) },
        "MatrixDiagPart": { one, call throws(ReferenceError) in try one.diagonalPart(call) },
        "MatrixDiagPartV2": { one, call throws(ReferenceError) in try one.plainPart(call) },
        "MatrixDiagPartV3": { one, call throws(ReferenceError) in try one.plainPart(call) },
    ]

    private static func truths(
        _ rows: Int,
        _ columns: Int,
        _ body: (Int, Int) -> Bool
    ) throws(ReferenceError) -> ReferenceTensor {
        guard try ReferenceTensor.count([rows, columns]) <= 1 << 24 else {
            throw ReferenceError("matrices of \(rows) and \(columns)")
        }
        var truths: [Bool] = []
        for row in 0..<rows { for column in 0..<columns { truths.append(body(row, column)) } }
        return try ReferenceTensor([rows, columns], truths)
    }

    private func matrix(
        _ place: TensorPlace
    ) throws(ReferenceError) -> (rows: Int, columns: Int) {
        let shape = try shape(place)
        guard shape.count >= 2, let rows = shape[shape.count - 2],
            let columns = shape[shape.count - 1]
        else { throw ReferenceError("matrices of open extents") }
        return (rows, columns)
    }

    private mutating func diagonal(_ call: ONNXCall) throws(ReferenceError) {
        let shape = try shape(call[0])
        guard let last = shape.last, let extent = last else {
            throw ReferenceError("a diagonal of an open extent")
        }
        let line = append(
            "Unsqueeze",
            call.part("lines"),
            [try own(call[0]), integers([shape.count])]
        )
        let eye = try Self.truths(extent, extent) { $0 == $1 }
        let inputs = [array(eye), line, try number(0, type(call[0]))]
        set(call, append("Where", call.name, inputs), planar: false)
    }

    private mutating func plainDiagonal(_ call: ONNXCall) throws(ReferenceError) {
        let extent = try shape(call[0]).last ?? nil
        guard try integers(call[1]).allSatisfy({ $0 == 0 }), try constant(call[4]).values == [0],
            try [-1, extent].contains(integer(call[2])), try [-1, extent].contains(integer(call[3]))
        else { throw ReferenceError("other diagonals than the main one of a square matrix") }
        try diagonal(call)
    }

    private mutating func diagonalPart(_ call: ONNXCall) throws(ReferenceError) {
        let (rows, columns) = try matrix(call[0])
        let shape = try shape(call[0])
        let lines = Array(shape.dropLast(2)) + [rows * columns]
        let values = try reshaped(own(call[0]), to: lines, call.part("lines"))
        let places = integers((0..<min(rows, columns)).map { $0 * (columns + 1) })
        let name = append(
            "Gather",
            call.name,
            [values, places],
            ["axis": .integer(lines.count - 1)]
        )
        set(call, name, planar: false)
    }

    private mutating func plainPart(_ call: ONNXCall) throws(ReferenceError) {
        guard try integers(call[1]).allSatisfy({ $0 == 0 }) else {
            throw ReferenceError("other diagonals than the main one")
        }
        try diagonalPart(call)
    }
}
