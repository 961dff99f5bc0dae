/// The values that a command line gave.
public struct ParsedOptions: Sendable {
    /// Slips that were understood nevertheless, a sentence each.
    public let warnings: [String]

    /// The options without effect that were given, as they were typed, in order.
    public let unused: [(spelling: String, reason: String?)]

    private let values: [String: any Sendable]
    private let spellings: [String: String]

    init(
        values: [String: any Sendable],
        spellings: [String: String],
        unused: [(spelling: String, reason: String?)],
        warnings: [String]
    ) {
        self.values = values
        self.spellings = spellings
        self.unused = unused
        self.warnings = warnings
    }

    /// The value of an option.
    public subscript<Value>(_ option: Option<Value>) -> Value {
        guard let value = values[option.declaration.name] else { return option.absent() }
        guard let value = value as? Value else {
            preconditionFailure("\(option.declaration.spelling) was declared with another type")
        }
        return value
    }

    /// Whether the command line names an option.
    public func isGiven(_ option: some DeclaredOption) -> Bool {
        spellings[option.declaration.name] != nil
    }

    /// An option as the user spelled it, `--data_dir`, or its own spelling where it is not given.
    public func spelling(of option: some DeclaredOption) -> String {
        spellings[option.declaration.name] ?? option.declaration.spelling
    }
}
