internal import Proto

/// Operations that take elements together along axes.
extension ReferenceOperation {
    static let reductions: [String: ReferenceOperation] = [
        "Sum": reduction(.sum),
        "Mean": reduction(.mean),
        "Prod": reduction(.product),
        "Max": reduction(.maximum),
        "Min": reduction(.minimum),
        "EuclideanNorm": .one(2...2) { call throws(ReferenceError) in
            let squares = try call[0].cast(to: .float64).mapped { $0 * $0 }
            return try squares.reduced(.sum, axes: call[1].integers(), keepsAxes: keepsAxes(call))
                .mapped { $0.squareRoot() }.cast(to: call[0].type)
        },
        "All": truths(all: true),
        "Any": truths(all: false),
        "ArgMax": extreme(isMaximum: true),
        "ArgMin": extreme(isMaximum: false),
        "Softmax": .one(1...1) { call throws(ReferenceError) in try call[0].softmax(axis: -1) },
        "LogSoftmax": .one(1...1) { call throws(ReferenceError) in
            try call[0].softmax(axis: -1, isLogarithm: true)
        },
    ]

    /// The attribute has two names.
    private static func keepsAxes(_ call: OperationCall) throws(ReferenceError) -> Bool {
        if call.node["keepdims"] != nil { return try call.node.bool("keepdims") }
        return try call.node.bool("keep_dims", default: false)
    }

    private static func reduction(
        _ reduction: ReferenceTensor.Reduction
    ) -> ReferenceOperation {
        .one(2...2) { call throws(ReferenceError) in
            try call[0].reduced(reduction, axes: call[1].integers(), keepsAxes: keepsAxes(call))
        }
    }

    private static func truths(all: Bool) -> ReferenceOperation {
        .one(2...2) { call throws(ReferenceError) in
            try call[0].reducedTruths(
                all: all,
                axes: call[1].integers(),
                keepsAxes: keepsAxes(call)
            )
        }
    }

    private static func extreme(isMaximum: Bool) -> ReferenceOperation {
        .one(2...2) { call throws(ReferenceError) in
            let found = try call[0].indexOfExtreme(axis: call[1].integer(), isMaximum: isMaximum)
            return try ReferenceTensor(
                found.shape,
                integers: found.indices,
                as: call.node.type("output_type", default: .int64)
            )
        }
    }
}
