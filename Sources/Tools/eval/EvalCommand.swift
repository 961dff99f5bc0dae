import Base
import Convert
import Data
import Engine
import Networks
import ToolSupport

/// Measures a checkpoint on labelled pictures.
@main
struct EvalCommand {
    static func main() {
        CommandLineTool.main(EvalOptions.table) { options in
            Interruption.install()
            let options = try BatchLimit.expand(options, Array(CommandLine.arguments.dropFirst()))
            let diagnostics = Diagnostics(tool: EvalOptions.table.tool)
            if !options[EvalOptions.merge].isEmpty {
                try Ranks.refuse("--merge puts parts together")
                return try MergeRun(options, diagnostics).run()
            }
            try RobustnessRun.check(options, diagnostics)
            try PartialRun.check(options)
            if options[EvalOptions.guess] {
                try Ranks.refuse("--guess tries candidates")
                return try GuessRun(options, diagnostics).run()
            }
            if options.isGiven(EvalOptions.tensor) {
                try Ranks.refuse("--tensor is computed")
            }
            switch options[EvalOptions.robustness] {
            case nil:
                if let series = try SeriesRun(options, diagnostics) { return try series.run() }
                let graph = try ImportedEvaluation(options, diagnostics)
                return try graph?.run() ?? EvaluationRun(options, diagnostics).run()
            case .ce: return try RobustnessRun(options, diagnostics).run()
            case .fr: return try StabilityRun(options, diagnostics).run()
            }
        }
    }
}

/// One evaluation: everything that the command line decides, and the pictures counted.
struct EvaluationRun {
    private let options: ParsedOptions
    private let diagnostics: Diagnostics
    private let network: Network
    private let input: EvaluationInput
    private let dataSet: DataSet?

    /// An evaluation of the checkpoint that the options name, or of another.
    init(
        _ options: ParsedOptions,
        _ diagnostics: Diagnostics,
        checkpoint: String? = nil
    ) throws {
        self.options = options
        self.diagnostics = diagnostics
        (network, dataSet) = try EvaluatedNetwork.open(
            options,
            diagnostics,
            checkpoint: checkpoint
        )
        input = try EvaluationInput(options, network)
    }

    /// Measures, and prints and writes what the options ask for.
    func run() throws -> ExitCode {
        let (code, figures) = try measure()
        try figures?.deliver(options, printsTable: input.hasLabels)
        return code
    }

    /// Measures: how that ended, and the figures at the first rank.
    func measure() throws -> (code: ExitCode, figures: EvaluationFigures?) {
        if case .imported = network.model,
            options[RetrievalOptions.zeroShot] || options[EvalOptions.embeddings] != nil
        {
            throw ToolError(
                .usage,
                "a graph does not tell which of its tensors is for retrieval; --output-tensor takes "
                    + "any for the logits"
            )
        }
        let batch = min(options[EvalOptions.batchSize], input.count ?? .max)
        var waiting = Progress(
            total: nil,
            unit: "pictures",
            isEnabled: options[RunOptions.progress]
        )
        waiting.begin("reading the network")
        let executor = try network.executor(
            imageSize: input.imageSize,
            batch: max(batch, 1),
            options[EvalOptions.weights],
            observing: observedStages,
            options
        )
        waiting.clear()
        try network.describe(diagnostics, usesPictures: input.preprocessing != nil)
        if executor.math != options[EngineOptions.math] {
            diagnostics.note(
                "this processor gains nothing from bfloat16, so --math mixed computes as "
                    + "\(executor.math.rawValue)"
            )
        }
        diagnostics.note("input: \(input.summary)")
        diagnostics.tell(input.remarks)
        guard input.hasLabels || !options[RetrievalOptions.zeroShot] else {
            throw ToolError(.usage, "--zeroshot-eval needs labels: give --data-dir")
        }
        let partial = try PartialRun(
            options,
            settings: try EvaluationFacts.settings(options, network, input),
            remarks: EvaluationFacts.remarks(options, network, executor, input.source.description),
            scores: EvaluationReport.scores(options),
            diagnostics
        )
        let before = partial.partial
        var report = try EvaluationReport(
            options,
            input,
            executor,
            network,
            counted: before.scores
        )
        let found = try evaluate(executor, partial, into: &report)
        try report.drain()
        for sentence in network.keepPrepared() { diagnostics.warning(sentence) }
        let isInterrupted = Ranks.isAny(Ranks.isInterrupted)
        let skipped = Ranks.gather(found)
        try partial.gather(options)
        guard Ranks.isFirst else { return (isInterrupted ? .interrupted : .done, nil) }
        if Ranks.current.count > 1 { report.take(partial.partial.scores) }
        try EngineReport(executor).deliver(options)
        diagnostics.tellEnd(
            isInterrupted: isInterrupted,
            skipped: skipped,
            unusable: report.unusableCount,
            of: report.count
        )
        warnOfCount(report.count, isInterrupted: isInterrupted)
        guard report.count > 0 else {
            if isInterrupted { return (.interrupted, nil) }
            throw ToolError(
                .file,
                skipped.isEmpty
                    ? "there are no pictures: \(input.summary)"
                    : "no picture could be used: all \(skipped.count) were left out"
            )
        }
        partial.tellPart(diagnostics)
        let figures = try report.finish(partial.partial, after: before.seconds, options)
        return (isInterrupted ? .interrupted : .done, figures)
    }

    private var observedStages: Set<Stage>? {
        if options[EvalOptions.stages] != nil { return nil }
        let usesEmbeddings =
            options[RetrievalOptions.zeroShot] || options[EvalOptions.embeddings] != nil
        return usesEmbeddings ? [.embedding] : []
    }

    private func evaluate(
        _ executor: Executor,
        _ partial: PartialRun,
        into report: inout EvaluationReport
    ) throws -> [CorruptPicture] {
        let classes = network.classes
        if let tensor = input.tensor {
            try TensorRun(executor, classes: classes).run(tensor, limit: options[EvalOptions.limit])
            {
                try !report.add($0, executor, isStopped: Interruption.isRequested)
            }
            return []
        }
        guard let preprocessing = input.preprocessing else { return [] }
        let evaluator = Evaluator(executor, classes: classes, preprocessing: preprocessing)
        let limit = options[EvalOptions.limit]
        // The statistics of stages are those of the first pictures.
        let unit = options[EvalOptions.stages] == nil ? 1 : executor.batch
        var source = partial.share(
            of: input.source,
            unit: unit,
            limit: partial.isDivided ? limit : nil
        )
        var mark = Evaluator.Mark(position: source.reached)
        var progress = EvaluationProgress(
            options,
            input,
            share: partial.isDivided ? source : nil,
            before: report.count,
            usual: dataSet?.validationCount
        )
        do {
            var isStopped = partial.partial.isComplete
            if !isStopped {
                try unsafe evaluator.run(
                    &source,
                    limit: partial.isDivided ? nil : limit,
                    tolerance: partial.tolerance(options[EvalOptions.skipCorrupt]),
                    inspectInput: { unsafe report.addPixels($0) }
                ) { batch in
                    isStopped = try report.add(
                        batch,
                        executor,
                        isStopped: Ranks.isInterrupted
                    )
                    progress.update(report.count)
                    mark = batch.mark
                    try partial.take(report.counted, at: mark)
                    return !isStopped
                }
                if !isStopped { mark = evaluator.mark(source) }
                try partial.finish(report.counted, at: mark, isComplete: !isStopped)
            }
        } catch let error as CorruptPicture {
            throw ToolError(.file, error)
        }
        return evaluator.skipped
    }

    private func warnOfCount(_ count: Int, isInterrupted: Bool) {
        guard let dataSet, options[EvalOptions.limit] == nil, !isInterrupted,
            options[EvalOptions.part] == nil,
            count != dataSet.validationCount
        else { return }
        diagnostics.warning(
            "\(count) pictures were seen, but \(dataSet.name) has \(dataSet.validationCount) "
                + "for validation"
        )
    }
}
