internal import Suite

extension OptionTable {
    /// Reads a command line, without the name of the program.
    ///
    /// - Throws: ``UsageError`` with everything that is wrong.
    public func parse(_ arguments: [String]) throws(UsageError) -> ParsedOptions {
        var parser = OptionParser(table: self, arguments: try FlagFile.expanded(arguments))
        parser.readAll()
        return try parser.result()
    }
}

/// One pass over a command line.
private struct OptionParser {
    let table: OptionTable
    let byName: [String: OptionDeclaration]
    let byLetter: [Character: OptionDeclaration]

    var rest: ArraySlice<String>
    var texts: [String: [String]] = [:]
    var spellings: [String: String] = [:]
    var order: [OptionDeclaration] = []
    var operands: [String] = []
    var problems: [OptionProblem] = []
    var warnings: [String] = []

    init(table: OptionTable, arguments: [String]) {
        self.table = table
        var byName: [String: OptionDeclaration] = [:]
        var byLetter: [Character: OptionDeclaration] = [:]
        for option in table.options {
            for name in [option.name] + option.aliases { byName[canonical(name)] = option }
            if let letter = option.letter { byLetter[letter] = option }
            for name in option.aliases where name.count == 1 { byLetter[Character(name)] = option }
        }
        self.byName = byName
        self.byLetter = byLetter
        rest = arguments[...]
    }

    mutating func readAll() {
        while let argument = rest.popFirst() {
            if argument == "--" {
                operands += rest
                rest = []
            } else if argument.hasPrefix("--") {
                readLong(argument)
            } else if isOption(argument) {
                readShort(argument)
            } else {
                operands.append(argument)
            }
        }
    }

    /// `--name`, `--name=value`, `--noname`.
    private mutating func readLong(_ argument: String) {
        let equals = argument.firstIndex(of: "=")
        let spelling = String(argument[..<(equals ?? argument.endIndex)])
        let value = equals.map { String(argument[argument.index(after: $0)...]) }
        let name = canonical(String(spelling.dropFirst(2)))
        if let option = byName[name] {
            take(option, spelled: spelling, value: value)
        } else if value == nil, let option = denied(name) {
            record(option, spelled: spelling, ["False"])
        } else {
            problems.append(.unknownOption(spelling, nearest: nearest(to: name)))
        }
    }

    /// `-j 4`, `-j4`, `-j=4`, and flags in one word, `-fq`.
    private mutating func readShort(_ argument: String) {
        var word = argument.dropFirst()
        if let option = byName[canonical(String(word.prefix { $0 != "=" }))], word.count > 1 {
            // The published tools take a long name after one dash too.
            let value = word.firstIndex(of: "=").map { String(word[word.index(after: $0)...]) }
            take(option, spelled: "-\(word.prefix { $0 != "=" })", value: value)
            return
        }
        while let letter = word.popFirst() {
            guard let option = byLetter[letter] else {
                problems.append(.unknownOption("-\(letter)", nearest: []))
                return
            }
            if case .truth = option.arity, !word.isEmpty, word.first != "=" {
                record(option, spelled: "-\(letter)", ["True"])
                continue
            }
            if word.first == "=" { word.removeFirst() }
            take(option, spelled: "-\(letter)", value: word.isEmpty ? nil : String(word))
            return
        }
    }

    /// The truth that `noname` or `no-name` denies.
    private func denied(_ name: String) -> OptionDeclaration? {
        guard name.hasPrefix("no") else { return nil }
        let plain = name.dropFirst(2)
        let option = byName[String(plain)] ?? byName[String(plain.drop { $0 == "-" })]
        guard case .truth = option?.arity else { return nil }
        return option
    }

    /// Takes an option whose value, if not joined to it, is what follows.
    private mutating func take(
        _ option: OptionDeclaration,
        spelled spelling: String,
        value: String?
    ) {
        if let value {
            record(option, spelled: spelling, [repaired(value, of: option, spelled: spelling)])
            return
        }
        switch option.arity {
        case .truth:
            let words =
                option.takesEveryTruth
                ? ["true", "false", "yes", "no", "y", "n", "t", "f", "1", "0"] : ["true", "false"]
            let isNext = words.contains(rest.first?.lowercased() ?? "")
            record(option, spelled: spelling, [isNext ? rest.removeFirst() : "True"])
        case .one:
            guard let next = rest.first, !isOption(next) else {
                let placeholder = option.placeholder
                problems.append(.missingValue(option: spelling, placeholder: placeholder))
                return
            }
            record(option, spelled: spelling, [rest.removeFirst()])
        case .many:
            let values = rest.prefix { !isOption($0) }
            guard !values.isEmpty else {
                let placeholder = option.placeholder
                problems.append(.missingValue(option: spelling, placeholder: placeholder))
                return
            }
            rest = rest.dropFirst(values.count)
            record(option, spelled: spelling, Array(values))
        }
    }

    /// The value of `--name==value`, a slip in a published command, without its second `=`.
    private mutating func repaired(
        _ value: String,
        of option: OptionDeclaration,
        spelled spelling: String
    ) -> String {
        guard value.hasPrefix("="), !option.takesAnyText else { return value }
        let meant = String(value.dropFirst())
        guard (try? option.read([meant])) != nil else { return value }
        warnings.append("\(spelling)=\(value): taken as \(spelling)=\(meant)")
        return meant
    }

    private mutating func record(
        _ option: OptionDeclaration,
        spelled spelling: String,
        _ values: [String]
    ) {
        if texts[option.name] == nil { order.append(option) }
        texts[option.name, default: []] += values
        spellings[option.name] = spelling
    }

    /// Whether an argument names options; `-` alone and negative numbers do not.
    private func isOption(_ argument: String) -> Bool {
        guard argument.hasPrefix("-"), argument.count > 1 else { return false }
        if argument.hasPrefix("--") { return true }
        return Double(argument) == nil
    }

    private func nearest(to name: String) -> [String] {
        nearestNames(to: name, among: table.options.filter { $0.role == .option }.map(\.name))
            .map { "--\($0)" }
    }

    /// The values, once everything has been read.
    mutating func result() throws(UsageError) -> ParsedOptions {
        // Who asks how the tool is used is answered, whatever else is wrong.
        let asked = order.filter { GeneralOptions.names.contains($0.name) }
        if asked.isEmpty {
            placeOperands()
        } else {
            order = asked
            problems = []
        }
        var values: [String: any Sendable] = [:]
        var unused: [(spelling: String, reason: String?)] = []
        for option in order {
            do {
                values[option.name] = try option.read(texts[option.name] ?? [])
            } catch {
                problems.append(spelledAsTyped(error, option))
            }
            let given = texts[option.name] ?? []
            if case .option = option.role, case .one = option.arity, Set(given).count > 1 {
                warnings.append(
                    "\(spellings[option.name] ?? option.spelling) is given \(given.count) times; the "
                        + "last counts: \(given[given.count - 1])"
                )
            }
            if case .unused(let reason) = option.role {
                unused.append((spellings[option.name] ?? option.spelling, reason))
            }
        }
        guard problems.isEmpty else { throw UsageError(problems) }
        return ParsedOptions(
            values: values,
            spellings: spellings,
            unused: unused,
            warnings: warnings
        )
    }

    /// Gives each argument without a name to its operand.
    private mutating func placeOperands() {
        // What follows an unknown option is most likely its value.
        let hasUnknown = problems.contains { if case .unknownOption = $0 { true } else { false } }
        var rest = operands[...]
        for operand in table.operands {
            let taken = operand.arity == .many ? rest : rest.prefix(1)
            rest = rest.dropFirst(taken.count)
            if !taken.isEmpty {
                record(operand, spelled: operand.placeholder, Array(taken))
            } else if operand.isRequired, !hasUnknown {
                problems.append(.missingArgument(operand.placeholder))
            }
        }
        if !hasUnknown { problems += rest.map { .unexpectedArgument($0) } }
    }

    /// A problem under the name that the user typed.
    private func spelledAsTyped(_ problem: OptionProblem, _ option: OptionDeclaration)
        -> OptionProblem
    {
        let spelling = spellings[option.name] ?? option.spelling
        switch problem {
        case .wrongValue(_, let value, let expected):
            return .wrongValue(option: spelling, value: value, expected: expected)
        case .missingValue(_, let placeholder):
            return .missingValue(option: spelling, placeholder: placeholder)
        default:
            return problem
        }
    }
}

/// A name with dashes where it was typed with underscores.
private func canonical(_ name: String) -> String {
    String(name.map { $0 == "_" ? "-" : $0 })
}
