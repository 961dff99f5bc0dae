internal import Proto

extension ReferenceTensor {
    /// The elements' bytes, little-endian, in row-major order; nil for strings.
    package var bytes: [UInt8]? {
        func bytes<Element: FixedWidthInteger>(_ values: [Element]) -> [UInt8] {
            let width = Element.bitWidth / 8
            return unsafe [UInt8](unsafeUninitializedCapacity: values.count * width) {
                buffer,
                filled in
                for (index, value) in values.enumerated() {
                    for byte in 0..<width {
                        unsafe buffer[index * width + byte] = UInt8(
                            truncatingIfNeeded: value >> Element(8 * byte)
                        )
                    }
                }
                filled = values.count * width
            }
        }
        return switch elements {
        case .float32(let values): bytes(values.map(\.bitPattern))
        case .float64(let values): bytes(values.map(\.bitPattern))
        case .float16(let values): bytes(values.map(\.bitPattern))
        case .bfloat16(let values): bytes(values.map(\.bitPattern))
        case .int8(let values): bytes(values)
        case .int16(let values): bytes(values)
        case .int32(let values): bytes(values)
        case .int64(let values): bytes(values)
        case .uint8(let values): values
        case .uint16(let values): bytes(values)
        case .uint32(let values): bytes(values)
        case .uint64(let values): bytes(values)
        case .bool(let values): values.map { $0 ? 1 : 0 }
        case .string: nil
        }
    }
}
