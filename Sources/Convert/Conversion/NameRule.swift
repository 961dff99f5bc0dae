/// A rule that renames tensors: `s/PATTERN/REPLACEMENT/`, every match replaced.
///
/// Any character may stand in the place of `/`. The pattern is a regular expression; `\1` to `\9` in the replacement are
/// its groups, `\\` is a backslash.
public struct NameRule {
    private let pattern: Regex<AnyRegexOutput>
    private let replacement: [Piece]

    private enum Piece {
        case text(String)
        case group(Int)
    }

    /// Reads a rule.
    ///
    /// - Throws: ``ConversionError/malformedRule(_:)``.
    public init(_ text: String) throws(ConversionError) {
        guard text.first == "s", let separator = text.dropFirst().first else {
            throw .malformedRule(text)
        }
        let parts = text.dropFirst(2).split(
            separator: separator,
            omittingEmptySubsequences: false
        )
        guard parts.count == 3, !parts[0].isEmpty, parts[2].isEmpty,
            let pattern = try? Regex(String(parts[0]))
        else { throw .malformedRule(text) }
        self.pattern = pattern
        var pieces: [Piece] = []
        var rest = parts[1]
        while let character = rest.popFirst() {
            guard character == "\\" else {
                pieces.append(.text(String(character)))
                continue
            }
            guard let next = rest.popFirst() else { throw .malformedRule(text) }
            if next == "\\" {
                pieces.append(.text("\\"))
            } else if next.isASCII, let group = next.wholeNumberValue, group > 0 {
                pieces.append(.group(group))
            } else {
                throw .malformedRule(text)
            }
        }
        replacement = pieces
    }

    /// The name that a name becomes; a group that took no part is empty.
    public func apply(_ name: String) -> String {
        name.replacing(pattern) { match in
            replacement.map { piece in
                switch piece {
                case .text(let text): text
                case .group(let number):
                    number < match.output.count
                        ? match.output[number].substring.map { String($0) } ?? "" : ""
                }
            }.joined()
        }
    }
}
