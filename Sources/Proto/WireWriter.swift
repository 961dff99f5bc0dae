/// Appends fields of the protobuf wire format to bytes.
struct WireWriter {
    private(set) var output: [UInt8] = []

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(truncatingIfNeeded: rest))
    }

    /// A field of so many bytes.
    mutating func bytes(_ bytes: [UInt8], field number: UInt64) {
        varint(number << 3 | WireType.lengthDelimited.rawValue)
        varint(UInt64(bytes.count))
        output += bytes
    }

    mutating func packedFloats(_ values: [Float], field number: UInt64) {
        varint(number << 3 | WireType.lengthDelimited.rawValue)
        varint(UInt64(4 * values.count))
        output.reserveCapacity(output.count + 4 * values.count)
        for value in values {
            let word = value.bitPattern.littleEndian
            for shift in stride(from: 0, to: 32, by: 8) {
                output.append(UInt8(truncatingIfNeeded: word >> UInt32(shift)))
            }
        }
    }

    mutating func packedVarints(_ values: [Int64], field number: UInt64) {
        var list = WireWriter()
        for value in values { list.varint(UInt64(bitPattern: value)) }
        bytes(list.output, field: number)
    }

    /// Bytes as they are.
    mutating func raw(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe output.append(contentsOf: $0) }
    }
}
