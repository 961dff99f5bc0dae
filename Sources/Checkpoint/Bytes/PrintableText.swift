extension String {
    /// The text in one line that moves no cursor and turns no direction: what a terminal would obey is shown as `\x1b` or
    /// `\u202e`.
    ///
    /// Control characters of both sets, line breaks, and the marks that change the direction of writing are shown so.
    package var printable: String {
        guard unicodeScalars.contains(where: { !Self.isPrintable($0) }) else { return self }
        var result = ""
        for scalar in unicodeScalars {
            if Self.isPrintable(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += Self.escape(scalar)
            }
        }
        return result
    }

    /// The same with line breaks and tabulators as they are.
    package var printableLines: String {
        guard
            unicodeScalars.contains(where: {
                !Self.isPrintable($0) && $0 != "\n" && $0 != "\t"
            })
        else { return self }
        var result = ""
        for scalar in unicodeScalars {
            if Self.isPrintable(scalar) || scalar == "\n" || scalar == "\t" {
                result.unicodeScalars.append(scalar)
            } else {
                result += Self.escape(scalar)
            }
        }
        return result
    }

    /// Whether a character shows itself, and does nothing else.
    package static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20..<0x7F: true
        case 0..<0xA0: false
        case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: false
        default: true
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        let count = scalar.value < 0x80 ? 2 : 4
        return (count == 2 ? "\\x" : "\\u")
            + String(repeating: "0", count: Swift.max(0, count - digits.count)) + digits
    }
}

/// A name of a file as text in one line; bytes that are no UTF-8 are shown as `\xff`.
package func printableName(_ key: [UInt8]) -> String { escapedName(key).printable }
