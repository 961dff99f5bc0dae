internal import Formats
internal import Proto

// Comparisons, and operators that choose between elements.
extension ONNXOperator {
    static let choices: [String: Operation] = [
        "Equal": comparison({ $0 == $1 }, { $0 == $1 }),
        "Less": comparison({ $0 < $1 }, { $0 < $1 }),
        "LessOrEqual": comparison({ $0 <= $1 }, { $0 <= $1 }),
        "Greater": comparison({ $0 > $1 }, { $0 > $1 }),
        "GreaterOrEqual": comparison({ $0 >= $1 }, { $0 >= $1 }),
        "And": { one throws(ReferenceError) in
            [try one.operand(0).combinedTruths(with: one.operand(1)) { $0 && $1 }]
        },
        "Or": { one throws(ReferenceError) in
            [try one.operand(0).combinedTruths(with: one.operand(1)) { $0 || $1 }]
        },
        "BitwiseAnd": bits("BitwiseAnd"), "BitwiseOr": bits("BitwiseOr"),
        "BitwiseXor": bits("BitwiseXor"),
        "Where": { one throws(ReferenceError) in
            let (choice, first) = (try one.operand(0), try one.operand(1))
            let second = try one.operand(2)
            let shape = try ReferenceTensor.broadcast(
                ReferenceTensor.broadcast(choice.shape, first.shape),
                second.shape
            )
            return [try ReferenceOperation.select(choice, first, second, shape)]
        },
        "NonZero": { one throws(ReferenceError) in
            let found = try one.computed(as: "Where", [], [one.operand(0)])
            return [try found[0].transposed([1, 0])]
        },
        "TopK": { one throws(ReferenceError) in
            let input = try one.operand(0)
            let count = try one.operand(1).integers()
            let axis = try input.axis(one.integer("axis") ?? -1)
            guard axis == input.rank - 1, one.integer("largest") ?? 1 == 1, count.count == 1 else {
                throw ReferenceError("the smallest, or along another axis than the last")
            }
            let number = try ReferenceTensor([], integers: count, as: .int64).cast(to: .int32)
            let found = try one.computed(as: "TopKV2", [], [input, number])
            return [found[0], try found[1].cast(to: .int64)]
        },
        "CumSum": { one throws(ReferenceError) in
            try one.computed(
                as: "Cumsum",
                [
                    .init("exclusive", .bool(one.integer("exclusive") == 1)),
                    .init("reverse", .bool(one.integer("reverse") == 1)),
                ],
                [one.operand(0), one.operand(1)]
            )
        },
        "Unique": { one throws(ReferenceError) in
            guard one.integer("sorted") == 0, one.node.attributes["axis"] == nil else {
                throw ReferenceError("sorted, or along an axis")
            }
            let found = try one.computed(
                as: "Unique",
                [.init("out_idx", .type(DataType.int64.rawValue))],
                [one.operand(0)]
            )
            // First places, which nothing here asks for, stand between both.
            return [found[0], found[1], found[1]]
        },
        "Gather": { one throws(ReferenceError) in
            let input = try one.operand(0)
            let axis = try input.axis(one.integer("axis") ?? 0)
            let places = try one.operand(1)
            let extent = input.shape[axis]
            let numbers = try places.integers().map { $0 < 0 ? $0 + extent : $0 }
            let shape = Array(input.shape[..<axis]) + places.shape + input.shape[(axis + 1)...]
            return [try input.taken(numbers, axis: axis).reshaped(shape)]
        },
        "GatherND": { one throws(ReferenceError) in
            let (input, places) = (try one.operand(0), try one.operand(1))
            let batch = one.integer("batch_dims") ?? 0
            guard batch > 0 else { return try one.computed(as: "GatherNd", [], [input, places]) }
            guard places.shape.last == 1 else { throw ReferenceError("indices \(places.shape)") }
            let indices = try places.reshaped(Array(places.shape.dropLast()))
            return try one.computed(
                as: "GatherV2",
                [.init("batch_dims", .integer(Int64(batch)))],
                [input, indices, ReferenceTensor(Int32(truncatingIfNeeded: batch))]
            )
        },
        "ScatterND": { one throws(ReferenceError) in
            let (input, places) = (try one.operand(0), try one.operand(1))
            let updates = try one.operand(2)
            switch one.text("reduction") {
            case "", "none":
                return try one.computed(as: "TensorScatterUpdate", [], [input, places, updates])
            case "add":
                let shape = ReferenceTensor(list: input.shape.map { Int64($0) })
                let sums = try one.computed(as: "ScatterNd", [], [places, updates, shape])
                return [try input.combined(with: sums[0], { $0 + $1 }, integers: { $0 &+ $1 })]
            default: throw ReferenceError("the reduction \(one.text("reduction"))")
            }
        },
    ]

    private static func bits(_ operation: String) -> Operation {
        { one throws(ReferenceError) in
            try one.computed(as: operation, [], [one.operand(0), one.operand(1)])
        }
    }

    private static func comparison(
        _ floats: @escaping @Sendable (Double, Double) -> Bool,
        _ integers: @escaping @Sendable (Int64, Int64) -> Bool
    ) -> Operation {
        { one throws(ReferenceError) in
            [try one.operand(0).compared(with: one.operand(1), floats, integers)]
        }
    }
}
