import Base
import Data
import Engine
import Networks
import ToolSupport

/// The network that the command line names, and the data set that it is measured on.
enum EvaluatedNetwork {
    /// Opens the network, after a look at what this tool does not do.
    ///
    /// - Parameters:
    ///   - options: What was asked for.
    ///   - diagnostics: Where notes go.
    ///   - checkpoint: The checkpoint; nil for the one that the options name.
    /// - Returns: the network, and the data set if a known one is named.
    /// - Throws: `ToolError`, `UsageError`.
    static func open(
        _ options: ParsedOptions,
        _ diagnostics: Diagnostics,
        checkpoint: String? = nil
    ) throws -> (Network, DataSet?) {
        guard options[EvalOptions.evalOnly] != false else {
            throw UsageError([
                .wrongValue(
                    option: options.spelling(of: EvalOptions.evalOnly),
                    value: "False",
                    expected: "True: this tool evaluates only"
                )
            ])
        }
        guard options[EvalOptions.exportOnly] != true else {
            throw ToolError(
                .usage,
                "\(options.spelling(of: EvalOptions.exportOnly)): this tool evaluates and exports nothing; "
                    + "finetune --export-only does as published, and convert --to saved-model"
            )
        }
        guard let path = checkpoint ?? EvalOptions.checkpoint(options)
        else { throw ToolError(.usage, "no checkpoint: give --checkpoint or --model-dir") }
        let dataSet = try options[EvalOptions.datasetName].map { name in
            guard let known = DataSet.named(name) else {
                let names = DataSet.all.map(\.name).joined(separator: ", ")
                throw ToolError(
                    .usage,
                    "the data set '\(name)' is not known (\(names)); leave out --dataset-name, "
                        + "its pictures are counted as they come"
                )
            }
            return known
        }
        ThreadCount.set(options[RunOptions.threads])
        var request = try NetworkRequest(options, classes: dataSet?.classes)
        request.graph.weights = options[EvalOptions.weights]
        let network = try Network.open(path, request, diagnostics)
        return (network, dataSet)
    }
}
