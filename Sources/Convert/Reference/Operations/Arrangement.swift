internal import Proto

/// Operations that move elements.
extension ReferenceOperation {
    static let arrangement: [String: ReferenceOperation] = [
        "Transpose": .one(2...2) { call throws(ReferenceError) in
            try call[0].transposed(call[1].integers())
        },
        "ConjugateTranspose": .one(2...2) { call throws(ReferenceError) in
            try call[0].transposed(call[1].integers())
        },
        "Pad": .one(2...2) { call throws(ReferenceError) in
            try padded(
                call,
                .constant(ReferenceTensor(Float(0)).cast(to: call[0].type))
            )
        },
        "PadV2": .one(3...3) { call throws(ReferenceError) in
            try padded(call, .constant(call[2]))
        },
        "MirrorPad": .one(2...2) { call throws(ReferenceError) in
            try padded(
                call,
                call.node.word("mode", of: ["REFLECT", "SYMMETRIC"]) == "REFLECT"
                    ? .reflected : .symmetric
            )
        },
        "Slice": .one(3...3) { call throws(ReferenceError) in
            let (start, size) = (try call[1].integers(), try call[2].integers())
            let shape = try call[0].shape
            guard start.count == shape.count, size.count == shape.count else {
                throw ReferenceError("\(size) elements from \(start) of the shape \(shape)")
            }
            let count = shape.indices.map {
                size[$0] == -1 && (0...shape[$0]).contains(start[$0])
                    ? shape[$0] - start[$0] : size[$0]
            }
            return try call[0].sliced(start: start, count: count)
        },
        "StridedSlice": .one(4...4) { call throws(ReferenceError) in
            try StridedSlice(call).result(of: call[0])
        },
        "Tile": .one(2...2) { call throws(ReferenceError) in
            let (times, shape) = (try call[1].integers(), try call[0].shape)
            guard times.count == shape.count, times.allSatisfy({ $0 >= 0 }) else {
                throw ReferenceError("the shape \(shape) \(times) times")
            }
            // Each axis becomes two, the repetitions and the elements.
            var (doubled, strides): ([Int], [Int]) = ([], [])
            var result: [Int] = []
            for (axis, stride) in ReferenceTensor.strides(shape).enumerated() {
                let (extent, overflow) = shape[axis].multipliedReportingOverflow(by: times[axis])
                guard !overflow else { throw ReferenceError("the shape \(shape) \(times) times") }
                result.append(extent)
                doubled += [times[axis], shape[axis]]
                strides += [0, stride]
            }
            return try call[0].viewed(doubled, strides: strides, from: 0).reshaped(result)
        },
        "BroadcastTo": .one(2...2) { call throws(ReferenceError) in
            try call[0].spread(over: call[1].integers())
        },
        "Reverse": .one(2...2) { call throws(ReferenceError) in
            let truths = try call[1].truths()
            guard truths.count == (try call[0].rank) else {
                throw ReferenceError("\(truths.count) truths for the shape \(try call[0].shape)")
            }
            return try reversed(call, truths.indices.filter { truths[$0] })
        },
        "ReverseV2": .one(2...2) { call throws(ReferenceError) in
            try reversed(call, call[1].integers())
        },
        "Roll": .one(3...3) { call throws(ReferenceError) in
            let (shifts, axes) = (try call[1].integers(), try call[2].integers())
            guard shifts.count == axes.count else {
                throw ReferenceError("\(shifts.count) shifts of \(axes.count) axes")
            }
            var result = try call[0]
            for (shift, number) in zip(shifts, axes) {
                let axis = try result.axis(number)
                let extent = result.shape[axis]
                guard extent > 0 else { continue }
                let first = (extent - shift % extent) % extent
                result = try result.taken((0..<extent).map { ($0 + first) % extent }, axis: axis)
            }
            return result
        },
    ]

    private static func reversed(
        _ call: OperationCall,
        _ axes: [Int]
    ) throws(ReferenceError) -> ReferenceTensor {
        var result = try call[0]
        for number in axes {
            let axis = try result.axis(number)
            result = try result.taken((0..<result.shape[axis]).reversed(), axis: axis)
        }
        return result
    }

    private static func padded(
        _ call: OperationCall,
        _ border: ReferenceTensor.Border
    ) throws(ReferenceError) -> ReferenceTensor {
        let (numbers, rank) = (try call[1].integers(), try call[0].rank)
        if case .constant(let value) = border, value.count != 1 {
            throw ReferenceError("padding with the shape \(value.shape)")
        }
        guard numbers.count == 2 * rank else {
            throw ReferenceError("\(numbers.count) paddings for the shape \(try call[0].shape)")
        }
        return try call[0].padded(
            before: (0..<rank).map { numbers[2 * $0] },
            after: (0..<rank).map { numbers[2 * $0 + 1] },
            border
        )
    }
}
