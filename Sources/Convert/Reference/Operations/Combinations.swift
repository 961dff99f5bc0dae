internal import Glibc
internal import Proto

/// Operations on pairs of elements.
extension ReferenceOperation {
    static let combinations: [String: ReferenceOperation] = [
        "Add": pair({ $0 + $1 }, { $0 &+ $1 }),
        "AddV2": pair({ $0 + $1 }, { $0 &+ $1 }),
        "Sub": pair({ $0 - $1 }, { $0 &- $1 }),
        "Mul": pair({ $0 * $1 }, { $0 &* $1 }),
        "RealDiv": pair { $0 / $1 },
        "Div": pair({ $0 / $1 }, quotient),
        "TruncateDiv": pair({ ($0 / $1).rounded(.towardZero) }, quotient),
        "DivNoNan": pair { $1 == 0 ? 0 : $0 / $1 },
        "MulNoNan": pair { $1 == 0 ? 0 : $0 * $1 },
        "Xdivy": pair { $0 == 0 ? 0 : $0 / $1 },
        "Xlogy": pair { $0 == 0 ? 0 : $0 * Real.log($1) },
        "FloorDiv": .one(2...2) { call throws(ReferenceError) in
            // The quotient is rounded to the type before it is rounded down.
            let quotient = try call[0].combined(with: call[1], { $0 / $1 }, integers: floorQuotient)
            return try quotient.mapped({ $0.rounded(.down) }, integers: { $0 })
        },
        "FloorMod": pair(Real.floorRemainder) { left, right throws(ReferenceError) in
            let rest = try remainder(left, right)
            return rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest
        },
        "Mod": pair({ fmod($0, $1) }, remainder),
        "TruncateMod": pair({ fmod($0, $1) }, remainder),
        "Minimum": pair(Real.smaller, { min($0, $1) }),
        "Maximum": pair(Real.larger, { max($0, $1) }),
        "Pow": pair({ pow($0, $1) }, power),
        "SquaredDifference": pair({ ($0 - $1) * ($0 - $1) }, { ($0 &- $1) &* ($0 &- $1) }),
        "Atan2": pair { atan2($0, $1) },
        "LeftShift": shift { $0 << $1 },
        "RightShift": shift { $0 >> $1 },
        "BitwiseAnd": integers { $0 & $1 },
        "BitwiseOr": integers { $0 | $1 },
        "BitwiseXor": integers { $0 ^ $1 },
        "Equal": comparison({ $0 == $1 }, { $0 == $1 }),
        "NotEqual": comparison({ $0 != $1 }, { $0 != $1 }),
        "Less": comparison({ $0 < $1 }, { $0 < $1 }),
        "LessEqual": comparison({ $0 <= $1 }, { $0 <= $1 }),
        "Greater": comparison({ $0 > $1 }, { $0 > $1 }),
        "GreaterEqual": comparison({ $0 >= $1 }, { $0 >= $1 }),
        "ApproximateEqual": .one(2...2) { call throws(ReferenceError) in
            let room = Double(try call.node.float("tolerance", default: 1e-5))
            return try call[0].compared(
                with: call[1],
                { abs($0 - $1) < room },
                { abs(Double($0) - Double($1)) < room }
            )
        },
        "LogicalAnd": .one(2...2) { call throws(ReferenceError) in
            try call[0].combinedTruths(with: call[1]) { $0 && $1 }
        },
        "LogicalOr": .one(2...2) { call throws(ReferenceError) in
            try call[0].combinedTruths(with: call[1]) { $0 || $1 }
        },
        "AddN": .one(1...(1 << 16)) { call throws(ReferenceError) in
            var sum = try call[0]
            for other in call.inputs.dropFirst() {
                guard other.shape == sum.shape else {
                    throw ReferenceError("the shapes \(sum.shape) and \(other.shape)")
                }
                sum = try sum.combined(with: other, { $0 + $1 }, integers: { $0 &+ $1 })
            }
            return sum
        },
        "BiasAdd": bias,
        "BiasAddV1": bias,
    ]

    private static let bias = ReferenceOperation.one(2...2) { call throws(ReferenceError) in
        let bias = try call[1]
        let format = try call.node.word(
            "data_format",
            of: ["NHWC", "NCHW"],
            default: "NHWC"
        )
        let axis = format == "NCHW" ? 1 : try call[0].rank - 1
        guard bias.rank == 1, try call[0].rank > 1, try call[0].shape[axis] == bias.count else {
            throw ReferenceError("a bias \(bias.shape) for the shape \(try call[0].shape)")
        }
        var shape = [Int](repeating: 1, count: try call[0].rank)
        shape[axis] = bias.count
        return try call[0].combined(
            with: bias.reshaped(shape),
            { $0 + $1 },
            integers: { $0 &+ $1 }
        )
    }

    private static func pair(
        _ floats: @escaping @Sendable (Double, Double) -> Double,
        _ integers: (@Sendable (Int64, Int64) throws(ReferenceError) -> Int64)? = nil
    ) -> ReferenceOperation {
        .one(2...2) { call throws(ReferenceError) in
            try call[0].combined(with: call[1], floats, integers: integers)
        }
    }

    private static func integers(
        _ body: @escaping @Sendable (Int64, Int64) -> Int64
    ) -> ReferenceOperation {
        .one(2...2) { call throws(ReferenceError) in
            _ = try call[0].wideIntegers()
            return try call[0].combined(with: call[1], { left, _ in left }, integers: body)
        }
    }

    /// Shifts by no more than the type has bits.
    private static func shift(
        _ body: @escaping @Sendable (Int64, Int64) -> Int64
    ) -> ReferenceOperation {
        .one(2...2) { call throws(ReferenceError) in
            let bits = Int64(8 * (try call[0].type.byteCount ?? 1))
            _ = try call[0].wideIntegers()
            return try call[0].combined(
                with: call[1],
                { left, _ in left },
                integers: { body($0, min(max($1, 0), bits - 1)) }
            )
        }
    }

    private static func comparison(
        _ floats: @escaping @Sendable (Double, Double) -> Bool,
        _ integers: @escaping @Sendable (Int64, Int64) -> Bool
    ) -> ReferenceOperation {
        .one(2...2) { call throws(ReferenceError) in
            try call[0].compared(with: call[1], floats, integers)
        }
    }

    @Sendable private static func quotient(
        _ left: Int64,
        _ right: Int64
    ) throws(ReferenceError) -> Int64 {
        guard right != 0 else { throw ReferenceError("a whole number is divided by zero") }
        return left.dividedReportingOverflow(by: right).partialValue
    }

    @Sendable private static func floorQuotient(
        _ left: Int64,
        _ right: Int64
    ) throws(ReferenceError) -> Int64 {
        let whole = try quotient(left, right)
        return try remainder(left, right) != 0 && (left < 0) != (right < 0) ? whole - 1 : whole
    }

    @Sendable private static func remainder(
        _ left: Int64,
        _ right: Int64
    ) throws(ReferenceError) -> Int64 {
        guard right != 0 else { throw ReferenceError("a whole number is divided by zero") }
        return right == -1 ? 0 : left % right
    }

    @Sendable private static func power(
        _ base: Int64,
        _ exponent: Int64
    ) throws(ReferenceError) -> Int64 {
        guard exponent >= 0 else { throw ReferenceError("a whole number to the power \(exponent)") }
        var (result, square, rest) = (Int64(1), base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result = result &* square }
            square = square &* square
            rest >>= 1
        }
        return result
    }
}
