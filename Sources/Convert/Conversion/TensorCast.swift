internal import Checkpoint
internal import Proto

/// The change of floating-point elements to another width, rounded to the nearest, ties to even.
enum TensorCast {
    /// The types that can be cast into each other.
    static let types: [DataType] = [.float32, .float16, .bfloat16]

    /// The elements in another type, little-endian.
    ///
    /// - Precondition: both types are among ``types``.
    static func cast(_ stored: StoredBytes, _ source: DataType, to target: DataType) -> StoredBytes
    {
        guard source != target else { return stored }
        let count = stored.count / (source.byteCount ?? 1)
        let width = target.byteCount ?? 1
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count * width) { buffer, filled in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            for index in 0..<count {
                let value = value(stored, index, source)
                switch target {
                case .float16:
                    unsafe raw.storeBytes(
                        of: Float16(value).bitPattern.littleEndian,
                        toByteOffset: index * 2,
                        as: UInt16.self
                    )
                case .bfloat16:
                    unsafe raw.storeBytes(
                        of: brain(value).littleEndian,
                        toByteOffset: index * 2,
                        as: UInt16.self
                    )
                default:
                    unsafe raw.storeBytes(
                        of: value.bitPattern.littleEndian,
                        toByteOffset: index * 4,
                        as: UInt32.self
                    )
                }
            }
            filled = count * width
        }
        return StoredBytes(bytes)
    }

    /// One element.
    static func value(_ stored: StoredBytes, _ index: Int, _ type: DataType) -> Float {
        switch type {
        case .float16:
            Float(Float16(bitPattern: word(stored, index)))
        case .bfloat16: Float(bitPattern: UInt32(word(stored, index)) << 16)
        default:
            unsafe Float(
                bitPattern: stored.buffer.loadUnaligned(
                    fromByteOffset: 4 * index,
                    as: UInt32.self
                ).littleEndian
            )
        }
    }

    /// One element of any floating-point type.
    static func number(_ stored: StoredBytes, _ index: Int, _ type: DataType) -> Float {
        guard type == .float64 else { return value(stored, index, type) }
        return unsafe Float(
            stored.buffer.loadUnaligned(fromByteOffset: 8 * index, as: Double.self)
        )
    }

    private static func word(_ stored: StoredBytes, _ index: Int) -> UInt16 {
        unsafe stored.buffer.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self).littleEndian
    }

    /// The upper half of a number's bits, rounded; a NaN stays one.
    private static func brain(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        if value.isNaN { return UInt16(bits >> 16) | 0x40 }
        return UInt16((bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
    }

    /// Whether a cast element is as near to its source as rounding leaves it.
    static func isRounded(_ result: Float, of source: Float, to type: DataType) -> Bool {
        if source.isNaN { return result.isNaN }
        if source == result { return source.sign == result.sign || source != 0 }
        guard source.isFinite, result.isFinite else { return false }
        let error = (result - source).magnitude
        return switch type {
        case .float16: error <= max(source.magnitude * 0x1p-11, 0x1p-25)
        case .bfloat16: error <= max(source.magnitude * 0x1p-8, 0x1p-134)
        default: false
        }
    }
}
