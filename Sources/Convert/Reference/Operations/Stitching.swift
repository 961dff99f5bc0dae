internal import Proto

/// Operations that take lists apart and put them together by numbers that other tensors give.
extension ReferenceOperation {
    static let stitching: [String: ReferenceOperation] = [
        "DynamicStitch": stitch,
        "ParallelDynamicStitch": stitch,
        "DynamicPartition": ReferenceOperation(2...2) { call throws(ReferenceError) in
            let (input, numbers) = (try call[0], try call[1].integers())
            let (rank, count) = (try call[1].rank, try call.node.integer("num_partitions"))
            guard (1...(1 << 16)).contains(count),
                Array(input.shape.prefix(rank)) == (try call[1].shape),
                numbers.allSatisfy({ (0..<count).contains($0) })
            else {
                throw ReferenceError(
                    "partitions \(numbers.prefix(8)) of \(count) for the shape \(input.shape)"
                )
            }
            let rows = try input.reshaped([numbers.count] + Array(input.shape.dropFirst(rank)))
            var parts: [ReferenceTensor] = []
            for part in 0..<count {
                let own = numbers.indices.filter { numbers[$0] == part }
                parts.append(try rows.taken(own.map { $0 }, axis: 0))
            }
            return parts
        },
        "ListDiff": ReferenceOperation(2...2) { call throws(ReferenceError) in
            let (first, second) = (try call[0].integers(), Set(try call[1].integers()))
            let kept = first.indices.filter { !second.contains(first[$0]) }
            return [
                try call[0].taken(kept.map { $0 }, axis: 0),
                try ReferenceTensor(
                    [kept.count],
                    integers: kept,
                    as: call.node.type("out_idx", default: .int32)
                ),
            ]
        },
        "ReverseSequence": .one(2...2) { call throws(ReferenceError) in
            let (input, lengths) = (try call[0], try call[1].integers())
            let axis = try input.axis(call.node.integer("seq_dim"))
            let batch = try input.axis(call.node.integer("batch_dim", default: 0))
            guard axis != batch, lengths.count == input.shape[batch],
                lengths.allSatisfy({ (0...input.shape[axis]).contains($0) })
            else { throw ReferenceError("lengths \(lengths.prefix(8)) for \(input.shape)") }
            var parts: [ReferenceTensor] = []
            for (place, length) in lengths.enumerated() {
                let order = (0..<input.shape[axis]).map { $0 < length ? length - 1 - $0 : $0 }
                parts.append(
                    try input.taken([place], axis: batch).taken(order.map { $0 }, axis: axis)
                )
            }
            guard !parts.isEmpty else { return input }
            return try ReferenceTensor.concatenated(parts, axis: batch)
        },
        "SparseToDense": .one(4...4) { call throws(ReferenceError) in
            let shape = try call[1].integers()
            let filled = try ReferenceTensor(filled: shape, with: call[3])
            let indices = try call[0]
            let depth = shape.count
            let count = indices.rank == 0 ? 1 : indices.shape[0]
            guard indices.count == count * depth, try [1, count].contains(call[2].count) else {
                throw ReferenceError("indices \(indices.shape) into the shape \(shape)")
            }
            let values =
                try call[2].count == count
                ? call[2].reshaped([count]) : ReferenceTensor(filled: [count], with: call[2])
            let (numbers, strides) = (try indices.integers(), ReferenceTensor.strides(shape))
            let both = try ReferenceTensor.concatenated(
                [filled.reshaped([filled.count]), values],
                axis: 0
            )
            var chosen = Array(0..<filled.count)
            for row in 0..<count {
                var place = 0
                for axis in 0..<depth {
                    let number = numbers[row * depth + axis]
                    guard (0..<shape[axis]).contains(number) else {
                        throw ReferenceError("index \(number) of \(shape[axis])")
                    }
                    place += number * strides[axis]
                }
                chosen[place] = filled.count + row
            }
            return try both.taken(chosen.map { $0 }, axis: 0).reshaped(shape)
        },
        "Bucketize": .one(1...1) { call throws(ReferenceError) in
            guard case .list(let items)? = call.node["boundaries"] else {
                throw call.node.unfit("boundaries", "numbers")
            }
            var ends: [Float] = []
            for item in items {
                guard case .float(let end) = item else {
                    throw call.node.unfit("boundaries", "numbers")
                }
                ends.append(end)
            }
            let values = try call[0].cast(to: .float64).floats()
            return try ReferenceTensor(
                call[0].shape,
                values.map { value in Int32(ends.count { Double($0) <= value }) }
            )
        },
        "LowerBound": bound { $0 < $1 },
        "UpperBound": bound { $0 <= $1 },
    ]

    /// How many of each sorted row come before each value.
    private static func bound(
        _ isBefore: @escaping @Sendable (Double, Double) -> Bool
    ) -> ReferenceOperation {
        .one(2...2) { call throws(ReferenceError) in
            let (rows, values) = (try call[0], try call[1])
            guard rows.rank == 2, values.rank == 2, rows.shape[0] == values.shape[0] else {
                throw ReferenceError("rows \(rows.shape) and values \(values.shape)")
            }
            let (sorted, wanted) = (
                try rows.cast(to: .float64).floats(), try values.cast(to: .float64).floats()
            )
            let (width, each) = (rows.shape[1], values.shape[1])
            let counts = wanted.indices.map { index in
                let start = index / max(each, 1) * width
                return sorted[start..<(start + width)].count { isBefore($0, wanted[index]) }
            }
            return try ReferenceTensor(
                values.shape,
                integers: counts,
                as: call.node.type("out_type", default: .int32)
            )
        }
    }

    /// Rows at the places that lists of numbers give them; of several at one place the last.
    private static let stitch = ReferenceOperation.one(2...(1 << 16)) {
        call throws(ReferenceError) in
        let half = call.inputs.count / 2
        guard call.inputs.count == 2 * half else {
            throw ReferenceError("\(call.inputs.count) inputs, expected as many indices as data")
        }
        var (places, parts): ([Int], [ReferenceTensor]) = ([], [])
        var inner: [Int]?
        for part in 0..<half {
            let (indices, data) = (try call[part], try call[half + part])
            let own = Array(data.shape.dropFirst(indices.rank))
            guard Array(data.shape.prefix(indices.rank)) == indices.shape,
                inner == nil || inner == own
            else { throw ReferenceError("data \(data.shape) at indices \(indices.shape)") }
            inner = own
            places += try indices.integers()
            parts.append(try data.reshaped([indices.count] + own))
        }
        let (count, overflow) = (places.max() ?? -1).addingReportingOverflow(1)
        guard places.allSatisfy({ $0 >= 0 }), !overflow else {
            throw ReferenceError("indices \(places.prefix(8))")
        }
        _ = try ReferenceTensor.count([count] + (inner ?? []))
        var chosen = [Int?](repeating: nil, count: count)
        for (row, place) in places.enumerated() { chosen[place] = row }
        return try ReferenceTensor.concatenated(parts, axis: 0).taken(chosen, axis: 0)
    }
}
