/// A reader of protobuf's text format, as far as state files use it: fields of strings and numbers, lists of them,
/// comments, adjacent strings, either kind of quote, all escapes.
struct TextFormat {
    private let text: [UInt8]
    private let path: String
    private var position = 0

    init(_ text: [UInt8], path: String) {
        self.text = text
        self.path = path
        // Some editors put a mark of the encoding first.
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// An error at the place where the reader is.
    func problem(_ reason: String) -> CheckpointError {
        let before = text[..<min(position, text.count)]
        let line = before.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return .malformedState(
            path: path,
            line: line,
            column: before.count - start + 1,
            reason: reason
        )
    }

    private mutating func skipSpace() {
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"),
                0x0B, 0x0C:
                position += 1
            case UInt8(ascii: "#"):
                while position < text.count, text[position] != UInt8(ascii: "\n") { position += 1 }
            default: return
            }
        }
    }

    private mutating func take(_ character: Character) -> Bool {
        skipSpace()
        guard position < text.count, text[position] == character.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func takeWord(where belongs: (UInt8) -> Bool) -> String {
        let start = position
        while position < text.count, belongs(text[position]) { position += 1 }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    /// The next field's name, past its colon; nil at the end.
    mutating func fieldName() throws(CheckpointError) -> String? {
        while take(";") || take(",") {}
        skipSpace()
        guard position < text.count else { return nil }
        let name = takeWord { Self.isLetter($0) || Self.isDigit($0) }
        guard !name.isEmpty else { throw problem("expected the name of a field") }
        guard take(":") else { throw problem("expected ':' behind '\(name)'") }
        return name
    }

    /// Reads a value, or a list of them in brackets.
    mutating func forEachElement(
        _ read: (inout TextFormat) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        guard take("[") else { return try read(&self) }
        if take("]") { return }
        repeat { try read(&self) } while take(",")
        guard take("]") else { throw problem("expected ']'") }
    }

    /// A number; `inf` and `nan` too.
    mutating func number() throws(CheckpointError) -> Double {
        skipSpace()
        let word = takeWord {
            Self.isLetter($0) || Self.isDigit($0) || $0 == UInt8(ascii: "+")
                || $0 == UInt8(ascii: "-")
                || $0 == UInt8(ascii: ".")
        }
        let lowered = word.lowercased()
        guard
            let value = Double(
                lowered.hasSuffix("f") && lowered != "inf" && lowered != "-inf"
                    ? String(lowered.dropLast()) : lowered
            )
        else { throw problem("'\(word)' is not a number") }
        return value
    }

    /// One or more strings side by side, joined.
    mutating func string() throws(CheckpointError) -> String {
        var bytes: [UInt8] = []
        var count = 0
        skipSpace()
        while position < text.count,
            text[position] == UInt8(ascii: "\"") || text[position] == UInt8(ascii: "'")
        {
            try quoted(into: &bytes)
            count += 1
            skipSpace()
        }
        guard count > 0 else { throw problem("expected a string in quotes") }
        guard !bytes.contains(0) else { throw problem("a path holds a zero byte") }
        guard let string = String(validating: bytes, as: UTF8.self) else {
            throw problem("a path is not UTF-8")
        }
        return string
    }

    private mutating func quoted(into bytes: inout [UInt8]) throws(CheckpointError) {
        let quote = text[position]
        position += 1
        while true {
            guard position < text.count, text[position] != UInt8(ascii: "\n") else {
                throw problem("a string does not end")
            }
            let byte = text[position]
            position += 1
            if byte == quote { return }
            if byte == UInt8(ascii: "\\") {
                try escape(into: &bytes)
            } else {
                bytes.append(byte)
            }
        }
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(CheckpointError) {
        guard position < text.count else { throw problem("a string does not end") }
        let byte = text[position]
        position += 1
        switch byte {
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "a"): bytes.append(0x07)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "v"): bytes.append(0x0B)
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "?"):
            bytes.append(byte)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            position -= 1
            bytes.append(UInt8(truncatingIfNeeded: try digits(atMost: 3, radix: 8)))
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            bytes.append(UInt8(truncatingIfNeeded: try digits(atMost: 2, radix: 16)))
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let code = try digits(atMost: byte == UInt8(ascii: "u") ? 4 : 8, radix: 16)
            guard let scalar = UnicodeScalar(UInt32(code)) else {
                throw problem("an escape names no character")
            }
            bytes += Array(String(scalar).utf8)
        default: throw problem("the escape '\\\(UnicodeScalar(byte))' is unknown")
        }
    }

    private mutating func digits(atMost count: Int, radix: Int) throws(CheckpointError) -> Int {
        var value = 0
        var taken = 0
        while taken < count, position < text.count,
            let digit = Character(UnicodeScalar(text[position])).hexDigitValue, digit < radix
        {
            value = value * radix + digit
            position += 1
            taken += 1
        }
        guard taken > 0 else { throw problem("an escape has no digits") }
        return value
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
