internal import Proto

// Norms, products and reductions.
extension ONNXCall {
    static let norms: [String: Operator] = [
        "BatchNormalization": { importer, call throws(ImportProblem) in
            let result = try importer.batchNorm(call)
            return [result]
        },
        "InstanceNormalization": { importer, call throws(ImportProblem) in
            let input = try call.input(0)
            let rank = try importer.rank(input, call)
            guard rank > 2 else { throw call.unfit("there are no pixels") }
            let epsilon = Double(call.float("epsilon") ?? 1e-5)
            let plain = importer.normalised(input, Array(2..<rank), epsilon)
            let shape = importer.list([-1] + Array(repeating: 1, count: rank - 2))
            let (factors, summands) = (try call.input(1), try call.input(2))
            let scale = importer.add("Reshape", [factors, shape])
            let offset = importer.add("Reshape", [summands, shape])
            return [importer.add("AddV2", [importer.add("Mul", [plain, scale]), offset])]
        },
        "LayerNormalization": { importer, call throws(ImportProblem) in
            let input = try call.input(0)
            let rank = try importer.rank(input, call)
            let first = try importer.axis(call.integer("axis") ?? -1, of: rank, call)
            let epsilon = Double(call.float("epsilon") ?? 1e-5)
            var result = importer.normalised(input, Array(first..<rank), epsilon)
            let scale = try call.input(1)
            result = importer.add("Mul", [result, scale])
            if let offset = call.optional(2) { result = importer.add("AddV2", [result, offset]) }
            return [result]
        },
        "LRN": { importer, call throws(ImportProblem) in
            let input = try call.input(0)
            guard let size = call.integer("size"), size > 0, size % 2 == 1, size < 1 << 20,
                try importer.rank(input, call) == 4
            else { throw call.unfit("over \(call.integer("size") ?? 0) channels") }
            let last = importer.transposed(input, [0, 2, 3, 1])
            let result = importer.add(
                "LRN",
                [last],
                [
                    .init("depth_radius", .integer(Int64(size / 2))),
                    .init("bias", .float(call.float("bias") ?? 1)),
                    // ONNX divides by the number of channels that it looks at.
                    .init("alpha", .float((call.float("alpha") ?? 1e-4) / Float(size))),
                    .init("beta", .float(call.float("beta") ?? 0.75)),
                ]
            )
            return [importer.transposed(result, [0, 3, 1, 2])]
        },
    ]

    static let products: [String: Operator] = [
        "MatMul": { importer, call throws(ImportProblem) in
            let (first, second) = (try call.input(0), try call.input(1))
            let ranks = [try importer.rank(first, call), try importer.rank(second, call)]
            guard ranks.allSatisfy({ $0 >= 2 }) else { throw call.unfit("of a vector") }
            return [importer.add(ranks == [2, 2] ? "MatMul" : "BatchMatMulV2", [first, second])]
        },
        "Gemm": { importer, call throws(ImportProblem) in
            let (first, second) = (try call.input(0), try call.input(1))
            var result = importer.add(
                "MatMul",
                [first, second],
                [
                    .init("transpose_a", .bool(call.integer("transA") == 1)),
                    .init("transpose_b", .bool(call.integer("transB") == 1)),
                ]
            )
            let (alpha, beta) = (call.float("alpha") ?? 1, call.float("beta") ?? 1)
            if alpha != 1 {
                result = importer.add(
                    "Mul",
                    [result, importer.number(Double(alpha), like: result)]
                )
            }
            guard var offset = call.optional(2), beta != 0 else { return [result] }
            if beta != 1 {
                offset = importer.add("Mul", [offset, importer.number(Double(beta), like: offset)])
            }
            return [importer.add("AddV2", [result, offset])]
        },
        "Einsum": { importer, call throws(ImportProblem) in
            let values = try call.all()
            guard let equation = call.text("equation") else { throw call.unfit("no equation") }
            return [
                importer.add(
                    "Einsum",
                    values,
                    [
                        .init("equation", ONNXImporter.text(equation)),
                        .init("N", .integer(Int64(values.count))),
                    ]
                )
            ]
        },
    ]

    static let reductions: [String: Operator] = {
        var table: [String: Operator] = [:]
        let names = [
            ("ReduceMean", "Mean"), ("ReduceSum", "Sum"), ("ReduceMax", "Max"),
            ("ReduceMin", "Min"), ("ReduceProd", "Prod"),
        ]
        for (name, operation) in names { table[name] = reduction(operation) }
        table["ReduceSumSquare"] = reduction("Sum", of: "Square")
        table["ReduceL1"] = reduction("Sum", of: "Abs")
        table["ReduceL2"] = reduction("Sum", of: "Square", then: "Sqrt")
        table["ArgMax"] = extreme("ArgMax")
        table["ArgMin"] = extreme("ArgMin")
        return table
    }()

    private static func reduction(
        _ operation: String,
        of before: String? = nil,
        then behind: String? = nil
    ) -> Operator {
        { importer, call throws(ImportProblem) in
            var value = try call.input(0)
            if let before { value = importer.add(before, [value]) }
            value = try importer.reduced(value, operation, call)
            if let behind { value = importer.add(behind, [value]) }
            return [value]
        }
    }

    private static func extreme(_ operation: String) -> Operator {
        { importer, call throws(ImportProblem) in
            let input = try call.input(0)
            let rank = try importer.rank(input, call)
            let axis = try importer.axis(call.integer("axis") ?? 0, of: rank, call)
            guard call.integer("select_last_index") ?? 0 == 0 else {
                throw call.unfit("of several it takes the last")
            }
            let number = importer.scalar(axis)
            let type = NodeDef.Attribute("output_type", .type(DataType.int64.rawValue))
            let place = importer.add(operation, [input, number], [type])
            guard call.integer("keepdims") ?? 1 == 1 else { return [place] }
            return [importer.add("ExpandDims", [place, number])]
        }
    }
}

extension ONNXImporter {
    fileprivate mutating func batchNorm(_ call: ONNXCall) throws(ImportProblem) -> Value {
        let input = try call.input(0)
        guard call.integer("training_mode") ?? 0 == 0, call.integer("spatial") ?? 1 == 1 else {
            throw call.unfit("it normalises by its batch, or each pixel by itself")
        }
        let epsilon = call.float("epsilon") ?? 1e-5
        let rank = try rank(input, call)
        var parameters: [Value] = []
        for index in 1...4 { parameters.append(try call.input(index)) }
        guard rank != 4 else {
            return add(
                "FusedBatchNormV3",
                [input] + parameters,
                [
                    .init("epsilon", .float(epsilon)), .init("is_training", .bool(false)),
                    .init("data_format", Self.text("NCHW")),
                ]
            )
        }
        guard rank >= 2 else { throw call.unfit("there are no channels") }
        let shape = list([-1] + Array(repeating: 1, count: rank - 2))
        let shaped = parameters.map { rank == 2 ? $0 : add("Reshape", [$0, shape]) }
        let moved = add("AddV2", [shaped[3], number(Double(epsilon), like: shaped[3])])
        let factor = add("Mul", [add("Rsqrt", [moved]), shaped[0]])
        let scaled = add("Mul", [input, factor])
        let rest = add("Sub", [shaped[1], add("Mul", [shaped[2], factor])])
        return add("AddV2", [scaled, rest])
    }

    /// A tensor with the mean 0 and the deviation 1 over some axes.
    fileprivate mutating func normalised(
        _ input: Value,
        _ axes: [Int],
        _ epsilon: Double
    ) -> Value {
        let (keeps, places) = ([NodeDef.Attribute("keep_dims", .bool(true))], list(axes))
        let mean = add("Mean", [input, places], keeps)
        let squares = add("SquaredDifference", [input, mean])
        let variance = add("Mean", [squares, places], keeps)
        let moved = add("AddV2", [variance, number(epsilon, like: input)])
        return add("Mul", [add("Sub", [input, mean]), add("Rsqrt", [moved])])
    }

    fileprivate mutating func reduced(
        _ input: Value,
        _ operation: String,
        _ call: ONNXCall
    ) throws(ImportProblem) -> Value {
        let rank = try rank(input, call)
        var axes = try integers(call, "axes", input: 1) ?? []
        if axes.isEmpty {
            guard call.integer("noop_with_empty_axes") ?? 0 == 0 else {
                return add("Identity", [input])
            }
            axes = Array(0..<rank)
        }
        var places: [Int] = []
        for axis in axes { places.append(try self.axis(axis, of: rank, call)) }
        let keeps = call.integer("keepdims") ?? 1 == 1
        return add(operation, [input, list(places)], [.init("keep_dims", .bool(keeps))])
    }
}
