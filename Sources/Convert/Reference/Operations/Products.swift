internal import Proto

/// Products of matrices.
extension ReferenceOperation {
    static let products: [String: ReferenceOperation] = [
        "MatMul": .one(2...2) { call throws(ReferenceError) in
            try call[0].product(
                call[1],
                transposesFirst: call.node.bool("transpose_a", default: false),
                transposesSecond: call.node.bool("transpose_b", default: false)
            )
        },
    ]
}
