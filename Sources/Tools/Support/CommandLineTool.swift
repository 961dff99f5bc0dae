internal import Checkpoint
import Glibc
internal import Suite

/// What all tools do alike: read the command line, answer `--help`, say what went wrong, end.
public enum CommandLineTool {
    /// Runs a tool on the arguments of this process, and ends the process.
    ///
    /// `body` does the work; it is not called for `--help` and the like, nor where the command line is
    /// wrong.
    public static func main(
        _ table: OptionTable,
        _ body: (ParsedOptions) throws -> ExitCode
    ) -> Never {
        Interruption.endAtOnce()
        let program = CommandLine.arguments.first.map(fileName) ?? table.tool
        if let argument = unusableArgument {
            Diagnostics(tool: table.tool).error(
                ToolError(
                    .file,
                    "'\(argument)' is not UTF-8 and cannot be used; rename what it names"
                )
            )
            exit(ExitCode.file.rawValue)
        }
        let code = run(
            table,
            program: program,
            arguments: Array(CommandLine.arguments.dropFirst()),
            body
        )
        do {
            try StandardOutput.flush()
        } catch {
            Diagnostics(tool: table.tool).error(error)
            exit(ExitCode.file.rawValue)
        }
        exit(Ranks.end(code))
    }

    /// Runs a tool on arguments, and says how it ended.
    static func run(
        _ table: OptionTable,
        program: String,
        arguments: [String],
        _ body: (ParsedOptions) throws -> ExitCode
    ) -> ExitCode {
        let diagnostics = Diagnostics(tool: table.tool)
        do {
            return try work(table, program: program, arguments: arguments, body)
        } catch let error as ToolError where error.exitCode == .interrupted {
            // All ranks stop together.
            diagnostics.error(error)
            return error.exitCode
        } catch {
            let code = tell(error, table, program: program, Ranks.speakOfError(), diagnostics)
            Ranks.abort(code)
            return code
        }
    }

    private static func work(
        _ table: OptionTable,
        program: String,
        arguments: [String],
        _ body: (ParsedOptions) throws -> ExitCode
    ) throws -> ExitCode {
        let diagnostics = Diagnostics(tool: table.tool)
        let options: ParsedOptions
        do {
            options = try table.parse(arguments)
        } catch {
            guard Ranks.staysSilent(table, arguments) else { throw error }
            Ranks.letFirstSpeak()
            return .usage
        }
        if let answer = answer(table, program: program, options) {
            if !Ranks.staysSilent(table, arguments) { try StandardOutput.write(answer) }
            return .done
        }
        try Ranks.begin(options, table)
        for warning in options.warnings { diagnostics.warning(warning) }
        if let note = table.note(on: options.unused) { diagnostics.note(note) }
        return try body(options)
    }

    /// Says what has gone wrong, and gives the exit code for it.
    private static func tell(
        _ error: any Error,
        _ table: OptionTable,
        program: String,
        _ speaker: String,
        _ diagnostics: Diagnostics
    ) -> ExitCode {
        diagnostics.error(error, by: speaker)
        guard let error = error as? UsageError else {
            return (error as? ToolError)?.exitCode ?? .file
        }
        let isSurplus = error.problems.contains {
            if case .unexpectedArgument = $0 { true } else { false }
        }
        if isSurplus, let hint = table.surplusHint { diagnostics.line(hint) }
        diagnostics.line("see '\(table.typed(program)) --help'")
        return .usage
    }

    /// The text that `--help`, `--version` and their like ask for.
    private static func answer(
        _ table: OptionTable,
        program: String,
        _ options: ParsedOptions
    ) -> String? {
        if options[GeneralOptions.help] { return table.helpText(program: program) }
        if options[GeneralOptions.version] {
            return "\(table.tool) (Reassemble) \(Reassemble.version)\n"
        }
        if let shell = options[GeneralOptions.completion] {
            return table.completionScript(for: shell, program: program)
        }
        return options[GeneralOptions.manual] ? table.manualPage(program: program) : nil
    }

    /// The first argument that is no UTF-8, which Swift would have repaired into another name.
    private static var unusableArgument: ByteName? {
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let start = unsafe CommandLine.unsafeArgv[index] else { return nil }
            let bytes = unsafe UnsafeRawBufferPointer(start: start, count: strlen(start))
            let argument = unsafe ByteName(bytes)
            if argument.text == nil { return argument }
        }
        return nil
    }

    /// The name of the program's file, also where `reassemble` has started it as `reassemble eval`.
    private static func fileName(_ path: String) -> String {
        let last = path.split(separator: "/").last.map { String($0) } ?? path
        return String(last.map { $0 == " " ? "-" : $0 })
    }
}

extension OptionTable {
    /// The one note that names the options without effect: `not used for evaluation: --num_gpus (…)`.
    func note(on unused: [(spelling: String, reason: String?)]) -> String? {
        if unused.isEmpty { return nil }
        let shown = unused.map { $0.spelling + ($0.reason.map { " (\($0))" } ?? "") }
        return "\(unusedNote): \(shown.joined(separator: ", "))"
    }
}
