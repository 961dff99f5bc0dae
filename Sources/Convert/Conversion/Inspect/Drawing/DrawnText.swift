internal import Checkpoint

/// Text of a file as a drawing shows it: in one line, and not longer than a reader reads.
enum DrawnText {
    /// The longest text that is shown whole, in bytes.
    static let limit = 240

    /// A text, cut where it is too long; how long it was stands behind it.
    static func clipped(_ text: String, to limit: Int = limit) -> String {
        let bytes = text.utf8
        guard bytes.count > limit else { return text.printable }
        var end = bytes.index(bytes.startIndex, offsetBy: limit)
        // A character stays whole.
        while end > bytes.startIndex, bytes[end] & 0xC0 == 0x80 { end = bytes.index(before: end) }
        let start = String(decoding: bytes[..<end], as: UTF8.self)
        return "\(start.printable)… (\(bytes.count) bytes)"
    }

    /// Extents as a list; open ones are question marks.
    static func shape(_ extents: [Int?]) -> String {
        "[" + extents.prefix(16).map { $0.map(String.init) ?? "?" }.joined(separator: ", ")
            + (extents.count > 16 ? ", …]" : "]")
    }

    /// A type and a shape, of which either may be unknown.
    static func tensor(_ type: String?, _ extents: [Int?]?) -> String {
        [type, extents.map(shape)].compactMap(\.self).joined(separator: " ")
    }
}
