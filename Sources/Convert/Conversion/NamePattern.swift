/// A regular expression over names.
///
/// It goes by the characters of a name as they are written, not by what Unicode takes for the same, so that names which
/// differ in bytes stay apart.
public struct NamePattern {
    private let regex: Regex<AnyRegexOutput>

    /// Reads a pattern; nil if it is no regular expression.
    public init?(_ text: String) {
        guard let regex = try? Regex(text) else { return nil }
        self.regex = regex.matchingSemantics(.unicodeScalar)
    }

    /// Whether a part of a name matches.
    public func matches(in name: String) -> Bool { name.contains(regex) }

    /// The parts of a name that match.
    func matches(of name: String) -> [Regex<AnyRegexOutput>.Match] { name.matches(of: regex) }
}
