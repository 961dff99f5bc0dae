public import Pictures

/// Pictures as PNG files, not compressed.
///
///     signature | IHDR | IDAT: a zlib stream of stored blocks of at most 65535 bytes | IEND
///
/// - SeeAlso: RFC 2083, RFC 1950, RFC 1951.
public enum PNGFile {
    /// The file of a picture.
    public static func bytes(of picture: Picture) -> [UInt8] {
        let (width, height) = (picture.size.width, picture.size.height)
        var rows: [UInt8] = []
        rows.reserveCapacity(height * (3 * width + 1))
        for row in 0..<height {
            rows.append(0)
            rows += picture.pixels[(row * 3 * width)..<((row + 1) * 3 * width)]
        }
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        file += chunk("IHDR", bigEndian(width) + bigEndian(height) + [8, 2, 0, 0, 0])
        file += chunk("IDAT", stored(rows))
        file += chunk("IEND", [])
        return file
    }

    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var start = 0
        repeat {
            let end = min(start + 65535, bytes.count)
            let length = UInt16(end - start)
            stream.append(end == bytes.count ? 1 : 0)
            for word in [length, ~length] { stream += [UInt8(word & 0xFF), UInt8(word >> 8)] }
            stream += bytes[start..<end]
            start = end
        } while start < bytes.count
        var (first, second) = (1, 0)
        for byte in bytes {
            first = (first + Int(byte)) % 65521
            second = (second + first) % 65521
        }
        return stream + bigEndian(second << 16 | first)
    }

    private static func chunk(_ kind: String, _ content: [UInt8]) -> [UInt8] {
        let checked = Array(kind.utf8) + content
        var remainder: UInt32 = 0xFFFF_FFFF
        for byte in checked {
            remainder = table[Int((remainder ^ UInt32(byte)) & 0xFF)] ^ remainder >> 8
        }
        return bigEndian(content.count) + checked + bigEndian(Int(~remainder))
    }

    /// CRC-32 of each byte.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in
            value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
        }
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
