/// What the text after an option may be, and the value that it stands for.
///
/// A kind carries all that parsing, `--help`, completion and error messages need to know of a value.
public struct ValueKind<Value: Sendable>: Sendable {
    /// The word that stands for the value in `--help`, such as `FILE`.
    public let placeholder: String

    /// What is taken, as it reads after "expected": `a whole number from 1 to 7`.
    public let expectation: String

    /// What a shell offers for the value.
    public let completion: ValueCompletion

    /// Whether any text is a value, so that nothing typed can be told to be a slip.
    let takesAnyText: Bool

    let read: @Sendable (String) -> Value?
    let write: @Sendable (Value) -> String

    /// A kind of value.
    ///
    /// `read` gives nil for text that is not such a value; `write` is its reverse.
    public init(
        placeholder: String,
        expectation: String,
        completion: ValueCompletion = .nothing,
        takesAnyText: Bool = false,
        read: @escaping @Sendable (String) -> Value?,
        write: @escaping @Sendable (Value) -> String
    ) {
        self.placeholder = placeholder
        self.expectation = expectation
        self.completion = completion
        self.takesAnyText = takesAnyText
        self.read = read
        self.write = write
    }
}

/// What a shell offers while a value is typed.
public enum ValueCompletion: Equatable, Sendable {
    /// Nothing: a number or free text.
    case nothing
    /// Files and folders.
    case file
    /// Folders only.
    case folder
    /// One of these words.
    case words([String])
}

extension ValueKind where Value == String {
    /// Any text.
    public static func text(_ placeholder: String = "TEXT") -> Self {
        ValueKind(
            placeholder: placeholder,
            expectation: "text",
            takesAnyText: true,
            read: { $0 },
            write: { $0 }
        )
    }

    /// The path of a file; an empty one is refused.
    public static func file(_ placeholder: String = "FILE") -> Self {
        ValueKind(
            placeholder: placeholder,
            expectation: "the path of a file",
            completion: .file,
            takesAnyText: true,
            read: { $0.isEmpty ? nil : $0 },
            write: { $0 }
        )
    }

    /// The path of a folder; an empty one is refused.
    public static func folder(_ placeholder: String = "DIR") -> Self {
        ValueKind(
            placeholder: placeholder,
            expectation: "the path of a folder",
            completion: .folder,
            takesAnyText: true,
            read: { $0.isEmpty ? nil : $0 },
            write: { $0 }
        )
    }

    /// One of a few words, spelled exactly.
    public static func choice(_ words: [String], placeholder: String = "NAME") -> Self {
        ValueKind(
            placeholder: placeholder,
            expectation: listed(words),
            completion: .words(words.filter { !$0.isEmpty }),
            read: { words.contains($0) ? $0 : nil },
            write: { $0 }
        )
    }
}

extension ValueKind where Value == Int {
    /// A whole number.
    public static func integer(
        _ range: ClosedRange<Int> = Int.min...Int.max,
        placeholder: String = "N"
    ) -> Self {
        ValueKind(
            placeholder: placeholder,
            expectation: "a whole number" + extent(range, lowest: .min, highest: .max),
            read: { text in Int(text).flatMap { range.contains($0) ? $0 : nil } },
            write: { String($0) }
        )
    }

    /// One of a few whole numbers.
    public static func integer(oneOf values: [Int], placeholder: String = "N") -> Self {
        let words = values.map { String($0) }
        return ValueKind(
            placeholder: placeholder,
            expectation: listed(words),
            completion: .words(words),
            read: { text in Int(text).flatMap { values.contains($0) ? $0 : nil } },
            write: { String($0) }
        )
    }
}

extension ValueKind where Value == Double {
    /// A finite number, such as `0.1` or `1e-4`.
    public static func number(
        _ range: ClosedRange<Double> = -.greatestFiniteMagnitude ... .greatestFiniteMagnitude,
        placeholder: String = "X"
    ) -> Self {
        let limit = Double.greatestFiniteMagnitude
        return ValueKind(
            placeholder: placeholder,
            expectation: "a number" + extent(range, lowest: -limit, highest: limit),
            read: { text in Double(text).flatMap { range.contains($0) ? $0 : nil } },
            write: { plain($0) }
        )
    }
}

extension ValueKind where Value == Bool {
    /// `True` or `False`, in any case, or `1` or `0`.
    public static var truth: Self {
        ValueKind(
            placeholder: "True|False",
            expectation: "True or False",
            completion: .words(["True", "False"]),
            read: { text in
                switch text.lowercased() {
                case "true", "t", "1", "yes", "y": true
                case "false", "f", "0", "no", "n": false
                default: nil
                }
            },
            write: { $0 ? "True" : "False" }
        )
    }
}

extension ValueKind {
    /// One case of an enumeration, named by its raw value.
    public static func choice(of type: Value.Type, placeholder: String = "NAME") -> Self
    where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
        let words = Value.allCases.map(\.rawValue)
        return ValueKind(
            placeholder: placeholder,
            expectation: listed(words),
            completion: .words(words),
            read: { Value(rawValue: $0) },
            write: { $0.rawValue }
        )
    }

    /// Several values in one text, with commas between: `0.9,0.7`.
    ///
    /// An empty text is an empty list; blanks around a value are ignored.
    public static func list<Element>(_ element: ValueKind<Element>) -> Self
    where Value == [Element] {
        ValueKind(
            placeholder: "\(element.placeholder),…",
            expectation: "a list with commas between, each \(element.expectation)",
            read: { text in
                if text.isEmpty { return [] }
                var values: [Element] = []
                for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                    guard let value = element.read(trimmed(part)) else { return nil }
                    values.append(value)
                }
                return values
            },
            write: { $0.map(element.write).joined(separator: ",") }
        )
    }
}

/// `a, b or c`; an empty word reads `""`.
private func listed(_ words: [String]) -> String {
    let shown = words.map { $0.isEmpty ? "\"\"" : $0 }
    guard let last = shown.last, shown.count > 1 else { return shown.joined() }
    return shown.dropLast().joined(separator: ", ") + " or " + last
}

private func extent<Bound: Comparable & CustomStringConvertible>(
    _ range: ClosedRange<Bound>,
    lowest: Bound,
    highest: Bound
) -> String {
    switch (range.lowerBound == lowest, range.upperBound == highest) {
    case (true, true): ""
    case (false, true): " of at least \(range.lowerBound)"
    case (true, false): " of at most \(range.upperBound)"
    case (false, false): " from \(range.lowerBound) to \(range.upperBound)"
    }
}

/// A number without the `.0` of whole ones.
private func plain(_ number: Double) -> String {
    let text = number.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

private func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
}
