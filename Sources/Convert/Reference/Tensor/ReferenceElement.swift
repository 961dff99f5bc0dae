package import Proto

/// What a tensor may be made of.
package protocol ReferenceElement: Equatable, Sendable {
    /// TensorFlow's type.
    static var type: DataType { get }
    /// What fills a tensor that nothing was written to.
    static var blank: Self { get }
    /// Elements of this type among those of any.
    static func elements(_ values: [Self]) -> ReferenceElements
    /// The elements if they are of this type.
    static func values(of elements: ReferenceElements) -> [Self]?
}

/// Numbers with a fraction, all of which float64 holds.
///
/// Sums, products, quotients and roots that are computed as float64 and rounded then are those that the type's own
/// arithmetic has: float64 has more than twice the digits of each narrower type.
package protocol FloatElement: ReferenceElement {
    /// The nearest number.
    init(rounding value: Double)
    /// The same number.
    var wide: Double { get }
}

/// Whole numbers, which wrap.
package protocol IntegerElement: ReferenceElement, FixedWidthInteger, Sendable {}

extension IntegerElement {
    package static var blank: Self { 0 }
}

extension FloatElement {
    package static var blank: Self { Self(rounding: 0) }
}

extension Float: FloatElement {
    package static var type: DataType { .float32 }
    package static func elements(_ values: [Float]) -> ReferenceElements { .float32(values) }
    package static func values(of elements: ReferenceElements) -> [Float]? {
        if case .float32(let values) = elements { values } else { nil }
    }
    package init(rounding value: Double) { self.init(value) }
    package var wide: Double { Double(self) }
}

extension Double: FloatElement {
    package static var type: DataType { .float64 }
    package static func elements(_ values: [Double]) -> ReferenceElements { .float64(values) }
    package static func values(of elements: ReferenceElements) -> [Double]? {
        if case .float64(let values) = elements { values } else { nil }
    }
    package init(rounding value: Double) { self = value }
    package var wide: Double { self }
}

extension Float16: FloatElement {
    package static var type: DataType { .float16 }
    package static func elements(_ values: [Float16]) -> ReferenceElements { .float16(values) }
    package static func values(of elements: ReferenceElements) -> [Float16]? {
        if case .float16(let values) = elements { values } else { nil }
    }
    package init(rounding value: Double) { self.init(value) }
    package var wide: Double { Double(self) }
}

extension BFloat16: FloatElement {
    package static var type: DataType { .bfloat16 }
    package static func elements(_ values: [BFloat16]) -> ReferenceElements { .bfloat16(values) }
    package static func values(of elements: ReferenceElements) -> [BFloat16]? {
        if case .bfloat16(let values) = elements { values } else { nil }
    }
    package init(rounding value: Double) { self.init(Float(value)) }
    package var wide: Double { Double(float) }
}

extension Bool: ReferenceElement {
    package static var type: DataType { .bool }
    package static var blank: Bool { false }
    package static func elements(_ values: [Bool]) -> ReferenceElements { .bool(values) }
    package static func values(of elements: ReferenceElements) -> [Bool]? {
        if case .bool(let values) = elements { values } else { nil }
    }
}

/// A string of bytes as an element.
extension [UInt8]: ReferenceElement {
    package static var type: DataType { .string }
    package static var blank: [UInt8] { [] }
    package static func elements(_ values: [[UInt8]]) -> ReferenceElements { .string(values) }
    package static func values(of elements: ReferenceElements) -> [[UInt8]]? {
        if case .string(let values) = elements { values } else { nil }
    }
}
