import Suite

/// What `reassemble --help` prints.
var helpText: String {
    let width = SuiteTool.allCases.map(\.rawValue.count).max() ?? 0
    let tools = SuiteTool.allCases.map { tool in
        "  \(padded(tool.rawValue, to: width))  \(tool.summary)\n"
    }
    return """
        reassemble: TensorFlow 1 image networks, read, measured, trained and handed on without TensorFlow

        Usage: reassemble TOOL [options] …

        \(tools.joined())
          reassemble TOOL --help    what a tool does, with examples
          reassemble --version      the version

        """
}

/// The manual page of the one command, section 1, as roff.
var manualPage: String {
    let tools = SuiteTool.allCases.map { tool in
        """
        .TP
        \\fBreassemble\\-\(tool.rawValue.replacing("-", with: "\\-"))\\fR(1)
        \(tool.summary.replacing("-", with: "\\-"))

        """
    }
    return """
        .TH REASSEMBLE 1 "" "Reassemble \(Reassemble.version)"
        .SH NAME
        reassemble \\- TensorFlow 1 image networks without TensorFlow
        .SH SYNOPSIS
        reassemble TOOL [options] ...
        .br
        reassemble TOOL \\-\\-help
        .SH TOOLS
        Each is a program of its own as well, and has a manual page.
        \(tools.joined()).SH EXIT STATUS
        That of the tool; 2 where there is no such tool, 3 where its program is missing.

        """
}

private func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}
