/// An option, declared once as a constant, and the key that reads its value.
///
///     static let batchSize = Option("batch-size", .integer(1...4096), default: 32, help: "Pictures a step.")
///     …
///     let size = options[batchSize]  // Int
///
/// Names are kebab-case; the same name with underscores is accepted wherever it is typed.
public struct Option<Value: Sendable>: DeclaredOption {
    /// What is known of the option.
    public let declaration: OptionDeclaration

    /// The value where the option is not given.
    let absent: @Sendable () -> Value

    /// The value that a command line gives it.
    public func anyValue(in options: ParsedOptions) -> any Sendable { options[self] }

    /// An option that has a value even where it is not given.
    public init(
        _ name: String,
        _ kind: ValueKind<Value>,
        letter: Character? = nil,
        aliases: [String] = [],
        default value: Value,
        help: String
    ) {
        absent = { value }
        declaration = OptionDeclaration(
            named: name,
            letter: letter,
            aliases: aliases,
            kind: kind,
            help: help,
            defaultText: kind.write(value)
        ) { $0 }
    }

    /// An option whose value, where it is not given, is found when it is asked for.
    ///
    /// `defaultText` says in `--help` what that value is, such as `every core`.
    public init(
        _ name: String,
        _ kind: ValueKind<Value>,
        letter: Character? = nil,
        aliases: [String] = [],
        defaultText: String,
        absent: @escaping @Sendable () -> Value,
        help: String
    ) {
        self.absent = absent
        declaration = OptionDeclaration(
            named: name,
            letter: letter,
            aliases: aliases,
            kind: kind,
            help: help,
            defaultText: defaultText
        ) { $0 }
    }
}

extension Option {
    /// An option that may be missing.
    public init<Given: Sendable>(
        _ name: String,
        _ kind: ValueKind<Given>,
        letter: Character? = nil,
        aliases: [String] = [],
        help: String
    ) where Value == Given? {
        absent = { nil }
        declaration = OptionDeclaration(
            named: name,
            letter: letter,
            aliases: aliases,
            kind: kind,
            help: help,
            defaultText: nil
        ) { Swift.Optional.some($0) }
    }

    /// An option that takes one value or more each time it is given.
    public init<Element: Sendable>(
        _ name: String,
        each kind: ValueKind<Element>,
        letter: Character? = nil,
        aliases: [String] = [],
        help: String
    ) where Value == [Element] {
        absent = { [] }
        declaration = OptionDeclaration(
            name: name,
            letter: letter,
            aliases: aliases,
            arity: .many,
            role: .option,
            placeholder: "\(kind.placeholder)…",
            expectation: kind.expectation,
            completion: kind.completion,
            help: help,
            defaultText: nil,
            takesAnyText: kind.takesAnyText,
            isRequired: false
        ) { texts throws(OptionProblem) in try all(texts, of: kind, as: "--\(name)") }
    }

    /// An argument without a name, which must be there.
    public init(operand placeholder: String, _ kind: ValueKind<Value>, help: String) {
        absent = { preconditionFailure("\(placeholder) is required, so a parse without it fails") }
        declaration = OptionDeclaration(
            name: placeholder,
            letter: nil,
            aliases: [],
            arity: .one,
            role: .operand,
            placeholder: placeholder,
            expectation: kind.expectation,
            completion: kind.completion,
            help: help,
            defaultText: nil,
            takesAnyText: true,
            isRequired: true
        ) { texts throws(OptionProblem) in try last(texts, of: kind, as: placeholder) }
    }

    /// An argument without a name, which may be missing.
    public init<Given: Sendable>(
        optionalOperand placeholder: String,
        _ kind: ValueKind<Given>,
        help: String
    ) where Value == Given? {
        absent = { nil }
        declaration = OptionDeclaration(
            name: placeholder,
            letter: nil,
            aliases: [],
            arity: .one,
            role: .operand,
            placeholder: placeholder,
            expectation: kind.expectation,
            completion: kind.completion,
            help: help,
            defaultText: nil,
            takesAnyText: true,
            isRequired: false
        ) { texts throws(OptionProblem) in
            Swift.Optional.some(try last(texts, of: kind, as: placeholder))
        }
    }

    /// The arguments without a name from here on: at least one.
    public init<Element: Sendable>(
        operands placeholder: String,
        each kind: ValueKind<Element>,
        help: String
    ) where Value == [Element] {
        absent = { [] }
        declaration = OptionDeclaration(
            name: placeholder,
            letter: nil,
            aliases: [],
            arity: .many,
            role: .operand,
            placeholder: placeholder,
            expectation: kind.expectation,
            completion: kind.completion,
            help: help,
            defaultText: nil,
            takesAnyText: true,
            isRequired: true
        ) { texts throws(OptionProblem) in try all(texts, of: kind, as: placeholder) }
    }
}

extension Option where Value == Bool {
    /// A truth: `--name`, `--name=False`, `--name False` or `--no-name`.
    public init(
        flag name: String,
        letter: Character? = nil,
        aliases: [String] = [],
        default isOn: Bool = false,
        takesEveryTruth: Bool = false,
        help: String
    ) {
        absent = { isOn }
        var declaration = OptionDeclaration(
            truthNamed: name,
            letter: letter,
            aliases: aliases,
            isOnByDefault: isOn,
            role: .option,
            help: help
        ) { $0 }
        declaration.takesEveryTruth = takesEveryTruth
        self.declaration = declaration
    }
}

extension Option where Value == Bool? {
    /// A truth that may be left open.
    public init(
        openFlag name: String,
        letter: Character? = nil,
        aliases: [String] = [],
        help: String
    ) {
        absent = { nil }
        declaration = OptionDeclaration(
            truthNamed: name,
            letter: letter,
            aliases: aliases,
            isOnByDefault: false,
            role: .option,
            help: help
        ) { Swift.Optional.some($0) }
    }
}

extension OptionDeclaration {
    fileprivate init<Given: Sendable>(
        named name: String,
        letter: Character?,
        aliases: [String],
        kind: ValueKind<Given>,
        help: String,
        defaultText: String?,
        wrap: @escaping @Sendable (Given) -> any Sendable
    ) {
        self.init(
            name: name,
            letter: letter,
            aliases: aliases,
            arity: .one,
            role: .option,
            placeholder: kind.placeholder,
            expectation: kind.expectation,
            completion: kind.completion,
            help: help,
            defaultText: defaultText,
            takesAnyText: kind.takesAnyText,
            isRequired: false
        ) { texts throws(OptionProblem) in wrap(try last(texts, of: kind, as: "--\(name)")) }
    }

    init(
        truthNamed name: String,
        letter: Character?,
        aliases: [String],
        isOnByDefault: Bool,
        role: Role,
        help: String,
        wrap: @escaping @Sendable (Bool) -> any Sendable
    ) {
        let kind = ValueKind<Bool>.truth
        self.init(
            name: name,
            letter: letter,
            aliases: aliases,
            arity: .truth(isOnByDefault: isOnByDefault),
            role: role,
            placeholder: kind.placeholder,
            expectation: kind.expectation,
            completion: kind.completion,
            help: help,
            defaultText: nil,
            takesAnyText: false,
            isRequired: false
        ) { texts throws(OptionProblem) in wrap(try last(texts, of: kind, as: "--\(name)")) }
    }
}

private func last<Value>(
    _ texts: [String],
    of kind: ValueKind<Value>,
    as spelling: String
) throws(OptionProblem) -> Value {
    guard let text = texts.last else {
        throw .missingValue(option: spelling, placeholder: kind.placeholder)
    }
    guard let value = kind.read(text) else {
        throw .wrongValue(option: spelling, value: text, expected: kind.expectation)
    }
    return value
}

private func all<Value>(
    _ texts: [String],
    of kind: ValueKind<Value>,
    as spelling: String
) throws(OptionProblem) -> [Value] {
    var values: [Value] = []
    for text in texts { values.append(try last([text], of: kind, as: spelling)) }
    return values
}
