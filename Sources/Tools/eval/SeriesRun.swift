import Checkpoint
import Convert
import Data
import Engine
import ToolSupport

/// Several checkpoints, measured on the same pictures one after the other, and ranked.
struct SeriesRun {
    private let options: ParsedOptions
    private let diagnostics: Diagnostics
    private let paths: [String]

    /// The checkpoints that the command line names; nil where it names one.
    ///
    /// - Throws: `ToolError` where a pattern matches nothing, or an option is for one checkpoint.
    init?(_ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        var paths: [String] = []
        for path in options[EvalOptions.checkpoints] { paths += try CheckpointPattern.paths(path) }
        if options[EvalOptions.everyCheckpoint] {
            let folders =
                paths.isEmpty ? options[EvalOptions.modelDirectory].map { [$0] } ?? [] : paths
            guard !folders.isEmpty else {
                throw ToolError(.usage, "--every-checkpoint: of which folder? Give --model-dir")
            }
            paths = try folders.flatMap { try CheckpointPattern.paths("\($0)/*.index") }
        }
        let named = options[EvalOptions.checkpoints]
        // A pattern that one checkpoint matches is a series of one.
        let isNamed =
            paths.count < 2 && zip(paths, named).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
        guard options[EvalOptions.everyCheckpoint] || !isNamed else { return nil }
        self.options = options
        self.diagnostics = diagnostics
        self.paths = paths
        guard paths.count > 1 else { return }
        let others: [any DeclaredOption] = [
            EvalOptions.predictions, EvalOptions.logits, EvalOptions.embeddings, EvalOptions.pixels,
            EvalOptions.stages, EvalOptions.page, EvalOptions.eventDirectory, EvalOptions.partial,
            EvalOptions.part, EvalOptions.images, EvalOptions.tensor,
        ]
        if let other = others.first(where: { options.isGiven($0) }) {
            throw ToolError(
                .usage,
                "\(options.spelling(of: other)) is for one checkpoint, and these are \(paths.count)"
            )
        }
    }

    func run() throws -> ExitCode {
        var measured: [(path: String, figures: EvaluationFigures)] = []
        var failure: ExitCode?
        for path in paths {
            do {
                let run = try EvaluationRun(options, diagnostics, checkpoint: path)
                let (code, figures) = try run.measure()
                if let figures {
                    measured.append((path, figures))
                    try figures.appendToTable(options)
                }
                if code != .done {
                    failure = code
                    break
                }
            } catch let error as ToolError {
                guard error.exitCode != .usage, Ranks.current.count == 1 else { throw error }
                // The figures of the others are worth having.
                diagnostics.error(error)
                failure = error.exitCode
            }
        }
        if Ranks.isFirst { try deliver(measured) }
        return failure ?? .done
    }

    private func deliver(_ measured: [(path: String, figures: EvaluationFigures)]) throws {
        guard let names = measured.first?.figures.scores.map(\.name).reversed() else { return }
        // Stable, and what is no number comes last.
        let ranked = measured.enumerated().sorted { one, two in
            let left = one.element.figures.scores.last?.value ?? .nan
            let right = two.element.figures.scores.last?.value ?? .nan
            if left == right || left.isNaN && right.isNaN { return one.offset < two.offset }
            return right.isNaN || left > right
        }.map(\.element)
        if let path = options[EvalOptions.resultsFile] {
            let kind = try Results.FileKind(
                path: path,
                option: options.spelling(of: EvalOptions.resultsFile)
            )
            var file = try ResultFile(path, replacing: options[RunOptions.force])
            try file.write(
                kind == .json
                    ? json(ranked).indentedText : Results.csv(of: ranked.map(\.figures.results))
            )
            try file.finish()
        }
        guard !options[RunOptions.json] else {
            return try StandardOutput.write(json(ranked).indentedText)
        }
        var table = Table(
            [.left] + names.map { _ in .right },
            titles: ["checkpoint"] + names
        )
        for (path, figures) in ranked {
            table.append([path] + figures.scores.reversed().map { fixed($0.value, digits: 6) })
        }
        try StandardOutput.write(table.text)
    }

    private func json(_ ranked: [(path: String, figures: EvaluationFigures)]) -> JSONValue {
        Results.json(
            of: ranked.map(\.figures.results),
            schema: "reassemble.eval-series",
            version: 1,
            as: "checkpoints"
        )
    }
}
