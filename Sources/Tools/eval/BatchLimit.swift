import ToolSupport

/// The published `--max_train_steps`, which limits an evaluation to so many batches.
enum BatchLimit {
    /// The command line with the limit that it means, if it names one.
    ///
    /// The published retrieval always looks at all pictures, and the published robustness knows no such flag.
    static func expand(
        _ options: ParsedOptions,
        _ arguments: [String]
    ) throws -> ParsedOptions {
        guard let steps = options[EvalOptions.maxSteps], !options.isGiven(EvalOptions.limit),
            !options[RetrievalOptions.zeroShot], options[EvalOptions.robustness] == nil
        else { return options }
        let count = steps * options[EvalOptions.batchSize]
        return try EvalOptions.table.parse(arguments + ["--limit=\(count)"])
    }
}
