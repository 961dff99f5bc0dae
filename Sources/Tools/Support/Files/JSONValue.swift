internal import Checkpoint

/// A JSON value whose members keep their order.
public enum JSONValue: Equatable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number.
    case integer(Int)
    /// A number that was read somewhere; NaN and the infinities, which JSON lacks, become texts: `"NaN"`, `"-Infinity"`.
    /// A measured one is a ``figure(_:)``.
    case number(Double)
    /// A text.
    case text(String)
    /// Values in order.
    case array([JSONValue])
    /// Named values in order.
    case object([Member])

    /// A name and a value.
    public struct Member: Equatable, Sendable {
        /// The name.
        public let name: String
        /// The value.
        public let value: JSONValue

        /// A member of an object.
        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A truth.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
    /// Values in order.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// Named values, in the order in which they are written.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0, $1) })
    }
}

extension JSONValue {
    /// A figure that was measured; `null` where it is no number.
    public static func figure(_ value: Double) -> JSONValue {
        value.isFinite ? .number(value) : .null
    }

    /// A text, or `null`.
    public static func text(orNull text: String?) -> JSONValue { text.map { .text($0) } ?? .null }

    /// A document that a tool prints or writes: `schema` and `version` come first.
    ///
    /// The version of a schema grows when a member is taken away or changes its meaning.
    public static func document(
        schema: String,
        version: Int,
        _ members: [Member]
    ) -> JSONValue {
        .object([Member("schema", .text(schema)), Member("version", .integer(version))] + members)
    }

    /// The value in one line.
    public var compactText: String {
        var text = ""
        write(to: &text, indent: nil)
        return text
    }

    /// The value over several lines, two blanks a level, with a line break at the end.
    public var indentedText: String {
        var text = ""
        write(to: &text, indent: 0)
        return text + "\n"
    }

    private func write(to text: inout String, indent: Int?) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += "\(value)"
        case .number(let value): text += Self.text(of: value)
        case .text(let value): Self.quote(value, to: &text)
        case .array(let values):
            Self.list(values, "[", "]", to: &text, indent: indent) { value, text, indent in
                value.write(to: &text, indent: indent)
            }
        case .object(let members):
            Self.list(members, "{", "}", to: &text, indent: indent) { member, text, indent in
                Self.quote(member.name, to: &text)
                text += indent == nil ? ":" : ": "
                member.value.write(to: &text, indent: indent)
            }
        }
    }

    private static func list<Element>(
        _ elements: [Element],
        _ open: String,
        _ close: String,
        to text: inout String,
        indent: Int?,
        _ write: (Element, inout String, Int?) -> Void
    ) {
        text += open
        let inner = indent.map { $0 + 2 }
        for (index, element) in elements.enumerated() {
            if index > 0 { text += "," }
            if let inner { text += "\n" + String(repeating: " ", count: inner) }
            write(element, &text, inner)
        }
        if let indent, !elements.isEmpty { text += "\n" + String(repeating: " ", count: indent) }
        text += close
    }

    /// The shortest text that reads back as the same number.
    private static func text(of number: Double) -> String {
        if number.isNaN { return "\"NaN\"" }
        if number.isInfinite { return number < 0 ? "\"-Infinity\"" : "\"Infinity\"" }
        return number.description
    }

    private static func quote(_ value: String, to text: inout String) {
        let hexadecimal = Array("0123456789abcdef")
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\0"..<" ", "\u{7F}":
                text += "\\u00"
                text.append(hexadecimal[Int(scalar.value >> 4)])
                text.append(hexadecimal[Int(scalar.value & 15)])
            case _ where !String.isPrintable(scalar):
                text += "\\u"
                for shift in stride(from: 12, through: 0, by: -4) {
                    text.append(hexadecimal[Int(scalar.value >> UInt32(shift) & 15)])
                }
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
