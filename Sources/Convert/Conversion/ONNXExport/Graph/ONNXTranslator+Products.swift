internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Products of matrices.
extension ONNXTranslator {
    static let products: [String: Handler] = [
        "MatMul": product, "SparseMatMul": product,
        "BatchMatMul": batchProduct, "BatchMatMulV2": batchProduct, "BatchMatMulV3": batchProduct,
        "Einsum": { one, call throws(ReferenceError) in
            var inputs: [String] = []
            for place in call.inputs { inputs.append(try one.own(place)) }
            let equation = try call.node.text("equation")
            let name = one.append("Einsum", call.name, inputs, ["equation": .text(equation)])
            one.set(call, name, planar: false)
        },
    ]

    private static let product: Handler = { one, call throws(ReferenceError) in
        let turns = [
            try call.node.bool("transpose_a", default: false),
            try call.node.bool("transpose_b", default: false),
        ]
        let inputs = [try one.own(call[0]), try one.own(call[1])]
        guard turns != [false, false] else {
            return one.set(call, one.append("MatMul", call.name, inputs), planar: false)
        }
        let name = one.append(
            "Gemm",
            call.name,
            inputs,
            ["transA": .integer(turns[0] ? 1 : 0), "transB": .integer(turns[1] ? 1 : 0)]
        )
        one.set(call, name, planar: false)
    }

    private static let batchProduct: Handler = { one, call throws(ReferenceError) in
        var inputs: [String] = []
        for (index, attribute) in ["adj_x", "adj_y"].enumerated() {
            let place = try call[index]
            var value = try one.own(place)
            if try call.node.bool(attribute, default: false) {
                let rank = try one.rank(place)
                guard rank >= 2 else { throw ReferenceError("the products of \(rank) axes") }
                let order = Array(0..<(rank - 2)) + [rank - 1, rank - 2]
                let part = call.part("turned\(index)")
                value = one.append("Transpose", part, [value], ["perm": .integers(order)])
            }
            inputs.append(value)
        }
        one.set(call, one.append("MatMul", call.name, inputs), planar: false)
    }
}
