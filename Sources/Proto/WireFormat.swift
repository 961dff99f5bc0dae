/// The kinds of field in the protobuf wire format, as far as they are in use.
package enum WireType: UInt64 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case group = 3
    case fixed32 = 5
}

/// One field of a message, where it lies in the bytes.
///
/// A message is a sequence of fields: a varint tag `number << 3 | type`, then a varint, eight bytes, a varint length
/// with so many bytes, or four bytes. A group, long out of use, goes on to the end tag of its number, with groups in it.
package struct WireField {
    package let number: UInt64
    package let type: WireType
    /// The whole field, with its tag.
    package let range: Range<Int>
    /// What is behind the tag, and behind the length where there is one.
    package let content: Range<Int>
    /// The value of a varint field.
    package let varint: UInt64
}

extension RawSpan {
    /// Reads a base-128 varint of at most ten bytes and moves `offset` past it; nil if there is none before `end`.
    package func varint(at offset: inout Int, before end: Int) -> UInt64? {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while offset < end, shift < 70 {
            let byte = unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
            offset += 1
            // The tenth byte holds but one bit; what is above it is cut off, as protobuf and LevelDB do.
            if shift < 64 { result |= UInt64(byte & 0x7F) << shift }
            if byte < 0x80 { return result }
            shift += 7
        }
        return nil
    }

    /// Reads the field that begins at `offset` and moves `offset` past it; nil if the bytes are malformed.
    ///
    /// - Precondition: `offset < end <= byteCount`.
    func wireField(at offset: inout Int, before end: Int) -> WireField? {
        let start = offset
        guard let tag = varint(at: &offset, before: end), tag >> 3 > 0, tag >> 3 < 1 << 29,
            let type = WireType(rawValue: tag & 7)
        else { return nil }
        var value: UInt64 = 0
        var content = offset..<offset
        switch type {
        case .varint:
            guard let number = varint(at: &offset, before: end) else { return nil }
            value = number
            content = content.lowerBound..<offset
        case .fixed64, .fixed32:
            let count = type == .fixed64 ? 8 : 4
            guard end - offset >= count else { return nil }
            content = offset..<(offset + count)
        case .lengthDelimited:
            guard let length = varint(at: &offset, before: end), length <= UInt64(end - offset)
            else { return nil }
            content = offset..<(offset + Int(length))
        case .group:
            guard let inside = skipGroup(tag >> 3, at: &offset, before: end) else { return nil }
            content = content.lowerBound..<inside
            return WireField(
                number: tag >> 3,
                type: type,
                range: start..<offset,
                content: content,
                varint: 0
            )
        }
        offset = content.upperBound
        return WireField(
            number: tag >> 3,
            type: type,
            range: start..<offset,
            content: content,
            varint: value
        )
    }

    /// Moves `offset` behind a group whose first tag is read; gives where its last tag begins, nil if there is none.
    private func skipGroup(_ number: UInt64, at offset: inout Int, before end: Int) -> Int? {
        var open = [number]
        while true {
            let start = offset
            guard let tag = varint(at: &offset, before: end), tag >> 3 > 0, tag >> 3 < 1 << 29
            else { return nil }
            switch tag & 7 {
            case 0: guard varint(at: &offset, before: end) != nil else { return nil }
            case 1, 5:
                offset += tag & 7 == 1 ? 8 : 4
                guard offset <= end else { return nil }
            case 2:
                guard let length = varint(at: &offset, before: end), length <= UInt64(end - offset)
                else { return nil }
                offset += Int(length)
            case 3:
                // As deep as protobuf goes.
                guard open.count < 100 else { return nil }
                open.append(tag >> 3)
            case 4:
                guard open.popLast() == tag >> 3 else { return nil }
                if open.isEmpty { return start }
            default: return nil
            }
        }
    }

    /// Calls `body` with each field between `range`'s ends.
    ///
    /// - Throws: ``ProtoError/malformed(message:offset:)``, and what `body` throws.
    package func forEachWireField(
        in range: Range<Int>,
        of message: String,
        _ body: (WireField) throws(ProtoError) -> Void
    ) throws(ProtoError) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let start = offset
            guard let field = wireField(at: &offset, before: range.upperBound) else {
                throw .malformed(message: message, offset: start)
            }
            try body(field)
        }
    }
}
