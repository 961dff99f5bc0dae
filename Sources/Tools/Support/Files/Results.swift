internal import Formats

/// Named results of one run, which can be left behind as JSON or as CSV.
///
/// Values are texts, numbers, truths or `null`; the names are the columns of a CSV file.
public struct Results: Equatable, Sendable {
    private let schema: String
    private let version: Int
    private var members: [JSONValue.Member] = []

    /// No results yet, of a schema such as `reassemble.eval`.
    public init(schema: String, version: Int) {
        self.schema = schema
        self.version = version
    }

    /// Adds a result.
    public mutating func append(_ name: String, _ value: JSONValue) {
        members.append(JSONValue.Member(name, value))
    }

    /// The results as a JSON object; `schema` and `version` come first.
    public var json: JSONValue {
        .document(schema: schema, version: version, members)
    }

    /// The results as a line of names and a line of values, as RFC 4180 has them.
    public var csv: String {
        let names = members.map { Self.cell(.text($0.name)) }
        let values = members.map { Self.cell($0.value) }
        return names.joined(separator: ",") + "\r\n" + values.joined(separator: ",") + "\r\n"
    }

    /// The results that are single values, as texts.
    public var rows: [(name: String, text: String)] {
        members.compactMap { member in
            switch member.value {
            case .array, .object, .null: nil
            case .text(let text): (member.name, text)
            case .number(let number): (member.name, fixed(number, digits: 6))
            default: (member.name, member.value.compactText)
            }
        }
    }

    /// The kinds of file that results can be written to.
    public enum FileKind: String, CaseIterable, Sendable {
        /// An object.
        case json
        /// Two lines.
        case csv

        /// The kind that the end of a file's name tells.
        ///
        /// - Throws: ``UsageError`` if it tells none.
        public init(path: String, option: String) throws(UsageError) {
            let end = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
            guard path.contains("."), let kind = FileKind(rawValue: end) else {
                let expected = "a file name that ends in .json or .csv"
                throw UsageError([.wrongValue(option: option, value: path, expected: expected)])
            }
            self = kind
        }
    }

    /// Writes the results to a file.
    ///
    /// - Throws: ``ToolError`` if a file is there and is not to be replaced, or it cannot be written.
    public func write(
        to path: String,
        as kind: FileKind,
        replacing isReplacing: Bool
    ) throws(ToolError) {
        var file = try ResultFile(path, replacing: isReplacing)
        try file.write(kind == .json ? json.indentedText : csv)
        try file.finish()
    }

    /// A text as a cell of a CSV file, in quotation marks where it needs them.
    public static func cell(_ text: String) -> String { cell(.text(text)) }

    private static func cell(_ value: JSONValue) -> String {
        let text =
            switch value {
            case .text(let text): text
            case .null: ""
            case .number(let number) where !number.isFinite: fixed(number, digits: 0)
            default: value.compactText
            }
        let needsQuotes = text.unicodeScalars.contains { ["\"", ",", "\n", "\r"].contains($0) }
        if !needsQuotes { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
