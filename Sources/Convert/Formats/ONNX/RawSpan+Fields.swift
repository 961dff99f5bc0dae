internal import Checkpoint
internal import Proto

// What the fields of a model's messages hold.
extension RawSpan {
    /// The bytes of a field.
    func bytes(in range: Range<Int>) -> [UInt8] {
        unsafe extracting(range).withUnsafeBytes { unsafe [UInt8]($0) }
    }

    /// A name: the bytes that it is.
    func name(in range: Range<Int>) -> ByteName { ByteName(bytes(in: range)) }

    /// A word; what is no UTF-8 in it is escaped.
    func word(in range: Range<Int>) -> String {
        let name = name(in: range)
        return name.text ?? name.description
    }

    /// A number of four bytes.
    func float(at offset: Int) -> Float {
        let bits = unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
        return Float(bitPattern: bits.littleEndian)
    }

    /// Numbers of four bytes without anything between them.
    func floats(in range: Range<Int>) -> [Float] {
        stride(from: range.lowerBound, through: range.upperBound - 4, by: 4).map { float(at: $0) }
    }

    /// Whole numbers without anything between them.
    func varints(in range: Range<Int>) -> [UInt64] {
        var offset = range.lowerBound
        var values: [UInt64] = []
        while let value = varint(at: &offset, before: range.upperBound) { values.append(value) }
        return values
    }

    /// A `StringStringEntryProto`: key = 1, value = 2.
    func entry(in range: Range<Int>) throws(ProtoError) -> (key: String, value: String) {
        var entry = (key: "", value: "")
        try forEachWireField(in: range, of: "StringStringEntryProto") { field in
            guard field.type == .lengthDelimited else { return }
            if field.number == 1 { entry.key = word(in: field.content) }
            if field.number == 2 { entry.value = word(in: field.content) }
        }
        return entry
    }
}
