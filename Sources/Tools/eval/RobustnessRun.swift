import Base
import Convert
import Data
import Engine
import Networks
import Pictures
import ToolSupport

/// How wrong a network is under the corruptions of ImageNet-C.
struct RobustnessRun: RobustnessMeasure {
    let options: ParsedOptions
    let diagnostics: Diagnostics
    let network: Network
    private let input: RobustnessInput

    init(_ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        self.options = options
        self.diagnostics = diagnostics
        let given = [EvalOptions.dataDirectory, EvalOptions.corruptFrom].filter {
            options.isGiven($0)
        }
        guard given.count == 1 else {
            throw ToolError(
                .usage,
                "give one of --data-dir, for corrupted pictures, and --corrupt-from, for clean ones"
            )
        }
        try Results.check(options)
        (network, _) = try EvaluatedNetwork.open(options, diagnostics)
        input = try RobustnessInput(options, network, diagnostics)
    }

    /// Checks that options of robustness and others do not stand beside each other without effect.
    ///
    /// - Throws: ``ToolError`` with ``ExitCode/usage``.
    static func check(_ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        let kind = options[EvalOptions.robustness]
        let own: [any DeclaredOption] =
            [
                EvalOptions.cleanDirectory, EvalOptions.corruptFrom, EvalOptions.resize,
                EvalOptions.frostDirectory, CorruptionOptions.only, CorruptionOptions.severities,
                CorruptionOptions.frost, CorruptionOptions.reseeds, CorruptionOptions.lossless,
                CorruptionOptions.jpeg,
            ]
        let perturbation: [any DeclaredOption] = [EvalOptions.difficulty]
        let others: [any DeclaredOption] = [
            EvalOptions.images, EvalOptions.tensor, RetrievalOptions.zeroShot,
            EvalOptions.predictions,
            EvalOptions.logits, EvalOptions.embeddings, EvalOptions.pixels, EvalOptions.stages,
            EvalOptions.distillationTemperature, EvalOptions.labelSmoothing,
            EvalOptions.classification, EvalOptions.metrics, EvalOptions.realLabels,
            EvalOptions.appendResults,
        ]
        func refuse(_ list: [any DeclaredOption], _ why: String) throws {
            guard let option = list.first(where: { options.isGiven($0) }) else { return }
            throw ToolError(.usage, "\(options.spelling(of: option)) \(why)")
        }
        switch kind {
        case nil:
            try refuse(own, "belongs to --robustness-type=ce")
            try refuse(perturbation, "belongs to --robustness-type=fr")
            // Commands of trainings have it.
            if options.isGiven(CorruptionOptions.seed) {
                diagnostics.note("not used for evaluation: --seed (nothing is drawn at random)")
            }
        case .ce:
            try refuse(perturbation, "belongs to --robustness-type=fr")
            try refuse(others, "means nothing for --robustness-type=ce")
            let making: [any DeclaredOption] = [
                EvalOptions.frostDirectory, CorruptionOptions.frost, CorruptionOptions.seed,
                CorruptionOptions.reseeds, CorruptionOptions.lossless,
            ]
            if !options.isGiven(EvalOptions.corruptFrom) {
                try refuse(making, "belongs to --corrupt-from")
            }
            if options.isGiven(EvalOptions.corruptFrom) {
                try refuse([EvalOptions.cleanDirectory], "is not needed beside --corrupt-from")
            } else if !options.isGiven(EvalOptions.cleanDirectory) {
                try refuse(
                    [EvalOptions.resize, CorruptionOptions.jpeg],
                    "belongs to --corrupt-from and --clean-dir"
                )
            }
        case .fr:
            try refuse(own, "belongs to --robustness-type=ce")
            try refuse(others, "means nothing for --robustness-type=fr")
        }
    }

    func settings() throws -> [PartialEvaluation.Fact] {
        let facts = try EvaluationFacts.settings(
            options,
            network,
            input.preprocessing,
            imageSize: input.preprocessing.imageSize,
            labelOffset: input.labelOffset
        )
        return facts + [
            .init("measure", "corruptions"),
            .init("data_sha256", input.fingerprint),
            .init(
                "corruptions",
                options[CorruptionOptions.only].map(\.rawValue).joined(separator: ",")
            ),
            .init(
                "severities",
                options[CorruptionOptions.severities].map { "\($0)" }.joined(separator: ",")
            ),
        ] + (input.settings?.facts ?? []).map { .init($0.name, $0.value) }
    }

    var imageSize: Int { input.preprocessing.imageSize }
    var count: Int? { input.count }
    var summary: String { input.summary }
    var remarks: [DataRemark] { input.remarks }
    var unit: String { "pictures" }
    var nothing: String { "there are no pictures: \(summary)" }

    var scores: PartialScores {
        var scores = PartialScores()
        scores.corruption = CorruptionError()
        if input.hasClean { scores.clean = Accuracy() }
        return scores
    }

    func deliver(_ partial: PartialEvaluation) throws -> (tag: String, value: PartialMean?) {
        let figures = RobustnessFigures(partial, wanted: input.wanted)
        try figures.deliver(options, diagnostics, sheet: input.sheet)
        return ("mCE", figures.published)
    }

    func evaluate(
        _ executor: Executor,
        _ partial: PartialRun
    ) throws -> [CorruptPicture] {
        guard !partial.partial.isComplete else { return [] }
        let evaluator = Evaluator(
            executor,
            classes: network.classes,
            preprocessing: input.preprocessing
        )
        var progress = Progress(
            total: input.count.map { $0 / partial.partial.parts },
            unit: "pictures",
            isEnabled: options[RunOptions.progress]
        )
        var source = partial.share(of: input.all, unit: input.unit)
        var mark = Evaluator.Mark(position: source.reached)
        var scores = partial.partial.scores
        do {
            try unsafe evaluator.run(
                &source,
                tolerance: partial.tolerance(options[EvalOptions.skipCorrupt], unit: input.unit)
            ) { batch in
                try count(batch, into: &scores)
                progress.update(scores.count)
                mark = batch.mark
                try partial.take(scores, at: mark)
                return !Ranks.isInterrupted
            }
        } catch let error as CorruptPicture {
            throw ToolError(.file, error)
        } catch let error as DataError {
            throw ToolError(.file, error)
        }
        let isInterrupted = Ranks.isInterrupted
        if !isInterrupted { mark = evaluator.mark(source) }
        try partial.finish(scores, at: mark, isComplete: !isInterrupted)
        return evaluator.skipped
    }

    private func count(_ batch: Evaluator.Batch, into scores: inout PartialScores) throws {
        for (index, picture) in batch.pictures.enumerated() {
            let row = batch.logits(of: index)
            guard let label = picture.label, (0..<batch.classes).contains(label) else {
                throw ToolError(
                    .mismatch,
                    "\(picture.origin): label \(picture.label ?? -1) is outside the model's "
                        + "\(batch.classes) classes (0...\(batch.classes - 1))"
                )
            }
            if !row.allSatisfy(\.isFinite) { scores.unusable += 1 }
            let isCorrect = Ranking.best(row.span) == label
            switch MeasuredPart(number: picture.part) {
            case .corrupted(let corruption, let severity):
                scores.corruption?.add(isCorrect, under: corruption, severity: severity)
            case .clean, nil: scores.clean?.add(isCorrect)
            }
        }
        scores.count += batch.pictures.count
    }
}
