package import Proto

extension ReferenceTensor {
    /// The same numbers in another type: fractions are cut off, whole numbers wrap, truths are 0 and 1.
    ///
    /// What a whole-number type has no room for becomes its end (NaN becomes 0); TensorFlow leaves that to the processor.
    ///
    /// - Throws: ``ReferenceError`` if strings are among them, or the type is none that is computed.
    package func cast(to type: DataType) throws(ReferenceError) -> ReferenceTensor {
        if type == self.type { return self }
        let elements: ReferenceElements
        switch type {
        case .float32: elements = .float32(try toFloats())
        case .float64: elements = .float64(try toFloats())
        case .float16: elements = .float16(try toFloats())
        case .bfloat16: elements = .bfloat16(try toFloats())
        case .int8: elements = .int8(try toIntegers())
        case .int16: elements = .int16(try toIntegers())
        case .int32: elements = .int32(try toIntegers())
        case .int64: elements = .int64(try toIntegers())
        case .uint8: elements = .uint8(try toIntegers())
        case .uint16: elements = .uint16(try toIntegers())
        case .uint32: elements = .uint32(try toIntegers())
        case .uint64: elements = .uint64(try toIntegers())
        case .bool: elements = .bool(try toTruths())
        default: throw ReferenceError("\(self.type.name) as \(type.name)")
        }
        return ReferenceTensor(unchecked: shape, elements: elements)
    }

    private func toFloats<Target: FloatElement>() throws(ReferenceError) -> [Target] {
        switch elements {
        case .float32(let values): return Self.filled(count) { Target(rounding: values[$0].wide) }
        case .int64(let values):
            // Directly: by float64 it would be rounded twice.
            if Target.self == Float.self {
                return values.map { Target(rounding: Double(Float($0))) }
            }
            return values.map { Target(rounding: Double($0)) }
        case .uint64(let values):
            if Target.self == Float.self {
                return values.map { Target(rounding: Double(Float($0))) }
            }
            return values.map { Target(rounding: Double($0)) }
        case .bool(let values): return values.map { Target(rounding: $0 ? 1 : 0) }
        case .float64, .float16, .bfloat16: return try floats().map { Target(rounding: $0) }
        case .uint8(let values): return Self.filled(count) { Target(rounding: Double(values[$0])) }
        default: return try integers().map { Target(rounding: Double($0)) }
        }
    }

    private func toIntegers<Target: IntegerElement>() throws(ReferenceError) -> [Target] {
        switch elements {
        case .float32, .float64, .float16, .bfloat16:
            return try floats().map { value in
                let whole = value.rounded(.towardZero)
                if let exact = Target(exactly: whole) { return exact }
                return whole.isNaN ? 0 : whole < 0 ? .min : .max
            }
        case .uint64(let values): return values.map { Target(truncatingIfNeeded: $0) }
        case .bool(let values): return values.map { $0 ? 1 : 0 }
        default: return try integers().map { Target(truncatingIfNeeded: $0) }
        }
    }

    private func toTruths() throws(ReferenceError) -> [Bool] {
        switch elements {
        case .float32, .float64, .float16, .bfloat16: return try floats().map { $0 != 0 }
        case .uint64(let values): return values.map { $0 != 0 }
        case .bool(let values): return values
        default: return try integers().map { $0 != 0 }
        }
    }
}
