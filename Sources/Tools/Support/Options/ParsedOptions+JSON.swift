extension ParsedOptions {
    /// The values of options as a JSON object's members, under their names with underscores, in alphabetical order.
    ///
    /// Truths, numbers and texts are themselves, lists are arrays, and what is not given and has no default is null.
    public func members(of options: [any DeclaredOption]) -> [JSONValue.Member] {
        options.map { option in
            JSONValue.Member(
                option.declaration.name.split(separator: "-").joined(separator: "_"),
                json(of: option)
            )
        }.sorted { $0.name < $1.name }
    }

    private func json(of option: some DeclaredOption) -> JSONValue {
        JSONValue(optionValue: option.anyValue(in: self))
    }
}

extension JSONValue {
    fileprivate init(optionValue value: Any) {
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .optional {
            self = mirror.children.first.map { JSONValue(optionValue: $0.value) } ?? .null
            return
        }
        switch value {
        case let value as Bool: self = .bool(value)
        case let value as Int: self = .integer(value)
        case let value as Double: self = .number(value)
        case let value as String: self = .text(value)
        case let value as any RawRepresentable<String>: self = .text(value.rawValue)
        case let values as [Any]: self = .array(values.map { JSONValue(optionValue: $0) })
        default: self = .text("\(value)")
        }
    }
}
