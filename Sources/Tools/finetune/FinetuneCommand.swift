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
            var training = try TrainingRun(options, diagnostics)
            return try training.run()
        }
    }
}
