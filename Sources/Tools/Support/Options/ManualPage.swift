internal import Suite

extension OptionTable {
    /// The manual page of the tool, section 1, as roff.
    public func manualPage(program: String? = nil) -> String {
        let program = program ?? tool
        var lines = [
            ".TH \(program.uppercased()) 1 \"\" \"Reassemble \(Reassemble.version)\"",
            ".SH NAME",
            roff("\(program) - \(summary)"),
            ".SH SYNOPSIS",
            roff(usage(typed(program))),
        ]
        if !examples.isEmpty {
            lines.append(".SH EXAMPLES")
            for example in examples {
                lines += [".PP", roff(example.purpose), ".PP", ".nf", ".RS 4"]
                lines += command(example.command, as: typed(program)).map(roff)
                lines += [".RE", ".fi"]
            }
        }
        if !operands.isEmpty {
            lines.append(".SH ARGUMENTS")
            for operand in operands {
                lines += [".TP", "\\fI\(roff(operand.placeholder))\\fR", roff(operand.help)]
            }
        }
        for group in groups {
            let shown = group.options.filter { $0.role == .option }
            if shown.isEmpty { continue }
            lines.append(".SH \(roff(group.title.uppercased()))")
            for option in shown {
                lines += [".TP", "\\fB\(roff(option.signature))\\fR", roff(option.explanation)]
            }
        }
        lines += [".SH EXIT STATUS"]
        for code in ExitCode.allCases {
            lines += [".TP", "\\fB\(code.rawValue)\\fR", roff(code.meaning)]
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// Text whose backslashes, dashes and leading dots mean themselves.
private func roff(_ text: String) -> String {
    var result = ""
    for character in text {
        switch character {
        case "\\": result += "\\e"
        case "-": result += "\\-"
        case "…": result += "..."
        default: result.append(character)
        }
    }
    return result.hasPrefix(".") || result.hasPrefix("'") ? "\\&" + result : result
}
