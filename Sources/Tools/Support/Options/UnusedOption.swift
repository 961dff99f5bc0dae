/// An option that published commands carry and that has no effect here.
///
/// It is taken with its value, so that those commands run as they are written, and named in one note.
public struct UnusedOption: DeclaredOption {
    /// What is known of the option.
    public let declaration: OptionDeclaration

    /// Nothing: it has no effect.
    public func anyValue(in options: ParsedOptions) -> any Sendable { String?.none }

    /// An option with a value of any kind.
    ///
    /// `reason` says why it has no effect, where that is not plain: `only the processor is used`.
    public init(_ name: String, aliases: [String] = [], because reason: String? = nil) {
        declaration = OptionDeclaration(
            name: name,
            letter: nil,
            aliases: aliases,
            arity: .one,
            role: .unused(because: reason),
            placeholder: "VALUE",
            expectation: "text",
            completion: .nothing,
            help: reason ?? "",
            defaultText: nil,
            takesAnyText: true,
            isRequired: false
        ) { texts in texts }
    }

    /// A truth.
    public init(flag name: String, aliases: [String] = [], because reason: String? = nil) {
        declaration = OptionDeclaration(
            truthNamed: name,
            letter: nil,
            aliases: aliases,
            isOnByDefault: false,
            role: .unused(because: reason),
            help: reason ?? ""
        ) { $0 }
    }
}
