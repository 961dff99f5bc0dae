import Glibc
import Suite

/// The one command: `reassemble eval …` runs the tool `eval`, whose program lies beside this one.
///
/// Exit codes are the tool's; 2 where there is no such tool, 3 where its program is missing.
@main
enum ReassembleCommand {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard let first = arguments.first else {
            write(helpText, to: STDERR_FILENO)
            exit(2)
        }
        switch first {
        case "help", "--help", "-h":
            guard let name = arguments.dropFirst().first else { answer(helpText) }
            ToolProgram(tool(named: name)).run(["--help"])
        case "--version": answer("reassemble (Reassemble) \(Reassemble.version)\n")
        case "--generate-manual": answer(manualPage)
        case "--generate-completion-script":
            let shell = arguments.dropFirst().first ?? ""
            guard let script = CompletionScript(shell: shell) else {
                fail("there are completions for bash, zsh and fish, not for '\(shell)'", code: 2)
            }
            answer(script.text)
        default: ToolProgram(tool(named: first)).runWithRest()
        }
    }

    /// The tool of a name; ends the process where there is none.
    private static func tool(named name: String) -> SuiteTool {
        if let tool = SuiteTool(rawValue: name) { return tool }
        if unsafe access(name, F_OK) == 0 {
            fail("'\(name)' is no tool; to see what it is: reassemble inspect \(name)", code: 2)
        }
        let near = nearestNames(to: name, among: SuiteTool.allCases.map(\.rawValue))
        let hint =
            near.isEmpty
            ? "see 'reassemble --help'" : "did you mean \(near.joined(separator: " or "))?"
        fail("there is no tool '\(name)'; \(hint)", code: 2)
    }
}

/// Writes to standard output, and ends the process.
func answer(_ text: String) -> Never {
    exit(write(text, to: STDOUT_FILENO) ? 0 : 3)
}

/// Says what is wrong, and ends the process.
func fail(_ message: String, code: Int32) -> Never {
    // What was typed may hold anything; a terminal gets no control characters from here.
    let shown = message.unicodeScalars.map { scalar in
        scalar.properties.generalCategory == .control ? "?" : String(scalar)
    }
    write("reassemble: \(shown.joined())\n", to: STDERR_FILENO)
    exit(code)
}

/// Writes all of a text; says whether that went well.
@discardableResult
func write(_ text: String, to descriptor: Int32) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let written = unsafe rest.withUnsafeBytes { bytes in
            unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        }
        if written < 0 {
            if errno == EINTR { continue }
            return false
        }
        rest = rest.dropFirst(written)
    }
    return true
}
