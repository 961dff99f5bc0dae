/// The kinds of field in the protobuf wire format, as far as they are in use.
enum WireType: UInt64 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
}

/// One field of a message, where it lies in the bytes.
///
/// A message is a sequence of fields: a varint tag `number << 3 | type`, then a varint, eight bytes, a varint length
/// with so many bytes, or four bytes. Groups, long out of use, are refused.
struct WireField {
    let number: UInt64
    let type: WireType
    /// The whole field, with its tag.
    let range: Range<Int>
    /// What is behind the tag, and behind the length where there is one.
    let content: Range<Int>
    /// The value of a varint field.
    let varint: UInt64
}

extension RawSpan {
    /// Reads a base-128 varint of at most ten bytes and moves `offset` past it; nil if there is none before `end`.
    func varint(at offset: inout Int, before end: Int) -> UInt64? {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while offset < end, shift < 70 {
            let byte = unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
            offset += 1
            // The tenth byte holds but one bit; what is above it is cut off, as protobuf does.
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

    /// Calls `body` with each field between `range`'s ends.
    ///
    /// - Throws: ``ProtoError/malformed(message:offset:)``, and what `body` throws.
    func forEachWireField(
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
