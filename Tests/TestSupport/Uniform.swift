/// The deterministic numbers that the golden files were made from.
///
/// FNV-1a 64 of the name seeds splitmix64; the top 24 bits of each draw become a float in [0, 1).
public struct Uniform: Sequence, IteratorProtocol, Sendable {
    private var state: UInt64

    /// The sequence that belongs to a name.
    public init(_ name: String) {
        state = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 {
            state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
    }

    /// The next number in [0, 1).
    public mutating func next() -> Float? {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        return Float(mixed >> 40) / 16_777_216
    }

    /// The first `count` numbers that belong to a name.
    public static func values(_ name: String, count: Int) -> [Float] {
        Array(Uniform(name).prefix(count))
    }

    /// The value that the golden networks give a variable.
    ///
    /// Decided by the last component of `variable`; elements in row-major order of `shape`.
    public static func fill(_ variable: String, shape: [Int]) -> [Float] {
        let draws = values(variable, count: shape.reduce(1, *))
        switch variable.split(separator: "/").last {
        case "kernel":
            let fanIn = shape.dropLast().reduce(1, *)
            let limit = Float((6 / Double(fanIn)).squareRoot())
            return draws.map { (2 * $0 - 1) * limit }
        case "gamma": return draws.map { 0.25 + 0.5 * $0 }
        case "moving_variance": return draws.map { 0.75 + 0.5 * $0 }
        default: return draws.map { ($0 - 0.5) * 0.2 }
        }
    }
}
