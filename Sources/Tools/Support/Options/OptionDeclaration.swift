/// All that is known of one option or operand, whatever the type of its value.
///
/// Parsing, `--help`, completion scripts and the manual page are all made from this.
public struct OptionDeclaration: Sendable {
    /// The kebab-case name without dashes, such as `data-dir`; for an operand its placeholder.
    public let name: String

    /// The letter after a single dash, if there is one.
    public let letter: Character?

    /// Other names, which are accepted and not shown.
    public let aliases: [String]

    /// How many values follow.
    public let arity: Arity

    /// What it is for.
    public let role: Role

    /// The word that stands for the value.
    public let placeholder: String

    /// What is taken, as it reads after "expected".
    public let expectation: String

    /// What a shell offers for the value.
    public let completion: ValueCompletion

    /// What it does, one or two sentences.
    public let help: String

    /// The value without the option, as it would be typed.
    public let defaultText: String?

    /// Whether the word behind a truth may be `yes` or `1` too, as in programs of argparse's.
    var takesEveryTruth = false

    let takesAnyText: Bool
    let isRequired: Bool

    /// The value of a truth, of the one text, or of all texts.
    let read: @Sendable ([String]) throws(OptionProblem) -> any Sendable

    /// How many values an option takes.
    public enum Arity: Equatable, Sendable {
        /// None, or `True` or `False`: given alone it means `True`.
        case truth(isOnByDefault: Bool)
        /// One; given twice, the later one counts.
        case one
        /// One or more, as many as follow; given twice, all count.
        case many
    }

    /// What an option is for.
    public enum Role: Equatable, Sendable {
        /// It changes what the tool does.
        case option
        /// It is an argument without a name.
        case operand
        /// It is taken, because published commands carry it, and has no effect.
        case unused(because: String?)
    }

    /// The long spelling, `--data-dir`; `--no-progress` for a truth that is on by default.
    public var spelling: String {
        if case .operand = role { return placeholder }
        if arity == .truth(isOnByDefault: true) { return "--no-\(name)" }
        return "--\(name)"
    }
}

/// Something that stands in a table of options.
public protocol DeclaredOption: Sendable {
    /// What is known of it.
    var declaration: OptionDeclaration { get }

    /// The value that a command line gives it, whatever its type.
    func anyValue(in options: ParsedOptions) -> any Sendable
}
