/// The records of a zip file, numbers little-endian.
///
///     for each member:  local header 30  name  extra    the bytes
///     for each member:  directory entry 46  name  extra  comment
///     end with 64 bits 56, its locator 20               where something does not fit in 32 bits
///     end 22  comment
///
/// - SeeAlso: <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>.
enum ZipBytes {
    static let localSignature: UInt32 = 0x0403_4B50
    static let entrySignature: UInt32 = 0x0201_4B50
    static let endSignature: UInt32 = 0x0605_4B50
    static let wideEndSignature: UInt32 = 0x0606_4B50
    static let locatorSignature: UInt32 = 0x0706_4B50

    static let localSize = 30
    static let entrySize = 46
    static let endSize = 22
    static let wideEndSize = 56
    static let locatorSize = 20

    /// What stands in 32 bits where the number is in the extra field of 64 bits.
    static let wide32 = UInt64(UInt32.max)
    static let wide16 = UInt64(UInt16.max)
    /// The extra field of 64-bit numbers.
    static let wideExtra: UInt16 = 1
    /// The extra field that only fills up.
    static let paddingExtra: UInt16 = 0xD935
    /// The name is UTF-8.
    static let textFlag: UInt16 = 0x800
}

extension [UInt8] {
    /// Appends a number, lowest byte first.
    mutating func append(littleEndian value: some FixedWidthInteger) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
