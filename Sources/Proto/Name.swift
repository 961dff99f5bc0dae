/// A name that equals another where its bytes do, and only there.
///
/// Swift's `String` takes texts for equal that Unicode calls equivalent, such as an accented letter and the letter with the
/// accent behind it. Files, TensorFlow and Python do not; whatever names are counted, looked up or sorted by goes by this.
public struct Name: Hashable, Comparable, Sendable, ExpressibleByStringLiteral {
    /// The name.
    public let text: String

    /// The name of a text.
    public init(_ text: String) { self.text = text }

    /// The name of a text.
    public init(stringLiteral value: String) { text = value }

    /// Whether the bytes are the same.
    public static func == (left: Name, right: Name) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// Whether the bytes come first.
    public static func < (left: Name, right: Name) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    /// Feeds the bytes, and an end that no text has.
    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }
}

extension Name: CustomStringConvertible {
    /// The text.
    public var description: String { text }
}

extension String {
    /// Whether the bytes of a text stand at the start of this one's.
    package func begins(with start: some StringProtocol) -> Bool { utf8.starts(with: start.utf8) }

    /// Whether the bytes of a text stand at the end of this one's.
    package func ends(with end: some StringProtocol) -> Bool {
        utf8.count >= end.utf8.count && utf8.suffix(end.utf8.count).elementsEqual(end.utf8)
    }
}
