internal import CProto
internal import CProtobuf

/// A message in protobuf's text format, turned into the wire format: `.pbtxt` files.
///
///     node { name: "a" op: "Const" attr { key: "dtype" value { type: DT_FLOAT } } }
///
/// Fields that no message here has are passed over, as long as they are well-formed.
package struct MessageText {
    private let text: [UInt8]
    private var position = 0

    /// The messages that are read as text.
    package enum Kind: Sendable { case graph, metaGraph, savedModel }

    /// The bytes of the message that a text states.
    ///
    /// - Throws: ``ProtoError/malformed(message:offset:)`` with the place in the text.
    package static func bytes(_ text: [UInt8], _ kind: Kind) throws(ProtoError) -> [UInt8] {
        let descriptor =
            switch kind {
            case .graph: unsafe Proto.descriptor(of: Tf__GraphDef.self, tf__graph_def__init)
            case .metaGraph:
                unsafe Proto.descriptor(of: Tf__MetaGraphDef.self, tf__meta_graph_def__init)
            case .savedModel:
                unsafe Proto.descriptor(of: Tf__SavedModel.self, tf__saved_model__init)
            }
        var reader = MessageText(text: text)
        let bytes = try unsafe reader.message(descriptor, depth: 1, closing: nil)
        return bytes
    }

    private init(text: [UInt8]) { self.text = text }

    private typealias Descriptor = UnsafePointer<ProtobufCMessageDescriptor>
    private typealias Field = UnsafePointer<ProtobufCFieldDescriptor>

    private var problem: ProtoError { .malformed(message: "text", offset: position) }

    // MARK: Messages

    private mutating func message(
        _ descriptor: Descriptor?,
        depth: Int,
        closing: UInt8?
    ) throws(ProtoError) -> [UInt8] {
        guard depth <= 100 else { throw .tooDeep(message: "text", limit: 100) }
        var writer = WireWriter()
        while true {
            while take(";") || take(",") {}
            skipSpace()
            if let closing, position < text.count, text[position] == closing {
                position += 1
                return writer.output
            }
            guard position < text.count else {
                guard closing == nil else { throw problem }
                return writer.output
            }
            let name = try fieldName()
            var field: Field?
            if let descriptor = unsafe descriptor {
                unsafe field = unsafe protobuf_c_message_descriptor_get_field_by_name(
                    descriptor,
                    name
                )
            }
            let hasColon = take(":")
            if take("[") {
                if take("]") { continue }
                repeat { try unsafe value(field, hasColon, depth, &writer) } while take(",")
                guard take("]") else { throw problem }
            } else {
                try unsafe value(field, hasColon, depth, &writer)
            }
        }
    }

    private mutating func value(
        _ field: Field?,
        _ hasColon: Bool,
        _ depth: Int,
        _ writer: inout WireWriter
    ) throws(ProtoError) {
        let closing: UInt8? = take("{") ? UInt8(ascii: "}") : take("<") ? UInt8(ascii: ">") : nil
        guard let field = unsafe field else {
            if let closing {
                _ = try unsafe message(nil, depth: depth + 1, closing: closing)
            } else {
                guard hasColon else { throw problem }
                try skipScalar()
            }
            return
        }
        let number = UInt64(unsafe field.pointee.id)
        guard unsafe field.pointee.type != PROTOBUF_C_TYPE_MESSAGE else {
            guard let closing, number != 100_000 else { throw problem }
            let inner = unsafe field.pointee.descriptor?
                .assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
            let bytes = try unsafe message(inner, depth: depth + 1, closing: closing)
            return writer.bytes(bytes, field: number)
        }
        guard closing == nil, hasColon, number != 100_000 else { throw problem }
        switch unsafe field.pointee.type {
        case PROTOBUF_C_TYPE_BYTES: writer.bytes(try string(), field: number)
        case PROTOBUF_C_TYPE_FLOAT: writer.float(Float(try number64()), field: number)
        case PROTOBUF_C_TYPE_DOUBLE:
            writer.packedDoubles([try number64()], field: number)
        default: writer.member(try whole(), field: number)
        }
    }

    /// Passes over a string, a word or a number of a field that is not known.
    private mutating func skipScalar() throws(ProtoError) {
        skipSpace()
        if isQuote {
            _ = try string()
        } else {
            guard !word().isEmpty else { throw problem }
        }
    }

    private mutating func fieldName() throws(ProtoError) -> String {
        skipSpace()
        // An extension, or a message of any type: its name is not known here.
        if position < text.count, text[position] == UInt8(ascii: "[") {
            while position < text.count, text[position] != UInt8(ascii: "]") { position += 1 }
            guard position < text.count else { throw problem }
            position += 1
            return "[]"
        }
        let name = word()
        guard !name.isEmpty else { throw problem }
        return name
    }

    // MARK: Values

    private mutating func number64() throws(ProtoError) -> Double {
        let word = word().lowercased()
        let digits =
            word.hasSuffix("f") && !word.hasSuffix("inf") ? String(word.dropLast()) : word
        guard let value = Double(digits) else { throw problem }
        return value
    }

    /// A whole number, a truth, or the word of an enumeration.
    private mutating func whole() throws(ProtoError) -> UInt64 {
        let word = word()
        switch word {
        case "true", "True", "t", "V1": return 1
        case "false", "False", "f", "LEGACY": return 0
        case "V2": return 2
        default: break
        }
        if let type = Self.types[word] { return UInt64(type) }
        let isNegative = word.hasPrefix("-")
        let digits = isNegative ? String(word.dropFirst()) : word
        let radix = digits.hasPrefix("0x") || digits.hasPrefix("0X") ? 16 : 10
        guard let size = UInt64(radix == 16 ? String(digits.dropFirst(2)) : digits, radix: radix),
            !digits.hasPrefix("+"), !isNegative || size <= 1 << 63
        else { throw problem }
        return isNegative ? 0 &- size : size
    }

    /// The words of the element types, references among them.
    private static let types: [String: Int32] = {
        var words: [String: Int32] = ["DT_INVALID": 0]
        for type in DataType.allCases {
            let name =
                switch type {
                case .float32: "FLOAT"
                case .float64: "DOUBLE"
                case .float16: "HALF"
                default: type.name.uppercased()
                }
            words["DT_\(name)"] = type.rawValue
            words["DT_\(name)_REF"] = type.rawValue + 100
        }
        return words
    }()

    // MARK: Characters

    private mutating func skipSpace() {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x09...0x0D: position += 1
            case UInt8(ascii: "#"):
                while position < text.count, text[position] != 0x0A { position += 1 }
            default: return
            }
        }
    }

    private mutating func take(_ character: Character) -> Bool {
        skipSpace()
        guard position < text.count, text[position] == character.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func word() -> String {
        skipSpace()
        let start = position
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "-"), UInt8(ascii: "+"):
                position += 1
            default: return String(decoding: text[start..<position], as: UTF8.self)
            }
        }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    private var isQuote: Bool {
        position < text.count
            && (text[position] == UInt8(ascii: "\"") || text[position] == UInt8(ascii: "'"))
    }

    /// One or more strings side by side, joined.
    private mutating func string() throws(ProtoError) -> [UInt8] {
        var bytes: [UInt8] = []
        skipSpace()
        guard isQuote else { throw problem }
        while isQuote {
            let quote = text[position]
            position += 1
            while true {
                guard position < text.count, text[position] != 0x0A else { throw problem }
                let byte = text[position]
                position += 1
                if byte == quote { break }
                if byte == UInt8(ascii: "\\") {
                    try escape(into: &bytes)
                } else {
                    bytes.append(byte)
                }
            }
            skipSpace()
        }
        return bytes
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(ProtoError) {
        guard position < text.count else { throw problem }
        let byte = text[position]
        position += 1
        switch byte {
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "a"): bytes.append(0x07)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "v"): bytes.append(0x0B)
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "?"):
            bytes.append(byte)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            position -= 1
            bytes.append(UInt8(truncatingIfNeeded: try digits(atMost: 3, radix: 8)))
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            bytes.append(UInt8(truncatingIfNeeded: try digits(atMost: 2, radix: 16)))
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let code = try digits(atMost: byte == UInt8(ascii: "u") ? 4 : 8, radix: 16)
            guard let scalar = UnicodeScalar(UInt32(code)) else { throw problem }
            bytes += Array(String(scalar).utf8)
        default: throw problem
        }
    }

    private mutating func digits(atMost count: Int, radix: Int) throws(ProtoError) -> Int {
        var value = 0
        var taken = 0
        while taken < count, position < text.count,
            let digit = Character(UnicodeScalar(text[position])).hexDigitValue, digit < radix
        {
            value = value * radix + digit
            position += 1
            taken += 1
        }
        guard taken > 0 else { throw problem }
        return value
    }
}
