internal import Checkpoint
internal import Glibc
internal import Formats
internal import Proto

// Operators on single elements, and on pairs.
extension ONNXOperator {
    static let elements: [String: Operation] = [
        "Neg": number({ -$0 }, { 0 &- $0 }),
        "Abs": number({ abs($0) }, { $0 < 0 ? 0 &- $0 : $0 }),
        "Sign": number(Real.sign, { $0.signum() }),
        "Sqrt": float { $0.squareRoot() },
        "Reciprocal": float { 1 / $0 },
        "Exp": float(Real.exp), "Log": float(Real.log),
        "Tanh": float { tanh($0) }, "Sin": float { sin($0) }, "Cos": float { cos($0) },
        "Tan": float { tan($0) }, "Asin": float { asin($0) }, "Acos": float { acos($0) },
        "Atan": float { atan($0) }, "Sinh": float { sinh($0) }, "Cosh": float { cosh($0) },
        "Asinh": float { asinh($0) }, "Acosh": float { acosh($0) },
        "Atanh": float { atanh($0) }, "Erf": float { erf($0) },
        "Softplus": float(Real.softplus), "Softsign": float { $0 / (1 + abs($0)) },
        "Ceil": float { $0.rounded(.up) }, "Round": float { $0.rounded(.toNearestOrEven) },
        "IsNaN": test { $0.isNaN }, "IsInf": test { $0.isInfinite },
        "Not": { one throws(ReferenceError) in
            let truths = try one.operand(0).truths().map { !$0 }
            return [ReferenceTensor(unchecked: try one.operand(0).shape, truths)]
        },
        "Elu": { one throws(ReferenceError) in
            let alpha = one.number("alpha") ?? 1
            return [try one.operand(0).mapped { $0 < 0 ? alpha * expm1($0) : $0 }]
        },
        "Selu": { one throws(ReferenceError) in
            let alpha = one.number("alpha") ?? 1.67326319217681884765625
            let gamma = one.number("gamma") ?? 1.05070102214813232421875
            return [
                try one.operand(0).mapped { gamma * ($0 < 0 ? alpha * expm1($0) : $0) }
            ]
        },
        "LeakyRelu": { one throws(ReferenceError) in
            let alpha = one.number("alpha") ?? 0.01
            return [try one.operand(0).mapped { $0 < 0 ? alpha * $0 : $0 }]
        },
        "Clip": { one throws(ReferenceError) in
            var result = try one.operand(0)
            for (index, isLeast) in [(1, true), (2, false)] {
                guard one.operands.indices.contains(index), let end = one.operands[index] else {
                    continue
                }
                result = try result.combined(
                    with: end,
                    { isLeast ? max($0, $1) : min($0, $1) },
                    integers: { isLeast ? max($0, $1) : min($0, $1) }
                )
            }
            return [result]
        },
        "Sum": { one throws(ReferenceError) in
            var sum = try one.operand(0)
            for index in one.operands.indices.dropFirst() {
                sum = try sum.combined(
                    with: one.operand(index),
                    { $0 + $1 },
                    integers: { $0 &+ $1 }
                )
            }
            return [sum]
        },
        "Mod": { one throws(ReferenceError) in
            let isC = one.integer("fmod") == 1
            return try one.combined({ isC ? fmod($0, $1) : Real.floorRemainder($0, $1) }) {
                left,
                right throws(ReferenceError) in
                guard right != 0 else { throw ReferenceError("\(left) over zero") }
                let rest = right == -1 ? 0 : left % right
                return !isC && rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest
            }
        },
    ]

    private static func float(_ body: @escaping @Sendable (Double) -> Double) -> Operation {
        { one throws(ReferenceError) in [try one.operand(0).mapped(body)] }
    }

    private static func number(
        _ floats: @escaping @Sendable (Double) -> Double,
        _ integers: @escaping @Sendable (Int64) -> Int64
    ) -> Operation {
        { one throws(ReferenceError) in [try one.operand(0).mapped(floats, integers: integers)] }
    }

    private static func test(_ body: @escaping @Sendable (Double) -> Bool) -> Operation {
        { one throws(ReferenceError) in
            let input = try one.operand(0)
            return [ReferenceTensor(unchecked: input.shape, try input.floats().map(body))]
        }
    }

    /// An attribute that is a number.
    func number(_ name: String) -> Double? {
        if case .float(let value)? = node.attributes[Name(name)] { Double(value) } else { nil }
    }

    /// What one of TensorFlow's operations, whose definition is the same, gives for the operands.
    func computed(
        as operation: String,
        _ attributes: [NodeDef.Attribute] = [],
        _ inputs: [ReferenceTensor]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        let node = NodeDef(
            name: node.name.description,
            operation: operation,
            attributes: attributes
        )
        return try ReferenceOperation.evaluate(node, inputs)
    }
}
