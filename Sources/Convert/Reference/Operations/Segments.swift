internal import Proto

/// Operations that take rows together which have the same number.
extension ReferenceOperation {
    static let segments: [String: ReferenceOperation] = [
        "SegmentSum": sorted(.sum),
        "SegmentMean": sorted(.mean),
        "SegmentProd": sorted(.product),
        "SegmentMax": sorted(.maximum),
        "SegmentMin": sorted(.minimum),
        "UnsortedSegmentSum": unsorted(.sum),
        "UnsortedSegmentProd": unsorted(.product),
        "UnsortedSegmentMax": unsorted(.maximum),
        "UnsortedSegmentMin": unsorted(.minimum),
        "SparseSegmentSum": sparse(.sum),
        "SparseSegmentMean": sparse(.mean),
    ]

    /// Numbers that only grow; those that none has stand for zeros.
    private static func sorted(_ reduction: ReferenceTensor.Reduction) -> ReferenceOperation {
        .one(2...2) { call throws(ReferenceError) in
            try growing(call[0], call[1].integers(), call[1].shape, reduction)
        }
    }

    /// Rows at some places, with numbers that only grow.
    private static func sparse(_ reduction: ReferenceTensor.Reduction) -> ReferenceOperation {
        .one(3...3) { call throws(ReferenceError) in
            let rows = try call[0].taken(call[1].integers().map { $0 }, axis: 0)
            return try growing(rows, call[2].integers(), call[2].shape, reduction)
        }
    }

    private static func growing(
        _ input: ReferenceTensor,
        _ numbers: [Int],
        _ shape: [Int],
        _ reduction: ReferenceTensor.Reduction
    ) throws(ReferenceError) -> ReferenceTensor {
        guard shape.count == 1, input.rank > 0, shape[0] == input.shape[0],
            numbers.allSatisfy({ $0 >= 0 }),
            zip(numbers, numbers.dropFirst()).allSatisfy({ $0 <= $1 })
        else { throw ReferenceError("numbers \(numbers.prefix(8)) for the shape \(input.shape)") }
        let (count, overflow) = (numbers.last ?? -1).addingReportingOverflow(1)
        guard !overflow else { throw ReferenceError("\(numbers.last ?? 0) segments") }
        let zero = try ReferenceTensor(Float(0)).cast(to: input.type)
        return try gathered(input, numbers, rank: 1, count, reduction, empty: zero)
    }

    /// Numbers in any order; those that none has stand for what changes nothing, and negative ones for nothing.
    private static func unsorted(_ reduction: ReferenceTensor.Reduction) -> ReferenceOperation {
        .one(3...3) { call throws(ReferenceError) in
            let (input, numbers) = (try call[0], try call[1].integers())
            let (rank, count) = (try call[1].rank, try call[2].integer())
            guard Array(input.shape.prefix(rank)) == (try call[1].shape), count >= 0,
                numbers.allSatisfy({ $0 < count })
            else {
                throw ReferenceError(
                    "numbers \(numbers.prefix(8)) of \(count) for the shape \(input.shape)"
                )
            }
            let empty = try emptiness(reduction, input.type)
            return try gathered(input, numbers, rank: rank, count, reduction, empty: empty)
        }
    }

    private static func emptiness(
        _ reduction: ReferenceTensor.Reduction,
        _ type: DataType
    ) throws(ReferenceError) -> ReferenceTensor {
        switch reduction {
        case .sum, .mean: return try ReferenceTensor(Float(0)).cast(to: type)
        case .product: return try ReferenceTensor(Float(1)).cast(to: type)
        case .maximum, .minimum:
            // The end of what the type holds, not infinity.
            let isMaximum = reduction == .maximum
            let sign: Double = isMaximum ? -1 : 1
            switch type {
            case .float32: return ReferenceTensor(Float(sign) * .greatestFiniteMagnitude)
            case .float64: return ReferenceTensor(sign * .greatestFiniteMagnitude)
            case .float16: return ReferenceTensor(Float16(sign) * .greatestFiniteMagnitude)
            default: return try ReferenceTensor(sign * .infinity).cast(to: type)
            }
        }
    }

    /// The rows of each number taken together.
    private static func gathered(
        _ input: ReferenceTensor,
        _ numbers: [Int],
        rank: Int,
        _ count: Int,
        _ reduction: ReferenceTensor.Reduction,
        empty: ReferenceTensor
    ) throws(ReferenceError) -> ReferenceTensor {
        let inner = Array(input.shape.dropFirst(rank))
        _ = try ReferenceTensor.count([count] + inner)
        var rows = [[Int]](repeating: [], count: count)
        for (row, number) in numbers.enumerated() where number >= 0 { rows[number].append(row) }
        let flat = try input.reshaped([numbers.count] + inner)
        let gap = try ReferenceTensor(filled: [1] + inner, with: empty)
        var parts: [ReferenceTensor] = []
        for own in rows {
            parts.append(
                own.isEmpty
                    ? gap
                    : try flat.taken(own.map { $0 }, axis: 0)
                        .reduced(reduction, axes: [0], keepsAxes: true)
            )
        }
        guard !parts.isEmpty else { return try flat.taken([], axis: 0) }
        return try ReferenceTensor.concatenated(parts, axis: 0)
    }
}
