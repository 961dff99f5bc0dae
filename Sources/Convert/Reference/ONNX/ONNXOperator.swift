internal import Formats
internal import Proto

/// One operator with its operands.
struct ONNXOperator {
    let node: ONNXNode
    let operands: [ReferenceTensor?]

    /// Computes the outputs.
    ///
    /// - Throws: ``ReferenceError`` if the operator is not known here, or its operands do not fit.
    func run() throws(ReferenceError) -> [ReferenceTensor] {
        guard let operation = Self.operations[Name(node.operation)] else {
            throw ReferenceError("an operator that is not known here")
        }
        return try operation(self)
    }

    typealias Operation =
        @Sendable (ONNXOperator) throws(ReferenceError) -> [ReferenceTensor]

    /// Every operator that our models have.
    private static let operations: [Name: Operation] = {
        var all: [Name: Operation] = [:]
        for table in [basics, elements, choices, reductions, movements, windows, products] {
            for (name, operation) in table {
                precondition(all[Name(name)] == nil, "\(name) stands in two tables")
                all[Name(name)] = operation
            }
        }
        return all
    }()

    private static let basics: [String: Operation] = [
        "Add": { one throws(ReferenceError) in try one.combined({ $0 + $1 }, { $0 &+ $1 }) },
        "Sub": { one throws(ReferenceError) in try one.combined({ $0 - $1 }, { $0 &- $1 }) },
        "Mul": { one throws(ReferenceError) in try one.combined({ $0 * $1 }, { $0 &* $1 }) },
        "Div": { one throws(ReferenceError) in
            try one.combined({ $0 / $1 }) { left, right throws(ReferenceError) in
                guard right != 0 else { throw ReferenceError("\(left) over zero") }
                return left.dividedReportingOverflow(by: right).partialValue
            }
        },
        "Min": { one throws(ReferenceError) in try one.chained(Real.smaller, { min($0, $1) }) },
        "Max": { one throws(ReferenceError) in try one.chained(Real.larger, { max($0, $1) }) },
        "Pow": { one throws(ReferenceError) in
            try one.computed(as: "Pow", [], [one.operand(0), one.operand(1)])
        },
        "Relu": { one throws(ReferenceError) in [try one.operand(0).mapped(Real.relu)] },
        "Sigmoid": { one throws(ReferenceError) in [try one.operand(0).mapped(Real.sigmoid)] },
        "Floor": { one throws(ReferenceError) in
            [try one.operand(0).mapped { $0.rounded(.down) }]
        },
        "Identity": { one throws(ReferenceError) in [try one.operand(0)] },
        "Shape": { one throws(ReferenceError) in
            let shape = try one.operand(0).shape
            let start = one.integer("start") ?? 0
            let end = one.integer("end") ?? shape.count
            guard start >= 0, start <= end, end <= shape.count else {
                throw ReferenceError("extents \(start) to \(end) of \(shape)")
            }
            return [
                try ReferenceTensor(
                    [end - start],
                    integers: Array(shape[start..<end]),
                    as: .int64
                )
            ]
        },
        "Cast": { one throws(ReferenceError) in [try one.cast()] },
        "BatchNormalization": { one throws(ReferenceError) in
            guard case .float(let epsilon)? = one.node.attributes["epsilon"] else {
                throw ReferenceError("there is no epsilon")
            }
            return [
                try one.operand(0).normalized(
                    axis: 1,
                    scale: one.operand(1),
                    offset: one.operand(2),
                    mean: one.operand(3),
                    variance: one.operand(4),
                    epsilon: epsilon
                )
            ]
        },
        "GlobalAveragePool": { one throws(ReferenceError) in
            [try one.operand(0).reduced(.mean, axes: [2, 3], keepsAxes: true)]
        },
        "Flatten": { one throws(ReferenceError) in
            let input = try one.operand(0)
            let axis = one.integer("axis") ?? 1
            guard axis >= 0, axis <= input.shape.count else { throw ReferenceError("axis \(axis)") }
            let rows = input.shape[..<axis].reduce(1, *)
            return [try input.reshaped([rows, input.shape[axis...].reduce(1, *)])]
        },
        "Reshape": { one throws(ReferenceError) in [try one.reshape()] },
        "Squeeze": { one throws(ReferenceError) in
            let input = try one.operand(0)
            let axes = try one.operand(1).integers()
            guard axes.allSatisfy({ input.shape.indices.contains($0) && input.shape[$0] == 1 })
            else { throw ReferenceError("axes \(axes) of \(input.shape)") }
            let kept = input.shape.indices.filter { !axes.contains($0) }
            return [try input.reshaped(kept.map { input.shape[$0] })]
        },
        "Transpose": { one throws(ReferenceError) in
            [try one.operand(0).transposed(one.integers("perm"))]
        },
    ]
}

// What operators ask for.
extension ONNXOperator {
    func operand(_ index: Int) throws(ReferenceError) -> ReferenceTensor {
        guard operands.indices.contains(index), let operand = operands[index] else {
            throw ReferenceError("input \(index) is missing")
        }
        return operand
    }

    func scalar(_ index: Int) throws(ReferenceError) -> Double { try operand(index).float() }

    func integer(_ name: String) -> Int? {
        if case .integer(let value)? = node.attributes[Name(name)] { value } else { nil }
    }

    func integers(_ name: String) -> [Int] {
        if case .integers(let values)? = node.attributes[Name(name)] { values } else { [] }
    }

    func text(_ name: String) -> String {
        if case .text(let value)? = node.attributes[Name(name)] { value } else { "" }
    }

    func combined(
        _ floats: (Double, Double) -> Double,
        _ integers: ((Int64, Int64) throws(ReferenceError) -> Int64)?
    ) throws(ReferenceError) -> [ReferenceTensor] {
        [try operand(0).combined(with: operand(1), floats, integers: integers)]
    }

    /// All operands combined, one after the other.
    private func chained(
        _ floats: (Double, Double) -> Double,
        _ integers: @escaping (Int64, Int64) -> Int64
    ) throws(ReferenceError) -> [ReferenceTensor] {
        var result = try operand(0)
        for index in operands.indices.dropFirst() {
            result = try result.combined(with: operand(index), floats, integers: integers)
        }
        return [result]
    }

    private func cast() throws(ReferenceError) -> ReferenceTensor {
        let types: [Int: DataType] = [
            1: .float32, 2: .uint8, 3: .int8, 6: .int32, 7: .int64, 9: .bool, 10: .float16,
            11: .float64, 16: .bfloat16,
        ]
        guard let number = integer("to"), let type = types[number] else {
            throw ReferenceError("a cast to the type \(integer("to") ?? 0)")
        }
        return try operand(0).cast(to: type)
    }

    private func reshape() throws(ReferenceError) -> ReferenceTensor {
        let input = try operand(0)
        var shape = try operand(1).integers()
        for (axis, extent) in shape.enumerated() where extent == 0 {
            guard input.shape.indices.contains(axis) else { throw ReferenceError("axis \(axis)") }
            shape[axis] = input.shape[axis]
        }
        if let open = shape.firstIndex(of: -1) {
            shape[open] = 1
            let known = try ReferenceTensor.count(shape)
            let count = try ReferenceTensor.count(input.shape)
            guard known > 0, count % known == 0 else {
                throw ReferenceError("the shape \(input.shape) cannot become \(shape)")
            }
            shape[open] = count / known
        }
        return try input.reshaped(shape)
    }
}
