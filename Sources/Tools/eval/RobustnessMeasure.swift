import Convert
import Data
import Engine
import Networks
import ToolSupport

/// A measure of robustness: what its run has in common with that of the other.
protocol RobustnessMeasure {
    var options: ParsedOptions { get }
    var diagnostics: Diagnostics { get }
    var network: Network { get }
    /// The side of the network's pictures.
    var imageSize: Int { get }
    /// How many pictures there are, where that is known.
    var count: Int? { get }
    /// What is measured on, in one line.
    var summary: String { get }
    /// What was left out of it, and what was taken for granted.
    var remarks: [DataRemark] { get }
    /// What decides the figures.
    func settings() throws -> [PartialEvaluation.Fact]
    /// The scores before anything is counted.
    var scores: PartialScores { get }
    /// What the pictures are called.
    var unit: String { get }
    /// A sentence for where nothing could be counted.
    var nothing: String { get }

    /// Counts what is still to be counted.
    func evaluate(_ executor: Executor, _ partial: PartialRun) throws -> [CorruptPicture]

    /// Prints and writes the figures.
    ///
    /// - Returns: the one that goes to an event file.
    func deliver(_ partial: PartialEvaluation) throws -> (tag: String, value: PartialMean?)
}

extension RobustnessMeasure {
    /// Measures, and delivers the figures.
    func run() throws -> ExitCode {
        let executor = try network.executor(
            imageSize: imageSize,
            batch: max(min(options[EvalOptions.batchSize], count ?? .max), 1),
            options[EvalOptions.weights],
            options
        )
        try network.describe(diagnostics, usesPictures: false)
        diagnostics.note("input: \(summary)")
        diagnostics.tell(remarks)
        let partial = try PartialRun(
            options,
            settings: settings(),
            remarks: EvaluationFacts.remarks(options, network, executor, summary),
            scores: scores,
            diagnostics
        )
        let found = try evaluate(executor, partial)
        for sentence in network.keepPrepared() { diagnostics.warning(sentence) }
        let isInterrupted = Ranks.isAny(Ranks.isInterrupted)
        let skipped = Ranks.gather(found)
        try partial.gather(options)
        guard Ranks.isFirst else { return isInterrupted ? .interrupted : .done }
        try EngineReport(executor).deliver(options)
        let counted = partial.partial.scores
        diagnostics.tellEnd(
            isInterrupted: isInterrupted,
            skipped: skipped,
            unusable: counted.unusable,
            of: counted.count,
            unit: unit
        )
        guard counted.count > 0 else {
            if isInterrupted { return .interrupted }
            throw ToolError(.file, nothing)
        }
        partial.tellPart(diagnostics)
        let figure = try deliver(partial.partial)
        if !isInterrupted, partial.partial.parts == 1 {
            RobustnessEvents(options, checkpoint: network.files.path).write(
                figure.tag,
                figure.value,
                diagnostics
            )
        }
        return isInterrupted ? .interrupted : .done
    }
}
