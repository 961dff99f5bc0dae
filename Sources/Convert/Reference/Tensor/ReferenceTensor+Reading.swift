package import Proto

// What operations ask of their inputs.
extension ReferenceTensor {
    /// The values as float32, whatever numbers they are; truths are 0 and 1, strings NaN.
    package var values: [Float] {
        switch elements {
        case .float32(let values): values
        case .float64(let values): values.map { Float($0) }
        case .float16(let values): values.map { Float($0) }
        case .bfloat16(let values): values.map(\.float)
        case .int8(let values): values.map { Float($0) }
        case .int16(let values): values.map { Float($0) }
        case .int32(let values): values.map { Float($0) }
        case .int64(let values): values.map { Float($0) }
        case .uint8(let values): values.map { Float($0) }
        case .uint16(let values): values.map { Float($0) }
        case .uint32(let values): values.map { Float($0) }
        case .uint64(let values): values.map { Float($0) }
        case .bool(let values): values.map { $0 ? 1 : 0 }
        case .string(let values): [Float](repeating: .nan, count: values.count)
        }
    }

    /// The values as whole numbers.
    ///
    /// - Throws: ``ReferenceError`` if they are of another type.
    package func integers() throws(ReferenceError) -> [Int] {
        switch elements {
        case .int8(let values): return values.map { Int($0) }
        case .int16(let values): return values.map { Int($0) }
        case .int32(let values): return values.map { Int($0) }
        case .int64(let values): return values.map { Int($0) }
        case .uint8(let values): return values.map { Int($0) }
        case .uint16(let values): return values.map { Int($0) }
        case .uint32(let values): return values.map { Int($0) }
        default: throw ReferenceError("whole numbers are needed, not \(type.name)")
        }
    }

    /// The one whole number.
    ///
    /// - Throws: ``ReferenceError`` if there are several, or it is of another type.
    package func integer() throws(ReferenceError) -> Int {
        let numbers = try integers()
        guard numbers.count == 1 else {
            throw ReferenceError("one number is needed, not the shape \(shape)")
        }
        return numbers[0]
    }

    /// The one truth.
    ///
    /// - Throws: ``ReferenceError`` if there are several, or it is something else.
    package func truth() throws(ReferenceError) -> Bool {
        guard case .bool(let values) = elements, values.count == 1 else {
            throw ReferenceError("one truth is needed, not \(type.name) of the shape \(shape)")
        }
        return values[0]
    }

    /// The truths.
    ///
    /// - Throws: ``ReferenceError`` if they are something else.
    package func truths() throws(ReferenceError) -> [Bool] {
        guard case .bool(let values) = elements else {
            throw ReferenceError("truths are needed, not \(type.name)")
        }
        return values
    }

    /// The numbers as float64.
    ///
    /// - Throws: ``ReferenceError`` if they are none with a fraction.
    package func floats() throws(ReferenceError) -> [Double] {
        switch elements {
        case .float32(let values): return values.map { Double($0) }
        case .float64(let values): return values
        case .float16(let values): return values.map { Double($0) }
        case .bfloat16(let values): return values.map(\.wide)
        default: throw ReferenceError("floating-point numbers are needed, not \(type.name)")
        }
    }

    /// The one number with a fraction.
    ///
    /// - Throws: ``ReferenceError`` if there are several, or it is something else.
    package func float() throws(ReferenceError) -> Double {
        guard count == 1 else {
            throw ReferenceError("one number is needed, not the shape \(shape)")
        }
        return try floats()[0]
    }

    /// Whole numbers of a type as a tensor.
    ///
    /// - Throws: ``ReferenceError`` if the type is neither int32 nor int64, or has not the room.
    package init(
        _ shape: [Int],
        integers: [Int],
        as type: DataType
    ) throws(ReferenceError) {
        switch type {
        case .int64: try self.init(shape, integers.map { Int64($0) })
        case .int32:
            var values: [Int32] = []
            for integer in integers {
                guard let value = Int32(exactly: integer) else {
                    throw ReferenceError("\(integer) as int32")
                }
                values.append(value)
            }
            try self.init(shape, values)
        default: throw ReferenceError("whole numbers as \(type.name)")
        }
    }
}
