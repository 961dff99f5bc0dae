/// Appends fields of the protobuf wire format to bytes.
package struct WireWriter {
    /// The bytes so far.
    package private(set) var output: [UInt8] = []

    /// A writer without bytes.
    package init() {}

    package mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(truncatingIfNeeded: rest))
    }

    /// A field of so many bytes.
    package mutating func bytes(_ bytes: [UInt8], field number: UInt64) {
        varint(number << 3 | WireType.lengthDelimited.rawValue)
        varint(UInt64(bytes.count))
        output += bytes
    }

    /// The beginning of a field of so many bytes, which follow.
    package mutating func beginBytes(_ count: Int, field number: UInt64) {
        varint(number << 3 | WireType.lengthDelimited.rawValue)
        varint(UInt64(count))
    }

    /// Bytes as they are.
    package mutating func raw(_ bytes: [UInt8]) { output += bytes }

    package mutating func packedFloats(_ values: [Float], field number: UInt64) {
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

    package mutating func packedVarints(_ values: [Int64], field number: UInt64) {
        var list = WireWriter()
        for value in values { list.varint(UInt64(bitPattern: value)) }
        bytes(list.output, field: number)
    }

    /// Bytes as they are.
    package mutating func raw(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe output.append(contentsOf: $0) }
    }

    /// A number as a varint field, left out where it is zero.
    package mutating func varint(_ value: UInt64, field number: UInt64) {
        if value != 0 { member(value, field: number) }
    }

    /// A number as a varint field, as members of a oneof are written, even if it is zero.
    package mutating func member(_ value: UInt64, field number: UInt64) {
        varint(number << 3 | WireType.varint.rawValue)
        varint(value)
    }

    /// Four bytes, left out where they are zero.
    package mutating func fixed32(_ value: UInt32, field number: UInt64) {
        guard value != 0 else { return }
        varint(number << 3 | WireType.fixed32.rawValue)
        append(value)
    }

    /// A float32, written even if it is zero.
    package mutating func float(_ value: Float, field number: UInt64) {
        varint(number << 3 | WireType.fixed32.rawValue)
        append(value.bitPattern)
    }

    /// A float64, left out where its bits are zero.
    package mutating func double(_ value: Double, field number: UInt64) {
        guard value.bitPattern != 0 else { return }
        varint(number << 3 | WireType.fixed64.rawValue)
        append(value.bitPattern)
    }

    /// Float64 values as one packed field, left out where there are none.
    package mutating func packedDoubles(_ values: [Double], field number: UInt64) {
        guard !values.isEmpty else { return }
        varint(number << 3 | WireType.lengthDelimited.rawValue)
        varint(UInt64(8 * values.count))
        for value in values { append(value.bitPattern) }
    }

    /// The bytes of a number, lowest first.
    private mutating func append(_ value: some FixedWidthInteger) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            output.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
