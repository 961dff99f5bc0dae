import Convert
import ToolSupport

/// Parts of one evaluation, each left by a run of its own, as one.
struct MergeRun {
    private let options: ParsedOptions
    private let diagnostics: Diagnostics

    init(_ options: ParsedOptions, _ diagnostics: Diagnostics) {
        self.options = options
        self.diagnostics = diagnostics
    }

    func run() throws -> ExitCode {
        let others: [any DeclaredOption] = [
            EvalOptions.part, EvalOptions.partial, EvalOptions.resume, EvalOptions.dataDirectory,
            EvalOptions.checkpoint, EvalOptions.modelDirectory, EvalOptions.images,
            EvalOptions.tensor, EvalOptions.corruptFrom, EvalOptions.cleanDirectory,
            EvalOptions.predictions, EvalOptions.logits, EvalOptions.embeddings, EvalOptions.pixels,
            EvalOptions.stages,
        ]
        if let other = others.first(where: { options.isGiven($0) }) {
            throw ToolError(
                .usage,
                "--merge reads nothing but its files, so it takes no \(options.spelling(of: other))"
            )
        }
        try Results.check(options)
        let parts = try options[EvalOptions.merge].map { path in
            (path, try ToolError.about(nil) { try PartialFile.read(path) })
        }
        let whole = try ToolError.about(nil, exitCode: .mismatch) {
            try PartialEvaluation.merged(parts)
        }
        let most = whole.value(of: "skip_corrupt").flatMap { Int($0) } ?? 0
        guard whole.skipped <= most else {
            throw ToolError(
                .file,
                "\(whole.skipped) pictures were left out in all parts together, which is more than "
                    + "--skip-corrupt \(most)"
            )
        }
        guard whole.scores.count > 0 else {
            throw ToolError(.file, "there are no pictures in these parts")
        }
        if whole.scores.unusable > 0 {
            diagnostics.warning(
                "the logits of \(whole.scores.unusable) of \(whole.scores.count) pictures are no "
                    + "finite numbers, so the figures are those of no network"
            )
        }
        diagnostics.note(
            "\(parts.count) parts of one evaluation, \(whole.value(of: "data") ?? "")"
        )
        if whole.scores.corruption != nil {
            try RobustnessFigures(whole).deliver(options, diagnostics)
        } else if whole.scores.stability != nil {
            try StabilityFigures(whole).deliver(options, diagnostics)
        } else {
            let averaging = options[EvalOptions.metrics]
            guard averaging == nil || whole.scores.confusion != nil else {
                throw ToolError(
                    .mismatch,
                    "these parts were counted without --metrics, so nothing tells precision or recall"
                )
            }
            try EvaluationFigures(whole, seconds: whole.seconds, averaging: averaging)
                .deliver(options)
        }
        return .done
    }
}
