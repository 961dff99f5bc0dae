internal import Formats
internal import Proto

// Operators that take elements together along axes.
extension ONNXOperator {
    static let reductions: [String: Operation] = [
        "ReduceSum": reduction(.sum), "ReduceMean": reduction(.mean),
        "ReduceProd": reduction(.product), "ReduceMax": reduction(.maximum),
        "ReduceMin": reduction(.minimum),
        "ReduceL2": { one throws(ReferenceError) in
            let input = try one.operand(0)
            var axes = one.integers("axes")
            if one.operands.count > 1 { axes = try one.operand(1).integers() }
            if axes.isEmpty { axes = Array(input.shape.indices) }
            return try one.computed(
                as: "EuclideanNorm",
                [.init("keep_dims", .bool(one.integer("keepdims") != 0))],
                [input, ReferenceTensor(list: axes.map { Int64($0) })]
            )
        },
        "ArgMax": extreme(isMaximum: true), "ArgMin": extreme(isMaximum: false),
        "Softmax": { one throws(ReferenceError) in
            [try one.operand(0).softmax(axis: one.integer("axis") ?? -1)]
        },
        "LogSoftmax": { one throws(ReferenceError) in
            [try one.operand(0).softmax(axis: one.integer("axis") ?? -1, isLogarithm: true)]
        },
    ]

    /// The axes, of sums an operand, of others an attribute; all where none are stated.
    private static func reduction(_ reduction: ReferenceTensor.Reduction) -> Operation {
        { one throws(ReferenceError) in
            let input = try one.operand(0)
            var axes = one.integers("axes")
            if one.operands.count > 1 { axes = try one.operand(1).integers() }
            if axes.isEmpty { axes = Array(input.shape.indices) }
            let keeps = one.integer("keepdims") != 0
            return [try input.reduced(reduction, axes: axes, keepsAxes: keeps)]
        }
    }

    private static func extreme(isMaximum: Bool) -> Operation {
        { one throws(ReferenceError) in
            let found = try one.operand(0).indexOfExtreme(
                axis: one.integer("axis") ?? 0,
                isMaximum: isMaximum,
                keepsAxis: one.integer("keepdims") != 0
            )
            return [try ReferenceTensor(found.shape, integers: found.indices, as: .int64)]
        }
    }
}
