internal import CCRC32C

/// A running CRC-32C, as TensorFlow's files hold it.
public struct CRC32C: Equatable, Sendable {
    /// The checksum of the bytes so far.
    public private(set) var value: UInt32 = 0

    /// The checksum of no bytes.
    public init() {}

    /// The checksum of some bytes.
    public init(_ bytes: RawSpan) {
        extend(bytes)
    }

    /// Goes on with more bytes.
    public mutating func extend(_ bytes: RawSpan) {
        value = unsafe bytes.withUnsafeBytes { buffer in
            unsafe crc32c_extend(value, buffer.baseAddress, buffer.count)
        }
    }

    /// Goes on with the bytes of a number, lowest first.
    mutating func extend(littleEndian number: some FixedWidthInteger) {
        let bytes = number.littleEndian
        unsafe withUnsafeBytes(of: bytes) { unsafe extend($0.bytes) }
    }

    /// The checksum as files hold it, turned and shifted so that checksums of checksums stay useful.
    public var masked: UInt32 { (value >> 15 | value << 17) &+ 0xA282_EAD8 }
}
