internal import Proto

/// Operations that move elements.
extension ReferenceOperation {
    static let arrangement: [String: ReferenceOperation] = [
        "Transpose": .one(2...2) { call throws(ReferenceError) in
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
        "Split": ReferenceOperation(2...2) { call throws(ReferenceError) in
            let count = try call.node.integer("num_split")
            let axis = try call[1].axis(call[0].integer())
            let extent = try call[1].shape[axis]
            guard (1...(1 << 16)).contains(count), extent.isMultiple(of: count) else {
                throw call.node.unfit("num_split", "a divisor of \(extent)")
            }
            return try call[1].split(
                axis: axis,
                [Int](repeating: extent / count, count: count)
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
    ]

    private static func padded(
        _ call: OperationCall,
        _ border: ReferenceTensor.Border
    ) throws(ReferenceError) -> ReferenceTensor {
        let (numbers, rank) = (try call[1].integers(), try call[0].rank)
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
