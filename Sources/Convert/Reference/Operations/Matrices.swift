internal import Proto

/// Operations on the diagonals of matrices in the last two dimensions.
extension ReferenceOperation {
    static let matrices: [String: ReferenceOperation] = [
        "MatrixBandPart": .one(3...3) { call throws(ReferenceError) in
            let (lower, upper) = (try call[1].integer(), try call[2].integer())
            guard let extents = try matrix(call[0]) else {
                throw ReferenceError("matrices of the shape \(try call[0].shape)")
            }
            let zero = try ReferenceTensor(
                filled: call[0].shape,
                with: ReferenceTensor(Float(0)).cast(to: call[0].type)
            )
            var truths: [Bool] = []
            for row in 0..<extents.rows {
                for column in 0..<extents.columns {
                    truths.append(
                        (lower < 0 || row - column <= lower) && (upper < 0 || column - row <= upper)
                    )
                }
            }
            let band = try ReferenceTensor([extents.rows, extents.columns], truths)
            return try select(band, call[0], zero, call[0].shape)
        },
        "MatrixDiag": .one(1...1) { call throws(ReferenceError) in try diagonal(call[0]) },
        "MatrixDiagV2": .one(5...5) { call throws(ReferenceError) in try plainDiagonal(call) },
        "MatrixDiagV3": .one(5...5) { call throws(ReferenceError) in try plainDiagonal(call) },
        "MatrixDiagPart": .one(1...1) { call throws(ReferenceError) in try part(call[0]) },
        "MatrixDiagPartV2": .one(3...3) { call throws(ReferenceError) in try plainPart(call) },
        "MatrixDiagPartV3": .one(3...3) { call throws(ReferenceError) in try plainPart(call) },
        "MatrixSetDiag": .one(2...2) { call throws(ReferenceError) in
            try replacing(call[0], call[1])
        },
        "MatrixSetDiagV2": .one(3...3) { call throws(ReferenceError) in
            try plainReplacing(call)
        },
        "MatrixSetDiagV3": .one(3...3) { call throws(ReferenceError) in
            try plainReplacing(call)
        },
        "Diag": .one(1...1) { call throws(ReferenceError) in
            let input = try call[0]
            return try diagonal(input.reshaped([input.count])).reshaped(input.shape + input.shape)
        },
        "DiagPart": .one(1...1) { call throws(ReferenceError) in
            let shape = try call[0].shape
            let half = Array(shape.prefix(shape.count / 2))
            guard half + half == shape, !half.isEmpty else {
                throw ReferenceError("the diagonal of the shape \(shape)")
            }
            let extent = half.reduce(1, *)
            return try part(call[0].reshaped([extent, extent])).reshaped(half)
        },
    ]

    private static func matrix(
        _ input: ReferenceTensor
    ) throws(ReferenceError) -> (rows: Int, columns: Int)? {
        guard input.rank >= 2 else { return nil }
        return (input.shape[input.rank - 2], input.shape[input.rank - 1])
    }

    /// Matrices with the values of the last dimension on their diagonals.
    private static func diagonal(
        _ input: ReferenceTensor
    ) throws(ReferenceError) -> ReferenceTensor {
        guard let extent = input.shape.last else {
            throw ReferenceError("the diagonal of a number")
        }
        let result = input.shape + [extent]
        _ = try ReferenceTensor.count(result)
        let outer = input.shape.dropLast().reduce(1, *)
        let lines = try input.reshaped([outer, extent])
        let places = (0..<(extent * extent)).map {
            $0 % (extent + 1) == 0 ? $0 / (extent + 1) : nil
        }
        return try lines.taken(places, axis: 1).reshaped(result)
    }

    private static func part(_ input: ReferenceTensor) throws(ReferenceError) -> ReferenceTensor {
        guard let extents = try matrix(input) else {
            throw ReferenceError("matrices of the shape \(input.shape)")
        }
        let outer = input.shape.dropLast(2).reduce(1, *)
        let lines = try input.reshaped([outer, extents.rows * extents.columns])
        let places = (0..<min(extents.rows, extents.columns)).map { $0 * (extents.columns + 1) }
        return try lines.taken(places, axis: 1)
            .reshaped(Array(input.shape.dropLast(2)) + [places.count])
    }

    /// The main diagonal of square matrices filled up with zeros, which is what is in use.
    private static func plainDiagonal(
        _ call: OperationCall
    ) throws(ReferenceError) -> ReferenceTensor {
        let extent = try call[0].shape.last ?? 0
        guard try call[1].integers().allSatisfy({ $0 == 0 }), try call[4].values == [0],
            try [-1, extent].contains(call[2].integer()),
            try [-1, extent].contains(call[3].integer())
        else { throw ReferenceError("other diagonals than the main one of a square matrix") }
        return try diagonal(call[0])
    }

    /// Matrices with other values on their main diagonals.
    private static func replacing(
        _ input: ReferenceTensor,
        _ values: ReferenceTensor
    ) throws(ReferenceError) -> ReferenceTensor {
        guard let extents = try matrix(input), input.type == values.type else {
            throw ReferenceError("matrices of the shape \(input.shape)")
        }
        let outer = Array(input.shape.dropLast(2))
        let extent = min(extents.rows, extents.columns)
        guard values.shape == outer + [extent] else {
            throw ReferenceError("a diagonal \(values.shape) for the shape \(input.shape)")
        }
        let count = extents.rows * extents.columns
        let lines = outer.reduce(1, *)
        let both = try ReferenceTensor.concatenated(
            [input.reshaped([lines, count]), values.reshaped([lines, extent])],
            axis: 1
        )
        let places = (0..<count).map { place in
            let (row, column) = (place / extents.columns, place % extents.columns)
            return row == column ? count + row : place
        }
        return try both.taken(places.map { $0 }, axis: 1).reshaped(input.shape)
    }

    private static func plainReplacing(
        _ call: OperationCall
    ) throws(ReferenceError) -> ReferenceTensor {
        guard try call[2].integers().allSatisfy({ $0 == 0 }) else {
            throw ReferenceError("other diagonals than the main one")
        }
        return try replacing(call[0], call[1])
    }

    private static func plainPart(_ call: OperationCall) throws(ReferenceError) -> ReferenceTensor {
        guard try call[1].integers().allSatisfy({ $0 == 0 }) else {
            throw ReferenceError("other diagonals than the main one")
        }
        return try part(call[0])
    }
}
