/// The records of a zip file, numbers little-endian.
///
///     for each member:  local header 30  name  extra    the bytes
///     for each member:  directory entry 46  name  extra  comment
///     end with 64 bits 56, its locator 20               where something does not fit in 32 bits
///     end 22  comment
///
/// - SeeAlso: <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>.
package enum ZipBytes {
    package static let localSignature: UInt32 = 0x0403_4B50
    package static let entrySignature: UInt32 = 0x0201_4B50
    package static let endSignature: UInt32 = 0x0605_4B50
    package static let wideEndSignature: UInt32 = 0x0606_4B50
    package static let locatorSignature: UInt32 = 0x0706_4B50

    package static let localSize = 30
    static let entrySize = 46
    static let endSize = 22
    package static let wideEndSize = 56
    static let locatorSize = 20

    /// What stands in 32 bits where the number is in the extra field of 64 bits.
    package static let wide32 = UInt64(UInt32.max)
    package static let wide16 = UInt64(UInt16.max)
    /// The extra field of 64-bit numbers.
    package static let wideExtra: UInt16 = 1
    /// The extra field that only fills up.
    package static let paddingExtra: UInt16 = 0xD935
    /// The name is UTF-8.
    package static let textFlag: UInt16 = 0x800
}
