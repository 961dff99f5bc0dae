/// Bytes that are not the message that they should be.
public enum ProtoError: Error, Equatable, Sendable {
    /// The bytes break the rules of the wire format, at this byte or before it.
    case malformed(message: String, offset: Int)
    /// Messages lie in messages deeper than anything real does.
    case tooDeep(message: String, limit: Int)
    /// Taking the message apart needs more memory than its size warrants.
    case tooLarge(message: String, byteCount: Int)
    /// A field has a value that it cannot have.
    case invalidField(message: String, field: String, value: Int64)
}

extension ProtoError: CustomStringConvertible {
    /// One sentence for a person: what is wrong, and where.
    public var description: String {
        switch self {
        case .malformed(let message, let offset):
            "not a \(message) message: the bytes are malformed at byte \(offset)"
        case .tooDeep(let message, let limit):
            "not a \(message) message: more than \(limit) messages inside each other"
        case .tooLarge(let message, let byteCount):
            "a \(message) message of \(byteCount) bytes needs too much memory"
        case .invalidField(let message, let field, let value):
            "a \(message) message has \(field) \(value)"
        }
    }
}
