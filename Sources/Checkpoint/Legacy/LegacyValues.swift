internal import Proto

/// Turns the values of a V1 checkpoint's slice into bytes.
///
/// The values must be exactly as many as the slice has elements, in the list that belongs to the type, in the type's range.
enum LegacyValues {
    /// The elements' bytes, little-endian; nil if the values break the rules.
    static func bytes(_ values: TensorMessage, _ type: DataType, count: Int) -> [UInt8]? {
        var others = values
        let result: [UInt8]?
        switch type {
        case .float32:
            result = bytes(of: values.floats, count)
            others.floats = []
        case .float64:
            result = bytes(of: values.doubles, count)
            others.doubles = []
        case .complex64:
            result = count <= Int.max / 2 ? bytes(of: values.complexFloats, 2 * count) : nil
            others.complexFloats = []
        case .complex128:
            result = count <= Int.max / 2 ? bytes(of: values.complexDoubles, 2 * count) : nil
            others.complexDoubles = []
        case .int64:
            result = bytes(of: values.longIntegers, count)
            others.longIntegers = []
        case .bool:
            result = values.bools.count == count ? values.bools.map { $0 ? 1 : 0 } : nil
            others.bools = []
        case .float16, .bfloat16:
            result = narrowed(values.halfs, to: UInt16.self, count)
            others.halfs = []
        case .uint32:
            result = bytes(of: values.unsignedIntegers, count)
            others.unsignedIntegers = []
        case .uint64:
            result = bytes(of: values.longUnsignedIntegers, count)
            others.longUnsignedIntegers = []
        default:
            result = integers(values.integers, type, count)
            others.integers = []
        }
        others.shape = nil
        others.dataType = 0
        return others == TensorMessage() ? result : nil
    }

    private static func integers(_ values: [Int32], _ type: DataType, _ count: Int) -> [UInt8]? {
        switch type {
        case .int32, .qint32: bytes(of: values, count)
        case .int16, .qint16: narrowed(values, to: Int16.self, count)
        case .uint16, .quint16: narrowed(values, to: UInt16.self, count)
        case .int8, .qint8: narrowed(values, to: Int8.self, count)
        case .uint8, .quint8: narrowed(values, to: UInt8.self, count)
        default: nil
        }
    }

    private static func narrowed<Narrow: FixedWidthInteger & BitwiseCopyable>(
        _ values: [Int32],
        to type: Narrow.Type,
        _ count: Int
    ) -> [UInt8]? {
        guard values.count == count else { return nil }
        var result: [Narrow] = []
        result.reserveCapacity(count)
        for value in values {
            guard let narrow = Narrow(exactly: value) else { return nil }
            result.append(narrow)
        }
        return bytes(of: result, count)
    }

    /// The values' own bytes; this machine is little-endian.
    private static func bytes<Value: BitwiseCopyable>(of values: [Value], _ count: Int) -> [UInt8]?
    {
        guard values.count == count else { return nil }
        return unsafe values.withUnsafeBytes { unsafe [UInt8]($0) }
    }
}
