package import Proto

// Attributes, read with care: one that is missing has the value that TensorFlow's definition of the operation gives it, if
// any, and one of another kind is an error that names it and its value.
extension NodeDef {
    /// A whole number.
    ///
    /// - Throws: ``ReferenceError`` if it is missing without a `default`, or something else.
    package func integer(_ name: String, default value: Int? = nil) throws(ReferenceError) -> Int {
        switch self[name] {
        case .integer(let number)?:
            guard let result = Int(exactly: number) else { throw unfit(name, "a whole number") }
            return result
        case nil: return try stated(value, name)
        default: throw unfit(name, "a whole number")
        }
    }

    /// A number.
    ///
    /// - Throws: ``ReferenceError`` if it is missing without a `default`, or something else.
    package func float(_ name: String, default value: Float? = nil) throws(ReferenceError) -> Float
    {
        switch self[name] {
        case .float(let number)?: return number
        case nil: return try stated(value, name)
        default: throw unfit(name, "a number")
        }
    }

    /// A truth.
    ///
    /// - Throws: ``ReferenceError`` if it is missing without a `default`, or something else.
    package func bool(_ name: String, default value: Bool? = nil) throws(ReferenceError) -> Bool {
        switch self[name] {
        case .bool(let truth)?: return truth
        case nil: return try stated(value, name)
        default: throw unfit(name, "a truth value")
        }
    }

    /// A word.
    ///
    /// - Throws: ``ReferenceError`` if it is missing without a `default`, or something else.
    package func text(
        _ name: String,
        default value: String? = nil
    ) throws(ReferenceError) -> String {
        switch self[name] {
        case .bytes(let bytes)?: return String(decoding: bytes, as: UTF8.self)
        case nil: return try stated(value, name)
        default: throw unfit(name, "a text")
        }
    }

    /// One of some words.
    ///
    /// - Throws: ``ReferenceError`` if it is missing without a `default`, or something else.
    package func word(
        _ name: String,
        of words: [String],
        default value: String? = nil
    ) throws(ReferenceError) -> String {
        let word = try text(name, default: value)
        guard words.contains(where: { Name($0) == Name(word) }) else {
            throw unfit(name, words.joined(separator: " or "))
        }
        return word
    }

    /// The type of elements.
    ///
    /// - Throws: ``ReferenceError`` if it is missing without a `default`, or something else.
    package func type(
        _ name: String,
        default value: DataType? = nil
    ) throws(ReferenceError) -> DataType {
        switch self[name] {
        case .type(let number)?:
            guard let type = DataType(rawValue: number) else { throw unfit(name, "a type") }
            return type
        case nil: return try stated(value, name)
        default: throw unfit(name, "a type")
        }
    }

    /// A list of whole numbers.
    ///
    /// - Throws: ``ReferenceError`` if it is missing without a `default`, or something else.
    package func integers(
        _ name: String,
        default value: [Int]? = nil
    ) throws(ReferenceError) -> [Int] {
        guard let attribute = self[name] else { return try stated(value, name) }
        guard case .list(let items) = attribute else { throw unfit(name, "whole numbers") }
        var numbers: [Int] = []
        for item in items {
            guard case .integer(let number) = item, let result = Int(exactly: number) else {
                throw unfit(name, "whole numbers")
            }
            numbers.append(result)
        }
        return numbers
    }

    private func stated<Value>(_ value: Value?, _ name: String) throws(ReferenceError) -> Value {
        guard let value else { throw ReferenceError("the attribute \(name) is missing") }
        return value
    }

    /// An attribute that is not what it should be.
    func unfit(_ name: String, _ expected: String) -> ReferenceError {
        let found = self[name]?.summary ?? "missing"
        return ReferenceError("the attribute \(name) is \(found), expected \(expected)")
    }
}

extension AttributeValue {
    /// The value in a few words.
    var summary: String {
        switch self {
        case .bytes(let bytes):
            "'\(String(decoding: bytes.prefix(40), as: UTF8.self))\(bytes.count > 40 ? "…" : "")'"
        case .integer(let number): "\(number)"
        case .float(let number): "\(number)"
        case .bool(let truth): "\(truth)"
        case .type(let number): DataType(rawValue: number)?.name ?? "the type \(number)"
        case .shape(let shape):
            shape.isRankUnknown ? "an unknown shape" : "the shape \(shape.dimensions)"
        case .tensor: "a constant"
        case .placeholder(let name): "the placeholder '\(name)'"
        case .function(let name, _): "the function '\(name)'"
        case .list(let items):
            "[\(items.prefix(8).map(\.summary).joined(separator: ", "))\(items.count > 8 ? ", …" : "")]"
        case .none: "without a value"
        }
    }
}
