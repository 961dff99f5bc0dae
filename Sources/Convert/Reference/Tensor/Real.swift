internal import Glibc

/// Functions of numbers, as float64.
enum Real {
    @Sendable static func exp(_ x: Double) -> Double { Glibc.exp(x) }
    @Sendable static func log(_ x: Double) -> Double { Glibc.log(x) }
    @Sendable static func sigmoid(_ x: Double) -> Double { 1 / (1 + Glibc.exp(-x)) }
    @Sendable static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(Glibc.exp(-abs(x))) }
    @Sendable static func relu(_ x: Double) -> Double { x > 0 || x.isNaN ? x : 0 }
    @Sendable static func sign(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : x.isNaN ? x : 0 }

    /// The larger one, as `std::max` has it: the first where they are not in order.
    @Sendable static func larger(_ x: Double, _ y: Double) -> Double { x < y ? y : x }

    /// The smaller one, as `std::min` has it: the first where they are not in order.
    @Sendable static func smaller(_ x: Double, _ y: Double) -> Double { y < x ? y : x }

    /// The remainder that has the sign of the divisor.
    @Sendable static func floorRemainder(_ x: Double, _ y: Double) -> Double {
        let rest = fmod(x, y)
        return rest != 0 && (y < 0) != (rest < 0) ? rest + y : rest
    }
}
