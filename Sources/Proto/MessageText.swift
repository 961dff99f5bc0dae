internal import CProto
internal import CProtobuf

/// A message in protobuf's text format, turned into the wire format: `.pbtxt` files.
///
///     node { name: "a" op: "Const" attr { key: "dtype" value { type: DT_FLOAT } } }
///
/// Fields that no message here has are passed over, as long as they are well-formed.
package struct MessageText {
    private var scanner: TextScanner

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
        var reader = MessageText(scanner: TextScanner(text))
        let bytes = try unsafe reader.message(descriptor, depth: 1, closing: nil)
        return bytes
    }

    private init(scanner: TextScanner) { self.scanner = scanner }

    private typealias Descriptor = UnsafePointer<ProtobufCMessageDescriptor>
    private typealias Field = UnsafePointer<ProtobufCFieldDescriptor>

    private var problem: ProtoError {
        .malformed(message: "text", offset: scanner.problem("").offset)
    }

    /// Reads something of the text.
    private mutating func scanned<Result>(
        _ read: (inout TextScanner) throws(TextScanner.Problem) -> Result
    ) throws(ProtoError) -> Result {
        do throws(TextScanner.Problem) { return try read(&scanner) } catch {
            throw .malformed(message: "text", offset: error.offset)
        }
    }

    // MARK: Messages

    private mutating func message(
        _ descriptor: Descriptor?,
        depth: Int,
        closing: Character?
    ) throws(ProtoError) -> [UInt8] {
        guard depth <= 100 else { throw .tooDeep(message: "text", limit: 100) }
        var writer = WireWriter()
        while true {
            while scanner.take(";") || scanner.take(",") {}
            scanner.skipSpace()
            if let closing, scanner.take(closing) { return writer.output }
            guard scanner.next != nil else {
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
            let hasColon = scanner.take(":")
            if scanner.take("[") {
                if scanner.take("]") { continue }
                repeat { try unsafe value(field, hasColon, depth, &writer) } while scanner.take(",")
                guard scanner.take("]") else { throw problem }
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
        let closing: Character? = scanner.take("{") ? "}" : scanner.take("<") ? ">" : nil
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
        case PROTOBUF_C_TYPE_FLOAT: writer.float(Float(try real()), field: number)
        case PROTOBUF_C_TYPE_DOUBLE:
            writer.packedDoubles([try real()], field: number)
        default: writer.member(try whole(), field: number)
        }
    }

    /// Passes over a string, a word or a number of a field that is not known.
    private mutating func skipScalar() throws(ProtoError) {
        scanner.skipSpace()
        if scanner.isQuote {
            _ = try string()
        } else {
            guard !scanner.word().isEmpty else { throw problem }
        }
    }

    private mutating func fieldName() throws(ProtoError) -> String {
        // An extension, or a message of any type: its name is not known here.
        if scanner.take("[") {
            scanner.skip { $0 != UInt8(ascii: "]") }
            guard scanner.take("]") else { throw problem }
            return "[]"
        }
        let name = scanner.word()
        guard !name.isEmpty else { throw problem }
        return name
    }

    // MARK: Values

    private mutating func real() throws(ProtoError) -> Double {
        try scanned { scanner throws(TextScanner.Problem) in try scanner.number() }
    }

    private mutating func string() throws(ProtoError) -> [UInt8] {
        try scanned { scanner throws(TextScanner.Problem) in try scanner.string() }
    }

    /// A whole number, a truth, or the word of an enumeration.
    private mutating func whole() throws(ProtoError) -> UInt64 {
        let word = scanner.word()
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
}
