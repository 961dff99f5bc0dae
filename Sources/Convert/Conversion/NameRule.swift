/// A rule that renames tensors: `s/PATTERN/REPLACEMENT/`, every match replaced, as sed does with `g`.
///
/// Any character may stand in the place of `/`. The pattern is a regular expression; `\1` to `\9` in the replacement are
/// its groups, `\\` is a backslash.
public struct NameRule {
    private let pattern: NamePattern
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
            let pattern = NamePattern(String(parts[0]))
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
        var result = ""
        var end = name.startIndex
        var isFirst = true
        for match in pattern.matches(of: name) {
            // Nothing, right behind a match, is no match of its own.
            if match.range.isEmpty, match.range.lowerBound == end, !isFirst { continue }
            isFirst = false
            result += name[end..<match.range.lowerBound]
            for piece in replacement {
                switch piece {
                case .text(let text): result += text
                case .group(let number) where number < match.output.count:
                    result += match.output[number].substring ?? ""
                case .group: break
                }
            }
            end = match.range.upperBound
        }
        return result + name[end...]
    }
}
