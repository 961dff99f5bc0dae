internal import Proto

/// Strings as a bundle stores them.
///
///     varint length, one a string | masked CRC-32C of the lengths, 4 bytes | the strings' bytes
///
/// The checksum of the lengths is taken over each as four bytes, eight if it needs them, in the bundle's byte order; the
/// entry's checksum goes on from there over the four stored bytes and the strings.
enum StringTensor {
    static func strings(
        _ bytes: RawSpan,
        _ tensor: TensorEntry,
        isBigEndian: Bool,
        path: String,
        name: String
    ) throws(CheckpointError) -> [[UInt8]] {
        func malformed(_ reason: String) -> CheckpointError {
            .malformedEntry(path: path, tensor: name, reason: reason)
        }
        let count = tensor.elementCount
        guard count <= bytes.byteCount, bytes.byteCount >= 4 else {
            throw malformed("\(bytes.byteCount) bytes cannot hold \(count) strings")
        }
        var position = 0
        var lengths: [Int] = []
        lengths.reserveCapacity(count)
        var total = 0
        var checksum = CRC32C()
        for _ in 0..<count {
            guard let length = bytes.varint(at: &position, before: bytes.byteCount),
                length <= UInt64(bytes.byteCount - total)
            else { throw malformed("the length of string \(lengths.count) is malformed") }
            // Lengths inside a file always fit into four bytes or the strings into eight.
            if length <= UInt64(UInt32.max) {
                let word = UInt32(length)
                checksum.extend(littleEndian: isBigEndian ? word.byteSwapped : word)
            } else {
                checksum.extend(littleEndian: isBigEndian ? length.byteSwapped : length)
            }
            lengths.append(Int(length))
            total += Int(length)
        }
        guard position + 4 + total == bytes.byteCount else {
            throw malformed(
                "its strings take \(position + 4 + total) bytes, stated are \(bytes.byteCount)"
            )
        }
        let word = bytes.word32(at: position)
        let stored = isBigEndian ? word.byteSwapped : word
        guard stored == checksum.masked else {
            throw .tensorChecksum(
                path: path,
                tensor: name,
                offset: tensor.offset,
                stored: stored,
                computed: checksum.masked
            )
        }
        checksum.extend(bytes.extracting(position..<bytes.byteCount))
        guard checksum.masked == tensor.checksum else {
            throw .tensorChecksum(
                path: path,
                tensor: name,
                offset: tensor.offset,
                stored: tensor.checksum,
                computed: checksum.masked
            )
        }
        position += 4
        return lengths.map { length in
            defer { position += length }
            return bytes.array(position..<(position + length))
        }
    }
}
