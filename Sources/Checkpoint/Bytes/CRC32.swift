internal import CZlib

/// The CRC-32 of zip and gzip.
package enum CRC32 {
    /// The checksum of bytes.
    package static func checksum(_ bytes: RawSpan, continuing value: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBytes { buffer in
            unsafe UInt32(
                truncatingIfNeeded: crc32_z(
                    UInt(value),
                    buffer.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    buffer.count
                )
            )
        }
    }
}
