/// Finds the parts of an Example where they lie.
///
/// An Example is `features = 1`, each a `Features` of pairs `feature = 1`, each a name `key = 1` and a message
/// `value = 2`, which holds `bytes_list = 1`, `float_list = 2` or `int64_list = 3`, each with repeated `value = 1`.
package enum ExampleScanner {
    private static let message = "Example"

    /// Calls `body` with the name and the place of each feature's message; a name may come twice.
    package static func forEachEntry(
        _ bytes: RawSpan,
        _ body: (String, Range<Int>) throws(ProtoError) -> Void
    ) throws(ProtoError) {
        try bytes.forEachWireField(in: 0..<bytes.byteCount, of: message) {
            field throws(ProtoError) in
            guard field.number == 1, field.type == .lengthDelimited else { return }
            try bytes.forEachWireField(in: field.content, of: message) {
                inner throws(ProtoError) in
                guard inner.number == 1, inner.type == .lengthDelimited else { return }
                let (name, value) = try pair(bytes, inner.content)
                try body(name, value)
            }
        }
    }

    /// The name and the message of a pair; what is missing is empty.
    private static func pair(
        _ bytes: RawSpan,
        _ range: Range<Int>
    ) throws(ProtoError) -> (name: String, value: Range<Int>) {
        var key = range.lowerBound..<range.lowerBound
        var value = key
        try bytes.forEachWireField(in: range, of: message) { field in
            guard field.type == .lengthDelimited else { return }
            if field.number == 1 { key = field.content }
            if field.number == 2 { value = field.content }
        }
        let name = unsafe bytes.extracting(key).withUnsafeBytes {
            unsafe String(validating: $0, as: UTF8.self)
        }
        guard let name else { throw .malformed(message: message, offset: key.lowerBound) }
        return (name, value)
    }

    /// The values of the feature whose message lies in `range`.
    package static func feature(
        _ bytes: RawSpan,
        _ range: Range<Int>
    ) throws(ProtoError) -> Example.Feature {
        var feature = Example.Feature.none
        try bytes.forEachWireField(in: range, of: message) { field throws(ProtoError) in
            guard field.type == .lengthDelimited else { return }
            switch field.number {
            case 1:
                var values: [[UInt8]] = []
                if case .bytes(let earlier) = feature { values = earlier }
                try forEachBytes(bytes, field.content) { range in
                    unsafe bytes.extracting(range).withUnsafeBytes {
                        unsafe values.append([UInt8]($0))
                    }
                }
                feature = .bytes(values)
            case 2:
                var values: [Float] = []
                if case .floats(let earlier) = feature { values = earlier }
                try appendFloats(bytes, field.content, to: &values)
                feature = .floats(values)
            case 3:
                var values: [Int64] = []
                if case .integers(let earlier) = feature { values = earlier }
                try appendIntegers(bytes, field.content, to: &values)
                feature = .integers(values)
            default: break
            }
        }
        return feature
    }

    /// Throws unless the feature whose message lies in `range` is well-formed; takes no memory.
    package static func check(_ bytes: RawSpan, _ range: Range<Int>) throws(ProtoError) {
        try bytes.forEachWireField(in: range, of: message) { field throws(ProtoError) in
            guard field.type == .lengthDelimited, (1...3).contains(field.number) else { return }
            let kind = field.number
            try bytes.forEachWireField(in: field.content, of: message) {
                inner throws(ProtoError) in
                guard inner.number == 1, inner.type == .lengthDelimited else { return }
                if kind == 2, inner.content.count % 4 != 0 {
                    throw .malformed(message: message, offset: inner.range.lowerBound)
                }
                guard kind == 3 else { return }
                var offset = inner.content.lowerBound
                while offset < inner.content.upperBound {
                    guard bytes.varint(at: &offset, before: inner.content.upperBound) != nil else {
                        throw .malformed(message: message, offset: offset)
                    }
                }
            }
        }
    }

    /// Where the byte strings of a feature lie; none if it holds something else.
    package static func bytesRanges(
        _ bytes: RawSpan,
        _ range: Range<Int>
    ) throws(ProtoError) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        try bytes.forEachWireField(in: range, of: message) { field throws(ProtoError) in
            guard field.type == .lengthDelimited, (1...3).contains(field.number) else { return }
            guard field.number == 1 else {
                ranges = []
                return
            }
            try forEachBytes(bytes, field.content) { ranges.append($0) }
        }
        return ranges
    }

    private static func forEachBytes(
        _ bytes: RawSpan,
        _ list: Range<Int>,
        _ body: (Range<Int>) -> Void
    ) throws(ProtoError) {
        try bytes.forEachWireField(in: list, of: message) { field in
            if field.number == 1, field.type == .lengthDelimited { body(field.content) }
        }
    }

    private static func appendFloats(
        _ bytes: RawSpan,
        _ list: Range<Int>,
        to values: inout [Float]
    ) throws(ProtoError) {
        try bytes.forEachWireField(in: list, of: message) { field throws(ProtoError) in
            guard field.number == 1, field.type == .lengthDelimited || field.type == .fixed32
            else { return }
            guard field.content.count % 4 == 0 else {
                throw .malformed(message: message, offset: field.range.lowerBound)
            }
            for offset in stride(
                from: field.content.lowerBound,
                to: field.content.upperBound,
                by: 4
            ) {
                let word = unsafe bytes.unsafeLoadUnaligned(
                    fromUncheckedByteOffset: offset,
                    as: UInt32.self
                )
                values.append(Float(bitPattern: UInt32(littleEndian: word)))
            }
        }
    }

    private static func appendIntegers(
        _ bytes: RawSpan,
        _ list: Range<Int>,
        to values: inout [Int64]
    ) throws(ProtoError) {
        try bytes.forEachWireField(in: list, of: message) { field throws(ProtoError) in
            guard field.number == 1 else { return }
            switch field.type {
            case .varint: values.append(Int64(bitPattern: field.varint))
            case .lengthDelimited:
                var offset = field.content.lowerBound
                while offset < field.content.upperBound {
                    guard let value = bytes.varint(at: &offset, before: field.content.upperBound)
                    else { throw .malformed(message: message, offset: offset) }
                    values.append(Int64(bitPattern: value))
                }
            case .fixed32, .fixed64, .group: break
            }
        }
    }

    /// Copies a well-formed Example without the features of some names.
    static func copy(_ bytes: RawSpan, leavingOut names: Set<Name>, to writer: inout WireWriter) {
        try? bytes.forEachWireField(in: 0..<bytes.byteCount, of: message) {
            field throws(ProtoError) in
            guard field.number == 1, field.type == .lengthDelimited else {
                writer.raw(bytes.extracting(field.range))
                return
            }
            var features = WireWriter()
            try bytes.forEachWireField(in: field.content, of: message) {
                inner throws(ProtoError) in
                if inner.number == 1, inner.type == .lengthDelimited,
                    names.contains(Name(try pair(bytes, inner.content).name))
                {
                    return
                }
                features.raw(bytes.extracting(inner.range))
            }
            writer.bytes(features.output, field: 1)
        }
    }
}
