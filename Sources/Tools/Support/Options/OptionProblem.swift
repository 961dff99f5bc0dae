/// One thing that is wrong with a command line.
public enum OptionProblem: Error, Equatable, Sendable {
    /// No option has this name; `nearest` are the names most like it.
    case unknownOption(String, nearest: [String])
    /// An option that needs a value stands without one.
    case missingValue(option: String, placeholder: String)
    /// A value is not of the option's kind.
    case wrongValue(option: String, value: String, expected: String)
    /// An argument without a name, where none is taken.
    case unexpectedArgument(String)
    /// An argument without a name is not there.
    case missingArgument(String)
    /// Two options, or an option and a state of things, exclude each other.
    case contradiction(String)
}

extension OptionProblem: CustomStringConvertible {
    /// One sentence for the user.
    public var description: String {
        switch self {
        case .unknownOption(let name, let nearest):
            let question = nearest.isEmpty ? "" : "; did you mean \(alternatives(nearest))?"
            return "\(name): no such option\(question)"
        case .missingValue(let option, let placeholder):
            return "\(option): a value is missing (\(placeholder))"
        case .wrongValue(let option, let value, let expected):
            return "\(option): \"\(value)\" is not what it takes: expected \(expected)"
        case .unexpectedArgument(let argument):
            return "\"\(argument)\" stands alone: no argument without a name is taken here"
        case .missingArgument(let placeholder):
            return "\(placeholder) is missing"
        case .contradiction(let sentence):
            return sentence
        }
    }

    private func alternatives(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.joined() }
        return names.dropLast().joined(separator: ", ") + " or " + last
    }
}

/// Everything that is wrong with a command line, in the order in which it was met.
public struct UsageError: Error, Equatable, Sendable {
    /// What is wrong; never empty.
    public let problems: [OptionProblem]

    /// An error of one problem or more.
    public init(_ problems: [OptionProblem]) {
        self.problems = problems
    }

    /// A use of options that each are right, and together are not.
    public init(_ sentence: String) {
        problems = [.contradiction(sentence)]
    }
}

extension UsageError: CustomStringConvertible {
    /// A line for each problem.
    public var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
