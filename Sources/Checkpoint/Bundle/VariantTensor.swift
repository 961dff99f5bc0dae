internal import Proto

/// Variants as a bundle stores them: an iterator's state, a list of tensors.
///
///     for each element:  varint length | the message's bytes | masked CRC-32C so far, 4 bytes
///
/// The checksum goes over each length as eight bytes, the message and the stored word; the entry has what it comes to.
enum VariantTensor {
    /// Throws unless the bytes are so many elements, and match their checksums.
    static func check(
        _ bytes: RawSpan,
        _ tensor: TensorEntry,
        path: String
    ) throws(CheckpointError) {
        func malformed(_ reason: String) -> CheckpointError {
            .malformedEntry(path: path, tensor: tensor.name, reason: reason)
        }
        func check(_ stored: UInt32, _ computed: UInt32) throws(CheckpointError) {
            guard stored == computed else {
                throw .tensorChecksum(
                    path: path,
                    tensor: tensor.name,
                    offset: tensor.offset,
                    stored: stored,
                    computed: computed
                )
            }
        }
        // Each element takes a length and a word at least.
        guard tensor.elementCount <= bytes.byteCount / 5 else {
            throw malformed("\(bytes.byteCount) bytes cannot hold \(tensor.elementCount) variants")
        }
        var position = 0
        var checksum = CRC32C()
        for index in 0..<tensor.elementCount {
            guard let length = bytes.varint(at: &position, before: bytes.byteCount),
                bytes.byteCount - position >= 4,
                length <= UInt64(bytes.byteCount - position - 4)
            else { throw malformed("the length of variant \(index) is malformed") }
            let end = position + Int(length)
            checksum.extend(littleEndian: length)
            checksum.extend(bytes.extracting(position..<end))
            try check(bytes.word32(at: end), checksum.masked)
            checksum.extend(bytes.extracting(end..<(end + 4)))
            position = end + 4
        }
        guard position == bytes.byteCount else {
            throw malformed("its variants take \(position) bytes, stated are \(bytes.byteCount)")
        }
        try check(tensor.checksum, checksum.masked)
    }
}
