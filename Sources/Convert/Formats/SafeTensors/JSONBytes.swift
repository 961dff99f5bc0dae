/// A cursor over bytes of JSON, for files whose names are to be had to the byte and as often as they stand there.
///
/// Whole numbers only; everything else can be passed over.
struct JSONBytes {
    /// The bytes are not what was expected.
    struct Fault: Error {
        let offset: Int
    }

    private let bytes: [UInt8]
    private(set) var offset = 0

    /// The most lists and objects inside each other.
    private static let deepest = 64

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Throws unless nothing but blanks is left.
    mutating func end() throws(Fault) {
        skipBlanks()
        guard offset == bytes.count else { throw fault }
    }

    /// Reads an object; `body` reads the value of each member.
    mutating func object(
        _ body: (inout JSONBytes, [UInt8]) throws(Fault) -> Void
    ) throws(Fault) {
        try expect("{")
        if take("}") { return }
        repeat {
            let name = try string()
            try expect(":")
            try body(&self, name)
        } while take(",")
        try expect("}")
    }

    /// Reads a list; `body` reads each element.
    mutating func list(_ body: (inout JSONBytes) throws(Fault) -> Void) throws(Fault) {
        try expect("[")
        if take("]") { return }
        repeat { try body(&self) } while take(",")
        try expect("]")
    }

    /// A text as UTF-8.
    mutating func string() throws(Fault) -> [UInt8] {
        try expect("\"")
        var text: [UInt8] = []
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
            guard bytes[offset] >= 0x20 else { throw fault }
            if bytes[offset] == UInt8(ascii: "\\") {
                text += try escaped()
            } else {
                text.append(bytes[offset])
                offset += 1
            }
        }
        guard offset < bytes.count, String(validating: text, as: UTF8.self) != nil else {
            throw fault
        }
        offset += 1
        return text
    }

    /// A whole number.
    mutating func integer() throws(Fault) -> Int {
        skipBlanks()
        let start = offset
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        let first = offset
        while offset < bytes.count, (0x30...0x39).contains(bytes[offset]) { offset += 1 }
        // No zero stands before other digits, and neither fraction nor exponent behind.
        guard offset - first == 1 || (offset > first && bytes[first] != UInt8(ascii: "0")),
            let number = Int(String(decoding: bytes[start..<offset], as: UTF8.self)),
            offset == bytes.count || !Array(".eE".utf8).contains(bytes[offset])
        else { throw fault }
        return number
    }

    /// Whether a text comes next.
    mutating func isString() -> Bool {
        skipBlanks()
        return offset < bytes.count && bytes[offset] == UInt8(ascii: "\"")
    }

    /// Reads a word if it comes next: `null`, `true` or `false`.
    mutating func takeWord(_ word: String) -> Bool {
        skipBlanks()
        guard bytes[offset...].starts(with: word.utf8) else { return false }
        offset += word.utf8.count
        return true
    }

    /// Passes any value over.
    mutating func skip(depth: Int = 0) throws(Fault) {
        skipBlanks()
        guard offset < bytes.count, depth < Self.deepest else { throw fault }
        switch bytes[offset] {
        case UInt8(ascii: "{"):
            try object { inner, _ throws(Fault) in try inner.skip(depth: depth + 1) }
        case UInt8(ascii: "["):
            try list { inner throws(Fault) in try inner.skip(depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try string()
        default:
            if takeWord("true") || takeWord("false") || takeWord("null") { return }
            let start = offset
            while offset < bytes.count, Array("+-.0123456789eE".utf8).contains(bytes[offset]) {
                offset += 1
            }
            guard Double(String(decoding: bytes[start..<offset], as: UTF8.self)) != nil else {
                throw fault
            }
        }
    }

    private var fault: Fault { Fault(offset: offset) }

    private mutating func skipBlanks() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard offset < bytes.count, UInt32(bytes[offset]) == character.value else { return false }
        offset += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(Fault) {
        guard take(character) else { throw fault }
    }

    /// What a backslash and what follows it stand for.
    private mutating func escaped() throws(Fault) -> [UInt8] {
        guard offset + 1 < bytes.count else { throw fault }
        offset += 2
        switch bytes[offset - 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [bytes[offset - 1]]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            var value = try unit()
            if (0xD800..<0xDC00).contains(value) {
                guard bytes[offset...].starts(with: Array("\\u".utf8)) else { throw fault }
                offset += 2
                let low = try unit()
                guard (0xDC00..<0xE000).contains(low) else { throw fault }
                value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(value) else { throw fault }
            return Array(String(Character(scalar)).utf8)
        default: throw fault
        }
    }

    /// Four hexadecimal digits.
    private mutating func unit() throws(Fault) -> UInt32 {
        guard offset + 4 <= bytes.count else { throw fault }
        var value: UInt32 = 0
        for byte in bytes[offset..<(offset + 4)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw fault }
            value = value << 4 | UInt32(digit)
        }
        offset += 4
        return value
    }
}
