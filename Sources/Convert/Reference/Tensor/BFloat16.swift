/// A number of the upper 16 bits of a float32.
package struct BFloat16: Equatable, Sendable {
    /// The bits.
    package let bitPattern: UInt16

    /// The number of some bits.
    package init(bitPattern: UInt16) { self.bitPattern = bitPattern }

    /// The nearest number; of two that are as near, the even one.
    package init(_ value: Float) {
        let bits = value.bitPattern
        if value.isNaN {
            bitPattern = UInt16(truncatingIfNeeded: bits >> 16) | 0x40
        } else {
            bitPattern = UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
        }
    }

    /// The same number.
    package var float: Float { Float(bitPattern: UInt32(bitPattern) << 16) }

    /// Whether the numbers are the same.
    package static func == (left: BFloat16, right: BFloat16) -> Bool { left.float == right.float }
}
