internal import Glibc
internal import Proto

/// Operations on single elements.
extension ReferenceOperation {
    static let elementwise: [String: ReferenceOperation] = [
        "Abs": number({ abs($0) }, { $0 < 0 ? 0 &- $0 : $0 }),
        "Neg": number({ -$0 }, { 0 &- $0 }),
        "Sign": number(Real.sign, { $0.signum() }),
        "Square": number({ $0 * $0 }, { $0 &* $0 }),
        "Relu": number(Real.relu, { max($0, 0) }),
        "Relu6": number({ $0 > 6 ? 6 : Real.relu($0) }, { min(max($0, 0), 6) }),
        "Sqrt": float { $0.squareRoot() },
        "Rsqrt": float { 1 / $0.squareRoot() },
        "Reciprocal": float { 1 / $0 },
        "Inv": float { 1 / $0 },
        "Exp": float(Real.exp),
        "Expm1": float { expm1($0) },
        "Log": float(Real.log),
        "Log1p": float { log1p($0) },
        "Sigmoid": float(Real.sigmoid),
        "Tanh": float { tanh($0) },
        "Sin": float { sin($0) },
        "Cos": float { cos($0) },
        "Tan": float { tan($0) },
        "Asin": float { asin($0) },
        "Acos": float { acos($0) },
        "Atan": float { atan($0) },
        "Sinh": float { sinh($0) },
        "Cosh": float { cosh($0) },
        "Asinh": float { asinh($0) },
        "Acosh": float { acosh($0) },
        "Atanh": float { atanh($0) },
        "Erf": float { erf($0) },
        "Erfc": float { erfc($0) },
        "Lgamma": float { lgamma($0) },
        "Softplus": float(Real.softplus),
        "Softsign": float { $0 / (1 + abs($0)) },
        "Elu": float { $0 < 0 ? expm1($0) : $0 },
        "Selu": float { x in
            let scale = 1.0507009873554804934193349852946
            return x < 0 ? scale * 1.6732632423543772848170429916717 * expm1(x) : scale * x
        },
        "Floor": number({ $0.rounded(.down) }, { $0 }),
        "Ceil": number({ $0.rounded(.up) }, { $0 }),
        "Round": number({ $0.rounded(.toNearestOrEven) }, { $0 }),
        "Rint": number({ $0.rounded(.toNearestOrEven) }, { $0 }),
        "LeakyRelu": .one(1...1) { call throws(ReferenceError) in
            let alpha = Double(try call.node.float("alpha", default: 0.2))
            return try call[0].mapped { $0 > 0 ? $0 : $0 * alpha }
        },
        "IsNan": test { $0.isNaN },
        "IsInf": test { $0.isInfinite },
        "IsFinite": test { $0.isFinite },
        "LogicalNot": .one(1...1) { call throws(ReferenceError) in
            ReferenceTensor(unchecked: try call[0].shape, try call[0].truths().map { !$0 })
        },
        "Invert": .one(1...1) { call throws(ReferenceError) in
            try call[0].mapped({ $0 }, integers: { ~$0 })
        },
        "Cast": .one(1...1) { call throws(ReferenceError) in
            try call[0].cast(to: call.node.type("DstT"))
        },
        "ZerosLike": .one(1...1) { call throws(ReferenceError) in
            try ReferenceTensor(
                filled: call[0].shape,
                with: ReferenceTensor(Float(0)).cast(to: call[0].type)
            )
        },
        "OnesLike": .one(1...1) { call throws(ReferenceError) in
            try ReferenceTensor(
                filled: call[0].shape,
                with: ReferenceTensor(Float(1)).cast(to: call[0].type)
            )
        },
        "ClipByValue": .one(3...3) { call throws(ReferenceError) in
            let most = try call[0].combined(with: call[2], Real.smaller, integers: { min($0, $1) })
            return try most.combined(with: call[1], Real.larger, integers: { max($0, $1) })
        },
    ]

    private static func float(
        _ body: @escaping @Sendable (Double) -> Double
    ) -> ReferenceOperation {
        .one(1...1) { call throws(ReferenceError) in try call[0].mapped(body) }
    }

    private static func number(
        _ floats: @escaping @Sendable (Double) -> Double,
        _ integers: @escaping @Sendable (Int64) -> Int64
    ) -> ReferenceOperation {
        .one(1...1) { call throws(ReferenceError) in
            try call[0].mapped(floats, integers: integers)
        }
    }

    private static func test(
        _ body: @escaping @Sendable (Double) -> Bool
    ) -> ReferenceOperation {
        .one(1...1) { call throws(ReferenceError) in
            ReferenceTensor(unchecked: try call[0].shape, try call[0].floats().map(body))
        }
    }
}
