extension RawSpan {
    /// Reads a base-128 varint of at most ten bytes and moves `offset` past it; nil if there is none before `end`.
    func varint(at offset: inout Int, before end: Int) -> UInt64? {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while offset < end, shift < 70 {
            let byte = self.byte(at: offset)
            offset += 1
            // A tenth byte may hold but one bit.
            guard shift < 63 || byte < 2 else { return nil }
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return result }
            shift += 7
        }
        return nil
    }

    /// The byte at an offset.
    ///
    /// - Precondition: the offset is inside.
    func byte(at offset: Int) -> UInt8 {
        precondition(offset >= 0 && offset < byteCount, "byte \(offset) of \(byteCount)")
        return unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    /// The little-endian number of four bytes at an offset.
    ///
    /// - Precondition: the bytes are inside.
    func word32(at offset: Int) -> UInt32 {
        precondition(offset >= 0 && offset <= byteCount - 4, "byte \(offset) of \(byteCount)")
        return UInt32(
            littleEndian: unsafe unsafeLoadUnaligned(
                fromUncheckedByteOffset: offset,
                as: UInt32.self
            )
        )
    }

    /// The little-endian number of eight bytes at an offset.
    ///
    /// - Precondition: the bytes are inside.
    func word64(at offset: Int) -> UInt64 {
        UInt64(word32(at: offset)) | UInt64(word32(at: offset + 4)) << 32
    }

    /// A copy of the bytes in a range.
    func array(_ range: Range<Int>) -> [UInt8] {
        unsafe extracting(range).withUnsafeBytes { unsafe [UInt8]($0) }
    }
}
