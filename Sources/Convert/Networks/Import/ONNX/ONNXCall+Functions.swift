internal import Proto

// Functions of activations that TensorFlow writes in several operations, and what normalises rows.
extension ONNXCall {
    static let functions: [String: Operator] = [
        "LeakyRelu": { importer, call throws(ImportProblem) in
            let alpha = call.float("alpha") ?? 0.01
            let input = try call.input(0)
            return [importer.add("LeakyRelu", [input], [.init("alpha", .float(alpha))])]
        },
        "Elu": { importer, call throws(ImportProblem) in
            let alpha = call.float("alpha") ?? 1
            let input = try call.input(0)
            guard alpha != 1 else { return [importer.add("Elu", [input])] }
            return [importer.exponential(input, alpha: Double(alpha), inner: 1)]
        },
        "Selu": { importer, call throws(ImportProblem) in
            let alpha = Double(call.float("alpha") ?? 1.67326319217681884765625)
            let gamma = Double(call.float("gamma") ?? 1.05070102214813232421875)
            let input = try call.input(0)
            let inner = importer.exponential(input, alpha: alpha, inner: 1)
            return [importer.add("Mul", [inner, importer.number(gamma, like: input)])]
        },
        "Celu": { importer, call throws(ImportProblem) in
            let alpha = Double(call.float("alpha") ?? 1)
            let input = try call.input(0)
            return [importer.exponential(input, alpha: alpha, inner: 1 / alpha)]
        },
        "PRelu": { importer, call throws(ImportProblem) in
            let input = try call.input(0)
            let zero = importer.number(0, like: input)
            let slope = try call.input(1)
            let below = importer.add("Minimum", [input, zero])
            let sloped = importer.add("Mul", [below, slope])
            return [importer.add("AddV2", [importer.add("Relu", [input]), sloped])]
        },
        "ThresholdedRelu": { importer, call throws(ImportProblem) in
            let input = try call.input(0)
            let limit = importer.number(Double(call.float("alpha") ?? 1), like: input)
            let isAbove = importer.add("Greater", [input, limit])
            let zeros = importer.add("ZerosLike", [input])
            return [importer.add("SelectV2", [isAbove, input, zeros])]
        },
        "HardSigmoid": { importer, call throws(ImportProblem) in
            let input = try call.input(0)
            let (alpha, beta) = (call.float("alpha") ?? 0.2, call.float("beta") ?? 0.5)
            return [importer.hardSigmoid(input, Double(alpha), Double(beta))]
        },
        "HardSwish": { importer, call throws(ImportProblem) in
            let input = try call.input(0)
            let moved = importer.add("AddV2", [input, importer.number(3, like: input)])
            let product = importer.add("Mul", [input, importer.add("Relu6", [moved])])
            return [importer.add("Mul", [product, importer.number(1 / 6.0, like: input)])]
        },
        "Mish": { importer, call throws(ImportProblem) in
            let input = try call.input(0)
            let curve = importer.add("Tanh", [importer.add("Softplus", [input])])
            return [importer.add("Mul", [input, curve])]
        },
        "Gelu": { importer, call throws(ImportProblem) in
            let input = try call.input(0)
            let half = importer.add("Mul", [input, importer.number(0.5, like: input)])
            let curve: Value
            switch call.text("approximate") ?? "none" {
            case "none":
                let share = importer.number(0.5.squareRoot(), like: input)
                curve = importer.add("Erf", [importer.add("Mul", [input, share])])
            case "tanh":
                let cube = importer.add("Pow", [input, importer.number(3, like: input)])
                let part = importer.add("Mul", [cube, importer.number(0.044715, like: input)])
                let sum = importer.add("AddV2", [input, part])
                let share = importer.number((2 / Double.pi).squareRoot(), like: input)
                curve = importer.add("Tanh", [importer.add("Mul", [sum, share])])
            case let other: throw call.unfit("it is approximated by \(other)")
            }
            let moved = importer.add("AddV2", [curve, importer.number(1, like: input)])
            return [importer.add("Mul", [half, moved])]
        },
        "Clip": { importer, call throws(ImportProblem) in try importer.clipped(call) },
        "Softmax": { importer, call throws(ImportProblem) in
            let result = try importer.softmax(call, "Softmax")
            return [result]
        },
        "LogSoftmax": { importer, call throws(ImportProblem) in
            let result = try importer.softmax(call, "LogSoftmax")
            return [result]
        },
    ]
}

extension ONNXImporter {
    /// x where it is above zero, alpha (e^(inner x) - 1) below.
    fileprivate mutating func exponential(
        _ input: Value,
        alpha: Double,
        inner: Double
    ) -> Value {
        var below = add("Minimum", [input, number(0, like: input)])
        if inner != 1 { below = add("Mul", [below, number(inner, like: input)]) }
        let curve = add("Mul", [add("Expm1", [below]), number(alpha, like: input)])
        return add("AddV2", [add("Relu", [input]), curve])
    }

    /// alpha x + beta between 0 and 1.
    fileprivate mutating func hardSigmoid(
        _ input: Value,
        _ alpha: Double,
        _ beta: Double
    ) -> Value {
        let scaled = add("Mul", [input, number(alpha, like: input)])
        let moved = add("AddV2", [scaled, number(beta, like: input)])
        let limited = add("Minimum", [moved, number(1, like: input)])
        return add("Relu", [limited])
    }

    fileprivate mutating func clipped(_ call: ONNXCall) throws(ImportProblem) -> [Value] {
        let input = try call.input(0)
        var limits: [Value?] = [call.optional(1), call.optional(2)]
        for (index, name) in ["min", "max"].enumerated() {
            if let stated = call.float(name) { limits[index] = number(Double(stated), like: input) }
        }
        let isFloat = isFloat(input)
        if isFloat, limits[0] != nil, number(limits[0]) == 0 {
            if limits[1] != nil, number(limits[1]) == 6 { return [add("Relu6", [input])] }
            if limits[1] == nil { return [add("Relu", [input])] }
        }
        var result = input
        if let least = limits[0] { result = add("Maximum", [result, least]) }
        if let most = limits[1] { result = add("Minimum", [result, most]) }
        return [result == input ? add("Identity", [input]) : result]
    }

    fileprivate mutating func softmax(
        _ call: ONNXCall,
        _ operation: String
    ) throws(ImportProblem) -> Value {
        let input = try call.input(0)
        let rank = try rank(input, call)
        let isOld = call.operatorSet < 13
        let axis = try axis(call.integer("axis") ?? (isOld ? 1 : -1), of: rank, call)
        if axis == rank - 1 { return add(operation, [input]) }
        if isOld {
            // All axes from this one on are rows.
            let rows = try flattened(input, axis, call)
            return add("Reshape", [add(operation, [rows]), extents(input)])
        }
        var order = Array(0..<rank)
        order.swapAt(axis, rank - 1)
        return transposed(add(operation, [transposed(input, order)]), order)
    }
}
