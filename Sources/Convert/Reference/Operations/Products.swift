internal import Proto

/// Products of matrices.
extension ReferenceOperation {
    static let products: [String: ReferenceOperation] = [
        "MatMul": product,
        "SparseMatMul": product,
        "BatchMatMul": batchProduct,
        "BatchMatMulV2": batchProduct,
        "BatchMatMulV3": batchProduct,
        "Einsum": .one(1...2) { call throws(ReferenceError) in
            let equation = try call.node.text("equation")
            return try EinsteinSum(equation, operands: call.inputs.count).result(of: call.inputs)
        },
    ]

    private static let product = ReferenceOperation.one(2...2) { call throws(ReferenceError) in
        try call[0].product(
            call[1],
            transposesFirst: call.node.bool("transpose_a", default: false),
            transposesSecond: call.node.bool("transpose_b", default: false)
        )
    }

    private static let batchProduct = ReferenceOperation.one(2...2) { call throws(ReferenceError) in
        try call[0].batchProduct(
            call[1],
            transposesFirst: call.node.bool("adj_x", default: false),
            transposesSecond: call.node.bool("adj_y", default: false)
        )
    }
}
