package import Checkpoint

/// A text for each of many names, no two of which look the same.
///
/// A name that is no UTF-8 is escaped, which may be what another is called; and texts that Unicode calls equivalent are one key
/// to Swift. Whoever comes second has a number behind it.
package struct DistinctTexts: Sendable {
    private var texts: [ByteName: String] = [:]
    private var taken: Set<String> = []

    /// No names yet.
    package init() {}

    /// The text of a name, the same each time.
    package mutating func text(of name: ByteName) -> String {
        if let text = texts[name] { return text }
        let plain = name.text ?? name.description
        var (text, number) = (plain, 1)
        while !taken.insert(text).inserted {
            text = "\(plain)_\(number)"
            number += 1
        }
        texts[name] = text
        return text
    }
}
