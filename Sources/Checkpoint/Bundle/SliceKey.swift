package import Proto

/// The key under which a slice of a partitioned variable is stored, in an encoding that sorts as the parts do.
///
///     number 0 | name | rank | start and length of each axis
///
/// A number is the count of its bytes, then the bytes, highest first. A string has 00 written 00 ff and ff written
/// ff 00, and ends in 00 01. A signed number has its length in leading bits; see ``append(signed:)``. All of an axis is
/// length -1; what the file states is kept to the letter.
package struct SliceKey {
    package private(set) var bytes: [UInt8] = []

    package init(name: [UInt8], slice: TensorSlice) {
        append(number: 0)
        for byte in name {
            bytes.append(byte)
            if byte == 0x00 { bytes.append(0xFF) }
            if byte == 0xFF { bytes.append(0x00) }
        }
        bytes += [0x00, 0x01]
        append(number: UInt64(slice.extents.count))
        for extent in slice.extents {
            append(signed: extent.length == nil ? 0 : extent.start)
            append(signed: extent.length ?? -1)
        }
    }

    private mutating func append(number: UInt64) {
        let count = (64 - number.leadingZeroBitCount + 7) / 8
        bytes.append(UInt8(count))
        for index in (0..<count).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * index)))
        }
    }

    /// Appends a signed number.
    ///
    /// As many leading ones (zeros for negative numbers) as it has bytes, at the least one, then its two's complement,
    /// highest byte first. `n` bytes hold `7n - 1` bits.
    private mutating func append(signed value: Int64) {
        let magnitude = UInt64(bitPattern: value < 0 ? ~value : value)
        let bits = 64 - magnitude.leadingZeroBitCount
        let count = bits / 7 + 1
        // Up to ten bytes: the sign goes on above the 64 bits.
        var output = [UInt8](repeating: value < 0 ? 0xFF : 0, count: count)
        for index in 0..<min(count, 8) {
            output[count - 1 - index] = UInt8(truncatingIfNeeded: value >> Int64(8 * index))
        }
        output[0] ^= UInt8(truncatingIfNeeded: 0xFF00 >> min(count, 8))
        if count > 8 { output[1] ^= UInt8(truncatingIfNeeded: 0xFF00 >> (count - 8)) }
        bytes += output
    }
}
