/// The characters, words and strings of protobuf's text format, one after the other.
package struct TextScanner: Sendable {
    /// What is wrong, and where.
    package struct Problem: Error, Sendable {
        /// The place in the text, in bytes.
        package let offset: Int
        package let reason: String
    }

    package let text: [UInt8]
    /// The place that is read next.
    package private(set) var position = 0

    package init(_ text: [UInt8]) {
        self.text = text
        // Some editors put a mark of the encoding first.
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// A problem at the place where the scanner is.
    package func problem(_ reason: String) -> Problem {
        Problem(offset: min(position, text.count), reason: reason)
    }

    /// The byte that is read next; nil at the end.
    package var next: UInt8? { position < text.count ? text[position] : nil }

    /// Passes over blanks and comments.
    package mutating func skipSpace() {
        while let byte = next {
            switch byte {
            case 0x20, 0x09...0x0D: position += 1
            case UInt8(ascii: "#"): skip { $0 != 0x0A }
            default: return
            }
        }
    }

    /// Passes over what belongs.
    package mutating func skip(while belongs: (UInt8) -> Bool) {
        while let byte = next, belongs(byte) { position += 1 }
    }

    /// Passes over a character, if it comes next.
    package mutating func take(_ character: Character) -> Bool {
        skipSpace()
        guard let byte = next, byte == character.asciiValue else { return false }
        position += 1
        return true
    }

    /// Letters, digits and underscores, empty if something else comes next.
    package mutating func name() -> String {
        word { Self.isLetter($0) || Self.isDigit($0) }
    }

    /// What a name, a number or the word of an enumeration may be made of.
    package mutating func word() -> String {
        word {
            Self.isLetter($0) || Self.isDigit($0) || $0 == UInt8(ascii: ".")
                || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+")
        }
    }

    private mutating func word(of belongs: (UInt8) -> Bool) -> String {
        skipSpace()
        let start = position
        skip(while: belongs)
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    /// A number; `inf` and `nan` too, and C's `1.5f`.
    package mutating func number() throws(Problem) -> Double {
        let word = word()
        let lowered = word.lowercased()
        let isSuffixed = lowered.hasSuffix("f") && !lowered.hasSuffix("inf")
        guard let value = Double(isSuffixed ? String(lowered.dropLast()) : lowered) else {
            throw problem("'\(word)' is not a number")
        }
        return value
    }

    // MARK: Strings

    /// Whether a string comes next.
    package var isQuote: Bool { next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") }

    /// One or more strings side by side, joined.
    package mutating func string() throws(Problem) -> [UInt8] {
        var bytes: [UInt8] = []
        skipSpace()
        guard isQuote else { throw problem("expected a string in quotes") }
        while isQuote {
            try quoted(into: &bytes)
            skipSpace()
        }
        return bytes
    }

    private mutating func quoted(into bytes: inout [UInt8]) throws(Problem) {
        let quote = next
        position += 1
        while true {
            guard let byte = next, byte != 0x0A else { throw problem("a string does not end") }
            position += 1
            if byte == quote { return }
            if byte == UInt8(ascii: "\\") {
                try escape(into: &bytes)
            } else {
                bytes.append(byte)
            }
        }
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(Problem) {
        guard let byte = next else { throw problem("a string does not end") }
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

    private mutating func digits(atMost count: Int, radix: Int) throws(Problem) -> Int {
        var value = 0
        var taken = 0
        while taken < count, let byte = next,
            let digit = Character(UnicodeScalar(byte)).hexDigitValue, digit < radix
        {
            value = value * radix + digit
            position += 1
            taken += 1
        }
        guard taken > 0 else { throw problem("an escape has no digits") }
        return value
    }

    // MARK: Characters

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
