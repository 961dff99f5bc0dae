package import Proto

/// The elements of a tensor, in row-major order.
package enum ReferenceElements: Equatable, Sendable {
    case float32([Float])
    case float64([Double])
    case float16([Float16])
    case bfloat16([BFloat16])
    case int8([Int8])
    case int16([Int16])
    case int32([Int32])
    case int64([Int64])
    case uint8([UInt8])
    case uint16([UInt16])
    case uint32([UInt32])
    case uint64([UInt64])
    case bool([Bool])
    case string([[UInt8]])
}

/// What is done with elements of any type.
protocol ElementVisitor {
    associatedtype Outcome
    func visit<Element: ReferenceElement>(
        _ values: [Element]
    ) throws(ReferenceError) -> Outcome
}

/// What is done with numbers, those with a fraction in one way and whole ones in another.
protocol NumberVisitor {
    associatedtype Outcome
    func visit<Element: FloatElement>(floats values: [Element]) throws(ReferenceError) -> Outcome
    func visit<Element: IntegerElement>(
        integers values: [Element]
    ) throws(ReferenceError) -> Outcome
}

extension ReferenceElements {
    /// Hands the elements to what takes any.
    func accept<Visitor: ElementVisitor>(
        _ visitor: Visitor
    ) throws(ReferenceError) -> Visitor.Outcome {
        switch self {
        case .float32(let values): try visitor.visit(values)
        case .float64(let values): try visitor.visit(values)
        case .float16(let values): try visitor.visit(values)
        case .bfloat16(let values): try visitor.visit(values)
        case .int8(let values): try visitor.visit(values)
        case .int16(let values): try visitor.visit(values)
        case .int32(let values): try visitor.visit(values)
        case .int64(let values): try visitor.visit(values)
        case .uint8(let values): try visitor.visit(values)
        case .uint16(let values): try visitor.visit(values)
        case .uint32(let values): try visitor.visit(values)
        case .uint64(let values): try visitor.visit(values)
        case .bool(let values): try visitor.visit(values)
        case .string(let values): try visitor.visit(values)
        }
    }

    /// Hands the elements to what takes numbers.
    ///
    /// - Throws: ``ReferenceError`` if they are none.
    func accept<Visitor: NumberVisitor>(
        numbers visitor: Visitor
    ) throws(ReferenceError) -> Visitor.Outcome {
        switch self {
        case .float32(let values): return try visitor.visit(floats: values)
        case .float64(let values): return try visitor.visit(floats: values)
        case .float16(let values): return try visitor.visit(floats: values)
        case .bfloat16(let values): return try visitor.visit(floats: values)
        case .int8(let values): return try visitor.visit(integers: values)
        case .int16(let values): return try visitor.visit(integers: values)
        case .int32(let values): return try visitor.visit(integers: values)
        case .int64(let values): return try visitor.visit(integers: values)
        case .uint8(let values): return try visitor.visit(integers: values)
        case .uint16(let values): return try visitor.visit(integers: values)
        case .uint32(let values): return try visitor.visit(integers: values)
        case .uint64(let values): return try visitor.visit(integers: values)
        case .bool, .string: throw ReferenceError("numbers are needed, not \(type.name)")
        }
    }

    /// The type.
    package var type: DataType {
        switch self {
        case .float32: .float32
        case .float64: .float64
        case .float16: .float16
        case .bfloat16: .bfloat16
        case .int8: .int8
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        case .uint8: .uint8
        case .uint16: .uint16
        case .uint32: .uint32
        case .uint64: .uint64
        case .bool: .bool
        case .string: .string
        }
    }

    /// How many they are.
    package var count: Int {
        switch self {
        case .float32(let values): values.count
        case .float64(let values): values.count
        case .float16(let values): values.count
        case .bfloat16(let values): values.count
        case .int8(let values): values.count
        case .int16(let values): values.count
        case .int32(let values): values.count
        case .int64(let values): values.count
        case .uint8(let values): values.count
        case .uint16(let values): values.count
        case .uint32(let values): values.count
        case .uint64(let values): values.count
        case .bool(let values): values.count
        case .string(let values): values.count
        }
    }
}
