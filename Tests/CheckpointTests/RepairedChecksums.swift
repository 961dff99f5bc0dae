import Checkpoint

// The fuzzer is built with this file too.

/// The bytes of a table with right checksums behind the blocks that its footer and index name.
func withRepairedChecksums(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= 48 else { return bytes }
    var result = bytes
    func varint(_ position: inout Int) -> Int? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < result.count, shift < 63 {
            let byte = result[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int(exactly: value) }
            shift += 7
        }
        return nil
    }
    func repair(_ offset: Int, _ size: Int) -> Bool {
        guard offset < result.count, size <= result.count - offset - 5 else { return false }
        let end = offset + size
        let checksum = unsafe CRC32C(Array(result[offset...end]).span.bytes).masked
        for index in 0..<4 {
            result[end + 1 + index] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt32(index)))
        }
        return true
    }
    var position = bytes.count - 48
    guard let meta = varint(&position), let metaSize = varint(&position),
        let index = varint(&position), let indexSize = varint(&position)
    else { return bytes }
    _ = repair(meta, metaSize)
    guard index < bytes.count, indexSize <= bytes.count else { return result }
    // The data blocks first, as the index may be wherever it likes.
    // Behind the entries stand the restarts and their number; taken for entries, they would name a block at 0.
    let end = min(index + indexSize, result.count)
    guard end - index >= 4 else { return result }
    let restarts = result[(end - 4)..<end].reversed().reduce(0) { $0 << 8 | Int($1) }
    let entriesEnd = max(index, end - 4 * (min(restarts, end) + 1))
    var entry = index
    while entry < entriesEnd {
        guard let shared = varint(&entry), let unshared = varint(&entry), varint(&entry) != nil,
            shared < 1 << 20, unshared < 1 << 20
        else { break }
        entry += unshared
        guard let offset = varint(&entry), let size = varint(&entry), repair(offset, size) else {
            break
        }
    }
    _ = repair(index, indexSize)
    return result
}

/// The bytes of a plain record file with right checksums, as far as its lengths fit.
func withRepairedRecords(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    /// Puts the checksum of some bytes behind them.
    func repair(_ range: Range<Int>) {
        let checksum = unsafe CRC32C(Array(result[range]).span.bytes).masked
        for index in 0..<4 {
            result[range.upperBound + index] = UInt8(
                truncatingIfNeeded: checksum >> (8 * UInt32(index))
            )
        }
    }
    var start = 0
    while start + 16 <= result.count {
        let header = start..<(start + 8)
        repair(header)
        let length = result[header].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(result.count - start - 16) else { break }
        repair((start + 12)..<(start + 12 + Int(length)))
        start += 16 + Int(length)
    }
    return result
}
