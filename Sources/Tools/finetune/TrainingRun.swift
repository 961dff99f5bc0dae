import Convert
import Data
import Engine
import Networks
import Pictures
import ToolSupport

/// One training: from what the command line says to the last checkpoint.
struct TrainingRun {
    private let options: ParsedOptions
    private let diagnostics: Diagnostics
    private let setup: TrainingSetup
    private let model: TrainingModel
    private let evaluation: EvaluationPass?
    private var folder: TrainingFolder
    private let log: TrainingLog

    /// Where the data go on, and how many damaged pictures were left out.
    private var position: StreamPosition
    private var skipped: Int
    /// The damaged pictures that were told of.
    private var told: Set<String> = []
    /// The step of the last checkpoint.
    private var savedStep: Int?
    private var unusableSteps = 0

    /// As many steps in a row whose loss is no number, and the training is given up even where they may be left out.
    private static let mostUnusableSteps = 100

    init(_ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        let setup = try TrainingSetup(options, diagnostics)
        let model = try TrainingModel(options, setup, diagnostics)
        let evaluation = setup.validation.map { EvaluationPass($0, options, setup, model) }
        diagnostics.tell(setup.remarks)
        diagnostics.tell(try evaluation?.check() ?? [])
        do {
            diagnostics.tell(
                try EvaluationPass.labelRemarks(setup.data, classes: model.configuration.classes)
            )
        } catch let error as CorruptPicture {
            guard options[FinetuneOptions.skipCorrupt] > 0 else { throw ToolError(.file, error) }
        }
        // Nothing goes before everything else is known to be right, at every rank.
        let ranks = Ranks.current
        try RankAgreement.check(setup, model)
        if options[FinetuneOptions.clean], ranks.isFirst {
            try ToolError.about(nil) { try TrainingFolder.clean(setup.folder) }
        }
        let folder = try ToolError.about(nil) {
            try TrainingFolder(
                setup.folder,
                keptCount: options[FinetuneOptions.keptCheckpoints],
                bestCount: options[FinetuneOptions.bestCheckpoints],
                keepsEvaluated: options[FinetuneOptions.keepsEvaluated]
            )
        }
        if options[FinetuneOptions.dtype] == .fp16 {
            diagnostics.note(
                "--dtype=fp16 is computed in float32; --dtype=bf16 is the short type here"
            )
        }
        if options[FinetuneOptions.sumType] == "bf16", FinetuneOptions.partCount(options) == 1 {
            diagnostics.note("--allreduce-dtype=bf16 has no effect on a step that is one part")
        }
        let loss = model.trainer.settings.loss
        if loss.classification == .sigmoid, loss.labelSmoothing > 0 {
            diagnostics.note(
                "--label-smoothing has no effect on the loss of --cls-loss-type=sigmoid"
            )
        }
        let training = model.trainer.settings.options
        if training.math == .bf16, !training.multipliesBFloat16 {
            diagnostics.note(
                "--dtype=bf16: this processor multiplies bfloat16 no faster than float32; activations are "
                    + "bfloat16, products float32"
            )
        }
        diagnostics.note(
            "data: \(setup.data.summary), \(setup.length.images) an epoch, \(setup.lastStep) steps of "
                + "\(setup.length.batch); "
                + (setup.validation.map { "evaluated on \($0.summary)" } ?? "nothing to evaluate on")
        )
        self.options = options
        self.diagnostics = diagnostics
        self.setup = setup
        self.model = model
        self.folder = folder
        self.evaluation = evaluation
        position = model.progress?.position ?? StreamPosition()
        skipped = model.progress?.skipped ?? 0
        savedStep = model.progress?.step
        let parameters = HyperParameters(options, setup, model)
        if model.progress != nil {
            parameters.tellChanges(besides: setup.folder, diagnostics)
        }
        if ranks.isFirst {
            try parameters.write(to: setup.folder)
            try setup.writeClassNames(classes: model.configuration.classes)
        }
        log = try TrainingLog(options, setup, from: model.trainer.step)
    }

    mutating func run() throws -> ExitCode {
        let trainer = model.trainer
        let rounds = FinetuneOptions.partCount(options) / Ranks.current.count
        let queue = try batches()
        let evaluated = Set(setup.evaluatedSteps)
        let saveInterval = max(
            1,
            Int(
                options[FinetuneOptions.saveEpochs]
                    * Double(setup.length.images / setup.length.batch)
            )
        )
        func isEvaluated(_ step: Int) -> Bool {
            evaluated.contains(step) || step == setup.lastStep
        }
        // What an earlier run was stopped in, or by.
        let earlier = try RankAgreement.first(
            log.lastEvaluation.flatMap { $0.step == trainer.step ? $0.deciding : nil }
        )
        var end = reached(earlier)
        if model.progress != nil, isEvaluated(trainer.step), earlier == nil { end = try evaluate() }
        if let end {
            if end == .done { try log.finish(model, waiting: queue.waitingTime) }
            return end
        }
        while trainer.step < setup.lastStep {
            if Ranks.isAny(Ranks.isInterrupted) { return try interrupted() }
            guard let report = try step(trainer, queue, rounds: rounds) else {
                return try interrupted()
            }
            guard report.isApplied || options[FinetuneOptions.onNaN] == .skip else {
                return try stopped(report)
            }
            unusableSteps = report.isApplied ? 0 : unusableSteps + 1
            guard unusableSteps < Self.mostUnusableSteps else { return try stopped(report) }
            if trainer.step.isMultiple(of: saveInterval) || trainer.step == setup.lastStep {
                try save()
            }
            if isEvaluated(trainer.step), let end = try evaluate() {
                guard end == .done else { return end }
                break
            }
        }
        try save()
        try log.finish(model, waiting: queue.waitingTime)
        return .done
    }

    /// Saves and evaluates what has been trained; how the training ends, if it does here.
    private mutating func evaluate() throws -> ExitCode? {
        guard let evaluation else { return nil }
        let trainer = model.trainer
        try save()
        log.clearProgress()
        guard let result = try log.pausing({ try evaluation.run(trainer) }) else {
            return try interrupted()
        }
        let isBest = try ToolError.about(nil) {
            try Ranks.isFirst && folder.keep(step: trainer.step, accuracy: result.deciding)
        }
        try log.add(result, step: trainer.step, isBest: isBest, model)
        return reached(result.deciding)
    }

    /// How the training ends if what decides about an evaluation is enough.
    private func reached(_ figure: Double?) -> ExitCode? {
        guard let threshold = options[FinetuneOptions.stopThreshold], let figure,
            figure >= threshold
        else { return nil }
        let name = options[RetrievalOptions.zeroShot] ? "recall at 1" : "accuracy"
        diagnostics.note("stops, as the \(name) has reached \(threshold)")
        return .done
    }

    /// Takes a step, with as many batches as this rank has parts of it.
    ///
    /// - Returns: what it did; nil, and as if it had not begun, if it was interrupted between the parts. Ranks that work
    ///   together finish it.
    private mutating func step(
        _ trainer: Trainer,
        _ queue: BatchQueue,
        rounds: Int
    ) throws -> Trainer.Report? {
        let before = (position, skipped)
        trainer.isMeasured = log.measures(behind: trainer.step)
        for round in 1...rounds {
            if round > 1, Ranks.current.count == 1, Interruption.isRequested {
                trainer.abandonStep()
                (position, skipped) = before
                return nil
            }
            let batch = try next(queue)
            unsafe trainer.withPictures { target in
                unsafe batch.pictures.withFloats { source in
                    _ = unsafe target.update(fromContentsOf: source)
                }
            }
            position = batch.position
            skipped = batch.skippedInEpoch
            for corrupt in batch.skipped where told.insert("\(corrupt)").inserted {
                log.clearProgress()
                diagnostics.warning("left out: \(corrupt)")
            }
            try log.addPictures(batch, step: trainer.step)
            guard round == rounds else {
                try trainer.accumulate(labels: batch.labels, teacherLogits: batch.teacherLogits)
                continue
            }
            let report = try trainer.step(
                labels: batch.labels,
                teacherLogits: batch.teacherLogits
            )
            if !report.isApplied, options[FinetuneOptions.onNaN] == .skip {
                log.clearProgress()
                diagnostics.warning(
                    "step \(report.step): the loss is \(report.loss.total), the gradient's norm "
                        + "\(report.gradientNorm): the step is left out"
                )
            }
            let shown = log.showsLastPart(trainer) ? LastPart(batch, trainer) : nil
            try log.add(report, shown, trainer)
            return report
        }
        preconditionFailure("a step of \(rounds) rounds")
    }

    private func next(_ queue: BatchQueue) throws -> TrainingBatch {
        do {
            return try queue.next()
        } catch let error as DataError {
            if case .label = error { throw ToolError(.mismatch, error) }
            throw ToolError(.file, error)
        } catch {
            throw ToolError(.file, error)
        }
    }

    private func batches() throws -> BatchQueue {
        let preparer = PicturePreparer(
            setup.preprocessing,
            layout: .nchw,
            distortion: setup.distortion
        )
        let trainer = model.trainer
        let batches = try ToolError.about(nil) {
            var settings = TrainingBatches.Settings(
                count: trainer.drawnCount,
                classes: trainer.classes,
                needsTeacher: trainer.settings.loss.distillationTemperature > 0,
                skips: options[FinetuneOptions.skipCorrupt],
                order: setup.order
            )
            settings.turn = (Ranks.current.rank, Ranks.current.count)
            return try TrainingBatches(
                setup.data,
                settings: settings,
                preparer: preparer,
                at: position,
                skipped: skipped
            )
        }
        let threads = options[FinetuneOptions.inputThreads]
        return BatchQueue(batches, capacity: threads > 0 ? 3 : 0, threads: threads)
    }

    private mutating func save() throws {
        let trainer = model.trainer
        guard savedStep != trainer.step else { return }
        guard Ranks.isFirst else {
            savedStep = trainer.step
            return
        }
        let progress = TrainingProgress(
            step: trainer.step,
            position: position,
            skipped: skipped
        )
        do {
            try log.pausing {
                try TrainingCheckpoint.write(
                    trainer,
                    model.names,
                    progress,
                    to: folder.prefix(step: trainer.step)
                )
                if options[FinetuneOptions.writesMeta] {
                    try TrainingCheckpoint.writeGraph(
                        of: model.evaluated,
                        besides: folder.prefix(step: trainer.step)
                    )
                }
                try folder.add(step: trainer.step)
            }
        } catch {
            log.clearProgress()
            let last = savedStep.map { "; \(folder.prefix(step: $0)) is whole" } ?? ""
            throw ToolError(.file, "\(error)\(last)")
        }
        savedStep = trainer.step
    }

    private mutating func interrupted() throws -> ExitCode {
        log.clearProgress()
        try save()
        try log.draw(replacing: options[RunOptions.force] || setup.isResumed)
        let clean = options[FinetuneOptions.clean] ? " without --clean" : ""
        diagnostics.warning(
            "interrupted; \(folder.prefix(step: model.trainer.step)) is saved, and the same command"
                + "\(clean) goes on"
        )
        return .interrupted
    }

    private mutating func stopped(_ report: Trainer.Report) throws -> ExitCode {
        log.clearProgress()
        try log.draw(replacing: options[RunOptions.force] || setup.isResumed)
        let last = savedStep.map { "the last checkpoint is \(folder.prefix(step: $0))" }
        diagnostics.line(
            "stops at step \(report.step): the loss or its gradient is no number; "
                + (last ?? "no checkpoint has been saved yet")
        )
        return .no
    }
}
