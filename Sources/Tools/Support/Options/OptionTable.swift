/// Everything that a tool can be told, in the order in which `--help` shows it.
public struct OptionTable: Sendable {
    /// The tool's name.
    public let tool: String

    /// What the tool does, in one sentence.
    public let summary: String

    /// Commands as people type them; they come first in `--help`.
    public let examples: [Example]

    /// The options, by subject.
    ///
    /// The last group is the one that every tool has.
    public let groups: [OptionGroup]

    /// The arguments without a name.
    public let operands: [OptionDeclaration]

    /// What is said before the names of options without effect: `not used for evaluation`.
    public let unusedNote: String

    /// What is said where an argument too many is given; nil where there is nothing to say.
    public let surplusHint: String?

    /// A command, and what it is for.
    public struct Example: Equatable, Sendable {
        let purpose: String
        let command: String

        /// A command; a long one is broken at the `\n` in it.
        public init(_ purpose: String, _ command: String) {
            self.purpose = purpose
            self.command = command
        }
    }

    /// A table.
    ///
    /// - Precondition: no name, alias or letter occurs twice; an operand that may repeat is the last.
    public init(
        tool: String,
        summary: String,
        examples: [Example],
        operands: [any DeclaredOption] = [],
        groups: [OptionGroup],
        unusedNote: String = "without effect",
        surplusHint: String? = nil
    ) {
        self.tool = tool
        self.summary = summary
        self.examples = examples
        self.operands = operands.map(\.declaration)
        self.groups = groups + [GeneralOptions.group]
        self.unusedNote = unusedNote
        self.surplusHint = surplusHint
        var names: Set<String> = []
        for option in self.groups.flatMap(\.options) {
            for name in [option.name] + option.aliases {
                precondition(names.insert(name).inserted, "--\(name) is declared twice")
            }
            if let letter = option.letter {
                precondition(names.insert("-\(letter)").inserted, "-\(letter) is declared twice")
            }
        }
        precondition(
            self.operands.dropLast().allSatisfy { $0.arity == .one },
            "only the last operand may repeat"
        )
    }

    /// Every named option.
    var options: [OptionDeclaration] { groups.flatMap(\.options) }

    /// Whether the tool has an option.
    func knows(_ option: some DeclaredOption) -> Bool {
        options.contains { $0.name == option.declaration.name }
    }
}

/// The options of one subject.
public struct OptionGroup: Sendable {
    /// The subject.
    public let title: String

    /// What is known of the options.
    public let options: [OptionDeclaration]

    /// A group of options.
    public init(_ title: String, _ options: [any DeclaredOption]) {
        self.title = title
        self.options = options.map(\.declaration)
    }
}

/// The options that every tool has.
enum GeneralOptions {
    static let help = Option(flag: "help", letter: "h", help: "Show this text.")
    static let version = Option(flag: "version", help: "Show the version.")
    static let flagFile = Option(
        "flagfile",
        .file(),
        help: "More flags, one a line; # begins a comment."
    )
    static let completion = Option(
        "generate-completion-script",
        ValueKind.choice(of: Shell.self, placeholder: "SHELL"),
        help: "Write a completion script."
    )
    static let manual = Option(flag: "generate-manual", help: "Write the manual page (roff).")

    static let group = OptionGroup("General", [help, version, flagFile, completion, manual])
    /// Those that are answered, whatever else is asked for.
    static let names = Set([help, version, manual].map(\.declaration.name))
        .union([completion.declaration.name])
}
