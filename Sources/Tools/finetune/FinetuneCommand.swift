import Base
import ToolSupport

/// Trains a network, from scratch, from another checkpoint, or from where it was stopped.
@main
struct FinetuneCommand {
    static func main() {
        CommandLineTool.main(FinetuneOptions.table) { options in
            Interruption.install()
            let options = try Recipe.expand(options, Array(CommandLine.arguments.dropFirst()))
            let diagnostics = Diagnostics(tool: FinetuneOptions.table.tool)
            ThreadCount.set(options[RunOptions.threads])
            if options[FinetuneOptions.exportOnly] == true {
                try Ranks.refuse("--export-only exports")
                return try Export(options, diagnostics).run()
            }
            var training = try TrainingRun(options, diagnostics)
            let code = try training.run()
            guard code == .done, options[FinetuneOptions.exportDirectory] != nil, Ranks.isFirst
            else {
                return code
            }
            return try Export(options, diagnostics).run()
        }
    }
}
