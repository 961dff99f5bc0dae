extension RawSpan {
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
