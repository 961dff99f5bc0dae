internal import Checkpoint

/// What a zip file lists at its end, checked against the file's size.
struct ZipDirectory {
    /// A file inside the file.
    struct Member {
        let name: [UInt8]
        let isCompressed: Bool
        let checksum: UInt32
        /// The size without compression.
        let byteCount: Int
        /// Where its own header begins.
        let start: Int
        /// Where its bytes, which may be compressed, lie.
        let range: Range<Int>
    }

    /// Why a file cannot be read.
    struct Fault: Error {
        let offset: Int
        let reason: String
    }

    let members: [Member]

    /// Reads the directory.
    init(_ bytes: RawSpan) throws(Fault) {
        let end = try Self.end(bytes)
        var position = end.start
        var members: [Member] = []
        for _ in 0..<end.count {
            guard position >= 0, position <= end.limit - ZipBytes.entrySize,
                bytes.number(position, 4) == UInt64(ZipBytes.entrySignature)
            else {
                throw Fault(offset: position, reason: "the directory of the zip file is damaged")
            }
            let nameSize = Int(bytes.number(position + 28, 2))
            let extraSize = Int(bytes.number(position + 30, 2))
            let next =
                position + ZipBytes.entrySize + nameSize + extraSize
                + Int(bytes.number(position + 32, 2))
            guard next <= end.limit else {
                throw Fault(offset: position, reason: "the directory of the zip file is damaged")
            }
            members.append(try Self.member(bytes, position, nameSize, extraSize))
            position = next
        }
        try Self.checkPlaces(members)
        self.members = members
    }

    /// Throws if two members share bytes, which makes a small file stand for any number of large ones.
    private static func checkPlaces(_ members: [Member]) throws(Fault) {
        let sorted = members.sorted { $0.start < $1.start }
        for (one, next) in zip(sorted, sorted.dropFirst())
        where next.start < one.range.upperBound {
            throw Fault(
                offset: next.start,
                reason: "'\(printableName(next.name))' lies over '\(printableName(one.name))'"
            )
        }
    }

    private static func end(
        _ bytes: RawSpan
    ) throws(Fault) -> (start: Int, count: UInt64, limit: Int) {
        let size = bytes.byteCount
        // A comment of up to 65535 bytes may stand behind the record.
        let first = max(0, size - ZipBytes.endSize - 65535)
        guard size >= ZipBytes.endSize,
            let end = stride(from: size - ZipBytes.endSize, through: first, by: -1)
                .first(where: { bytes.number($0, 4) == UInt64(ZipBytes.endSignature) })
        else { throw Fault(offset: size, reason: "the zip file has no end") }
        var count = bytes.number(end + 10, 2)
        var start = bytes.number(end + 16, 4)
        let locator = end - ZipBytes.locatorSize
        if locator >= 0, bytes.number(locator, 4) == UInt64(ZipBytes.locatorSignature) {
            let place = bytes.number(locator + 8, 8)
            guard place <= UInt64(locator), locator - Int(place) >= ZipBytes.wideEndSize,
                bytes.number(Int(place), 4) == UInt64(ZipBytes.wideEndSignature)
            else { throw Fault(offset: locator, reason: "the zip file has no 64-bit end") }
            count = bytes.number(Int(place) + 32, 8)
            start = bytes.number(Int(place) + 48, 8)
        }
        guard start <= UInt64(end) else {
            throw Fault(
                offset: end,
                reason: "the directory begins at byte \(start), behind its end"
            )
        }
        return (Int(start), count, end)
    }

    private static func member(
        _ bytes: RawSpan,
        _ position: Int,
        _ nameSize: Int,
        _ extraSize: Int
    ) throws(Fault) -> Member {
        let nameStart = position + ZipBytes.entrySize
        let name = bytes.array(nameStart, nameSize)
        func fault(_ reason: String) -> Fault {
            Fault(
                offset: position,
                reason: "'\(printableName(name))' \(reason)"
            )
        }
        var stored = bytes.number(position + 20, 4)
        var size = bytes.number(position + 24, 4)
        var place = bytes.number(position + 42, 4)
        var field = nameStart + nameSize
        let fieldsEnd = field + extraSize
        while field + 4 <= fieldsEnd {
            let length = Int(bytes.number(field + 2, 2))
            if bytes.number(field, 2) == UInt64(ZipBytes.wideExtra) {
                var value = field + 4
                let valuesEnd = min(value + length, fieldsEnd)
                func take(_ number: inout UInt64) {
                    guard number == ZipBytes.wide32, value + 8 <= valuesEnd else { return }
                    number = bytes.number(value, 8)
                    value += 8
                }
                take(&size)
                take(&stored)
                take(&place)
            }
            field += 4 + length
        }
        let method = bytes.number(position + 10, 2)
        guard bytes.number(position + 8, 2) & 1 == 0, method == 0 || method == 8 else {
            throw fault("is encrypted, or compressed by another method than deflate")
        }
        let total = UInt64(bytes.byteCount)
        guard place < total, total - place >= UInt64(ZipBytes.localSize),
            bytes.number(Int(place), 4) == UInt64(ZipBytes.localSignature)
        else { throw fault("does not begin at byte \(place)") }
        let start =
            Int(place) + ZipBytes.localSize + Int(bytes.number(Int(place) + 26, 2))
            + Int(bytes.number(Int(place) + 28, 2))
        guard start <= bytes.byteCount, stored <= UInt64(bytes.byteCount - start) else {
            throw fault("ends behind the end of the file")
        }
        guard method == 8 || size == stored, size <= UInt64(Int.max) else {
            throw fault("has two sizes, \(size) and \(stored)")
        }
        return Member(
            name: name,
            isCompressed: method == 8,
            checksum: UInt32(truncatingIfNeeded: bytes.number(position + 16, 4)),
            byteCount: Int(size),
            start: Int(place),
            range: start..<(start + Int(stored))
        )
    }
}

extension RawSpan {
    /// A number of up to eight bytes, lowest first; 0 where they are not all there.
    fileprivate func number(_ offset: Int, _ size: Int) -> UInt64 {
        guard offset >= 0, offset <= byteCount - size else { return 0 }
        return (0..<size).reversed().reduce(0) { sum, place in
            sum << 8 | UInt64(unsafe unsafeLoad(fromByteOffset: offset + place, as: UInt8.self))
        }
    }

    fileprivate func array(_ offset: Int, _ count: Int) -> [UInt8] {
        unsafe extracting(offset..<(offset + count)).withUnsafeBytes { unsafe [UInt8]($0) }
    }
}
