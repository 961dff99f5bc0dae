public import Proto

/// How the bytes of one element become a number.
public struct NumberFormat: Sendable {
    /// The type of the elements.
    public let dataType: DataType

    /// The reader of a type; nil where elements are no single real numbers.
    public init?(_ dataType: DataType) {
        switch dataType {
        case .string, .resource, .variant, .complex64, .complex128: return nil
        default: self.dataType = dataType
        }
    }

    /// Whether the elements have a fraction.
    public var isFloatingPoint: Bool {
        switch dataType {
        case .float16, .bfloat16, .float32, .float64, .float8E5M2, .float8E4M3FN,
            .float8E4M3FNUZ, .float8E4M3B11FNUZ, .float8E5M2FNUZ, .float4E2M1FN:
            true
        default: false
        }
    }

    /// The number at an element's place; whole numbers of 64 bits are rounded to a `Double`.
    ///
    /// - Precondition: the element is inside `bytes`.
    public func number(_ bytes: RawSpan, at index: Int) -> Double {
        switch dataType {
        case .float32: return Double(Float(bitPattern: word(bytes, index)))
        case .float64: return Double(bitPattern: word(bytes, index))
        case .float16: return Double(Float16(bitPattern: word(bytes, index)))
        case .bfloat16:
            let half: UInt16 = word(bytes, index)
            return Double(Float(bitPattern: UInt32(half) << 16))
        case .float8E5M2:
            let byte: UInt8 = word(bytes, index)
            return Double(Float16(bitPattern: UInt16(byte) << 8))
        case .float8E4M3FN: return Self.small(word(bytes, index), mantissa: 3, bias: 7)
        case .float8E4M3FNUZ: return Self.unsignedZero(word(bytes, index), mantissa: 3, bias: 8)
        case .float8E4M3B11FNUZ: return Self.unsignedZero(word(bytes, index), mantissa: 3, bias: 11)
        case .float8E5M2FNUZ: return Self.unsignedZero(word(bytes, index), mantissa: 2, bias: 16)
        case .float4E2M1FN:
            let byte: UInt8 = word(bytes, index)
            let sizes: [Double] = [0, 0.5, 1, 1.5, 2, 3, 4, 6]
            return sizes[Int(byte & 7)] * (byte & 8 == 0 ? 1 : -1)
        default: return Double(integer(bytes, at: index))
        }
    }

    /// The whole number at an element's place.
    ///
    /// Types of fewer than eight bits take the low bits of a byte.
    ///
    /// - Precondition: the type is one of whole numbers, and the element is inside `bytes`.
    public func integer(_ bytes: RawSpan, at index: Int) -> Int128 {
        switch dataType {
        case .int8, .qint8: return Int128(word(bytes, index) as Int8)
        case .int16, .qint16: return Int128(word(bytes, index) as Int16)
        case .int32, .qint32: return Int128(word(bytes, index) as Int32)
        case .int64: return Int128(word(bytes, index) as Int64)
        case .uint16, .quint16: return Int128(word(bytes, index) as UInt16)
        case .uint32: return Int128(word(bytes, index) as UInt32)
        case .uint64: return Int128(word(bytes, index) as UInt64)
        case .int4: return Int128(((word(bytes, index) as Int8) << 4) >> 4)
        case .uint4: return Int128((word(bytes, index) as UInt8) & 15)
        case .int2: return Int128(((word(bytes, index) as Int8) << 6) >> 6)
        case .uint2: return Int128((word(bytes, index) as UInt8) & 3)
        default: return Int128(word(bytes, index) as UInt8)
        }
    }

    private func word<Word: BitwiseCopyable>(_ bytes: RawSpan, _ index: Int) -> Word {
        unsafe bytes.unsafeLoadUnaligned(
            fromByteOffset: index * MemoryLayout<Word>.size,
            as: Word.self
        )
    }

    /// A number of eight bits without infinities, whose NaN has all bits but the sign set.
    private static func small(_ byte: UInt8, mantissa: Int, bias: Int) -> Double {
        byte & 0x7F == 0x7F ? .nan : value(byte, mantissa: mantissa, bias: bias)
    }

    /// A number of eight bits without infinities and negative zero, whose pattern means NaN.
    private static func unsignedZero(_ byte: UInt8, mantissa: Int, bias: Int) -> Double {
        byte == 0x80 ? .nan : value(byte, mantissa: mantissa, bias: bias)
    }

    private static func value(_ byte: UInt8, mantissa: Int, bias: Int) -> Double {
        let fraction = Double(byte & ((1 << mantissa) - 1))
        let exponent = Int(byte & 0x7F) >> mantissa
        let unit = Double(sign: .plus, exponent: max(exponent, 1) - bias - mantissa, significand: 1)
        let size = (exponent == 0 ? fraction : fraction + Double(1 << mantissa)) * unit
        return byte & 0x80 == 0 ? size : -size
    }
}
