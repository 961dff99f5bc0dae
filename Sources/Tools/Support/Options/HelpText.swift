extension OptionTable {
    /// What `--help` prints: examples first, then the options by subject.
    ///
    /// Lines are at most 80 columns wide; `program` is the name of the program's file.
    public func helpText(program: String? = nil) -> String {
        let program = typed(program ?? tool)
        var lines = wrapped("\(program): \(summary)", width: 80)
        if !examples.isEmpty {
            lines += ["", "Examples:"]
            for example in examples {
                lines += wrapped(example.purpose, width: 76).map { "  # \($0)" }
                lines += command(example.command, as: program).map { "  \($0)" }
            }
        }
        lines += ["", "Usage: \(usage(program))"]
        if !operands.isEmpty {
            lines += ["", "Arguments:"]
            for operand in operands { lines += entry(operand.placeholder, operand.help) }
        }
        for group in groups {
            let shown = group.options.filter { $0.role == .option }
            if !shown.isEmpty {
                lines += ["", "\(group.title):"]
                for option in shown { lines += entry(option.signature, option.explanation) }
            }
        }
        let unused = options.filter { $0.role != .option }
        if !unused.isEmpty {
            lines += ["", "Taken from published commands, and \(unusedNote):"]
            let plain = unused.filter { $0.role == .unused(because: nil) }.map { "--\($0.name)" }
            lines += wrapped(plain.joined(separator: ", "), width: 76).map { "  \($0)" }
            for option in unused where option.role != .unused(because: nil) {
                lines += entry("--\(option.name)", option.help)
            }
        }
        lines += ["", "Names may be typed with underscores: --data_dir is --data-dir."]
        return lines.joined(separator: "\n") + "\n"
    }

    /// What people type for a program: `reassemble eval` for `reassemble-eval`.
    func typed(_ program: String) -> String {
        program == "reassemble-\(tool)" ? "reassemble \(tool)" : program
    }

    /// `eval [options] [FILE…]`.
    func usage(_ program: String) -> String {
        let shown = operands.map { operand in
            let word = operand.placeholder + (operand.arity == .many ? "…" : "")
            return operand.isRequired ? word : "[\(word)]"
        }
        return ([program, "[options]"] + shown).joined(separator: " ")
    }

    /// The lines of an example's command, under the name that the tool was called by.
    func command(_ command: String, as program: String) -> [String] {
        let named =
            command.hasPrefix("\(tool) ") ? program + command.dropFirst(tool.count) : command
        let lines = named.split(separator: "\n").map { String($0) }
        return lines.enumerated().map { index, line in
            (index == 0 ? "" : "    ") + line + (index == lines.count - 1 ? "" : " \\")
        }
    }
}

extension OptionDeclaration {
    /// `-j, --threads N`, as `--help` and the manual show it.
    var signature: String {
        let start = letter.map { "-\($0), " } ?? ""
        switch arity {
        case .truth: return start + spelling
        case .one, .many: return start + "--\(name) \(placeholder)"
        }
    }

    /// The help, with the choices and the value without the option.
    var explanation: String {
        var notes: [String] = []
        if case .words = completion, arity == .one { notes.append(expectation) }
        if let defaultText, !defaultText.isEmpty { notes.append("default: \(defaultText)") }
        if notes.isEmpty { return help }
        let sentence = help.hasSuffix(".") ? help.dropLast() : help[...]
        return "\(sentence) (\(notes.joined(separator: "; ")))."
    }
}

private let helpColumn = 30

/// A signature, with its help in a column beside it or, where it is long, below it.
private func entry(_ signature: String, _ help: String) -> [String] {
    let start = "  \(signature)"
    let indent = String(repeating: " ", count: helpColumn)
    var lines = wrapped(help, width: 80 - helpColumn).map { indent + $0 }
    if start.count + 2 <= helpColumn, let first = lines.first {
        let gap = String(repeating: " ", count: helpColumn - start.count)
        lines[0] = start + gap + first.dropFirst(helpColumn)
        return lines
    }
    return [start] + lines
}

/// Text in lines of at most `width` columns, broken at blanks; a longer word has its own line.
func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
        if !line.isEmpty, line.count + 1 + word.count > width {
            lines.append(line)
            line = ""
        }
        line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty { lines.append(line) }
    return lines
}
