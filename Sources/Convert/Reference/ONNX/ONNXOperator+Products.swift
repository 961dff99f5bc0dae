internal import Formats
internal import Proto

// Products of matrices.
extension ONNXOperator {
    static let products: [String: Operation] = [
        "Gemm": { one throws(ReferenceError) in
            guard one.number("alpha") ?? 1 == 1, one.number("beta") ?? 1 == 1 else {
                throw ReferenceError("a factor")
            }
            let product = try one.operand(0).product(
                one.operand(1),
                transposesFirst: one.integer("transA") == 1,
                transposesSecond: one.integer("transB") == 1
            )
            guard one.operands.count > 2 else { return [product] }
            return [
                try product.combined(with: one.operand(2), { $0 + $1 }, integers: { $0 &+ $1 })
            ]
        },
        "MatMul": { one throws(ReferenceError) in
            let (left, right) = (try one.operand(0), try one.operand(1))
            return [
                left.rank == 2 && right.rank == 2
                    ? try left.product(right) : try left.batchProduct(right)
            ]
        },
        "Einsum": { one throws(ReferenceError) in
            var inputs: [ReferenceTensor] = []
            for index in one.operands.indices { inputs.append(try one.operand(index)) }
            return [try EinsteinSum(one.text("equation"), operands: inputs.count).result(of: inputs)]
        },
    ]
}
