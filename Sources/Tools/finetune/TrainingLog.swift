import Checkpoint
import Data
import Engine
import Foundation
import Pictures
import Proto
import ToolSupport

/// Everything that is told of a training while it runs: the terminal, `metrics.jsonl`, TensorBoard's event files.
///
/// Of several ranks the first tells it.
final class TrainingLog {
    private let options: ParsedOptions
    private let setup: TrainingSetup
    private let diagnostics = Diagnostics(tool: FinetuneOptions.table.tool)
    private let metrics: MetricsFile?
    private let benchmark: BenchmarkLog?
    private let events: EventWriter?
    private var evaluationEvents: EventWriter?
    private var progress: TrainingProgressLine
    private let interval: Int
    private var epoch: EpochFigures
    private var last: EvaluationResult?
    private var hasShownPictures: Bool
    private let start = ContinuousClock.now
    /// How long evaluations and checkpoints took.
    private var paused = Duration.zero
    private let firstStep: Int
    private var speed: StepSpeed
    private var timeline: TrainingTimeline?
    /// The step whose parts are to be printed: not the first, which prepares what others find ready.
    private var profiledStep: Int?

    init(_ options: ParsedOptions, _ setup: TrainingSetup, from step: Int) throws {
        self.options = options
        self.setup = setup
        interval = options[FinetuneOptions.logEvery]
        let isFirst = Ranks.isFirst
        metrics =
            isFirst ? try MetricsFile("\(setup.folder)/metrics.jsonl", behind: step) : nil
        benchmark =
            isFirst ? try BenchmarkLog.asked(options, dataSet: setup.dataSet?.name) : nil
        events =
            isFirst ? try ToolError.about(nil) { try EventWriter(folder: setup.folder) } : nil
        progress = TrainingProgressLine(
            setup.length,
            last: setup.lastStep,
            from: step,
            isEnabled: options[RunOptions.progress]
        )
        epoch = EpochFigures(setup.length, at: step)
        hasShownPictures = step > 0
        firstStep = step
        speed = StepSpeed(batch: setup.length.batch)
        timeline = TrainingTimeline(options, folder: setup.folder, behind: step)
        profiledStep =
            options[FinetuneOptions.profile] && isFirst ? min(step + 2, setup.lastStep) : nil
    }

    /// The last evaluation of the runs before this one.
    var lastEvaluation: (step: Int, deciding: Double)? { metrics?.lastEvaluation }

    /// Does something that is no training.
    func pausing<Result>(_ body: () throws -> Result) rethrows -> Result {
        let start = ContinuousClock.now
        defer {
            let duration = ContinuousClock.now - start
            paused += duration
            epoch.pause(duration)
            speed.pause(duration)
        }
        return try body()
    }

    /// Takes the progress line away, so that something else can be written.
    func clearProgress() { progress.clear() }

    /// Shows the first pictures of the first batch as the network sees them.
    func addPictures(_ batch: TrainingBatch, step: Int) throws {
        guard !hasShownPictures, events != nil else { return }
        hasShownPictures = true
        let preprocessing = setup.preprocessing
        let count = min(3, batch.labels.count)
        let images = unsafe batch.pictures.withFloats { floats in
            (0..<count).map { index in
                unsafe Summary.Image(
                    planar: floats,
                    at: index,
                    size: preprocessing.imageSize,
                    means: preprocessing.means
                )
            }
        }
        try ToolError.about(nil) {
            for (index, image) in images.enumerated() {
                try events?.write(image: image, tag: "image/image/\(index)", step: Int64(step))
            }
        }
    }

    /// Whether the parts of the step behind a number of steps are to be measured.
    func measures(behind step: Int) -> Bool {
        timeline?.wants(step + 1) ?? false || profiledStep == step + 1
    }

    /// Takes note of a step.
    ///
    /// `shown` is its last part, where ``showsLastPart(_:)`` says so.
    func add(_ report: Trainer.Report, _ shown: LastPart?, _ trainer: Trainer) throws {
        if trainer.isMeasured {
            if timeline?.wants(trainer.step) == true {
                try timeline?.write(trainer.measurements, step: trainer.step)
            }
            if profiledStep == trainer.step {
                profiledStep = nil
                progress.clear()
                StandardError.write(try ProfileText().text(trainer.measurements))
            }
        }
        speed.add(report.step)
        try addSpeed(trainer.step)
        epoch.add(report)
        progress.update(report)
        if let shown {
            let classes = trainer.classes
            // Mixtures have no class.
            let isMixed = trainer.settings.mixup != .none
            try write(
                report,
                step: trainer.step,
                isMixed ? nil : Self.figures(shown, classes: classes),
                Self.certainty(shown, classes: classes)
            )
        }
        if let ended = epoch.ended(at: trainer.step) { try write(ended, report, trainer.step) }
    }

    /// The published hook's figures, a hundred steps apart.
    private func addSpeed(_ step: Int) throws {
        guard let benchmark, step.isMultiple(of: 100) else { return }
        let figures = [
            ("average_examples_per_sec", speed.average),
            ("current_examples_per_sec", speed.ofHundred),
        ]
        try benchmark.add(
            figures.compactMap { name, value in value.map { (name, $0) } },
            step: step
        )
    }

    /// Whether it is told how the last part of this step was classified.
    func showsLastPart(_ trainer: Trainer) -> Bool {
        trainer.step.isMultiple(of: interval) || trainer.step == setup.lastStep
    }

    private static func figures(_ part: LastPart, classes: Int) -> Evaluation {
        var figures = Evaluation()
        for (index, label) in part.labels.enumerated() {
            let row = part.logits.span.extracting((index * classes)..<((index + 1) * classes))
            figures.add(row, label: label)
        }
        return figures
    }

    /// The mean of the largest probabilities of the part's pictures, mixtures too.
    private static func certainty(_ part: LastPart, classes: Int) -> Double {
        let rows = part.logits.count / classes
        let sum = (0..<rows).reduce(0) { sum, row in
            let logits = Array(part.logits[(row * classes)..<((row + 1) * classes)])
            return sum + (Probabilities.softmax(logits).max() ?? 0)
        }
        return sum / Double(max(rows, 1))
    }

    private func write(
        _ report: Trainer.Report,
        step: Int,
        _ figures: Evaluation?,
        _ certainty: Double
    ) throws {
        let now = ContinuousClock.now
        let loss = report.loss
        let scalars: [(name: String, tag: String, value: Double?)] = [
            ("loss", "loss", loss.total),
            ("cross_entropy", "cross_entropy", loss.crossEntropy),
            (
                "distillation", "cross_entropy_kd",
                options[FinetuneOptions.distillationTemperature] > 0 ? loss.distillation : nil
            ),
            ("weight_decay", "l2_loss", loss.weightDecay),
            ("learning_rate", "learning_rate", Double(report.learningRate)),
            ("keep_probability", "dropblock_kp", report.keepProbability.map(Double.init)),
            ("gradient_norm", "gradient_norm", report.gradientNorm),
            ("train_accuracy", "train_accuracy", figures?.accuracy.value),
            ("train_accuracy_top_5", "train_accuracy_top_5", figures?.topFive.value),
            ("train_ece", "train_ece", figures?.calibrationError.value),
            ("predicted_probability", "sup/pred_prob", certainty),
            ("examples_per_second", "examples/sec", speed.current),
        ]
        let known = scalars.filter { $0.value != nil }
        try metrics?.write(
            [
                .init("kind", "step"),
                .init("step", .integer(step)),
                .init("epoch", .number(epochs(at: step))),
            ] + known.map { .init($0.name, .figure($0.value ?? 0)) } + [
                .init("seconds", .number((now - start) / .seconds(1)))
            ]
        )
        try ToolError.about(nil) {
            try events?.write(
                scalars: known.map { ($0.tag, Float($0.value ?? 0)) },
                step: Int64(step)
            )
        }
    }

    private func epochs(at step: Int) -> Double {
        Double(step) * Double(setup.length.batch) / Double(setup.length.images)
    }

    private func write(_ figures: EpochFigures.Ended, _ report: Trainer.Report, _ step: Int) throws
    {
        progress.clear()
        guard figures.loss.isFinite else {
            diagnostics.line(
                "epoch \(figures.epoch)/\(setup.length.epochs)  step \(step)/\(setup.lastStep)  no step counted"
            )
            return
        }
        try metrics?.write([
            .init("kind", "epoch"),
            .init("step", .integer(step)),
            .init("epoch", .integer(figures.epoch)),
            .init("loss", .figure(figures.loss)),
            .init("cross_entropy", .figure(figures.crossEntropy)),
            .init("distillation", .figure(figures.distillation)),
            .init("pictures_per_second", .figure(figures.picturesPerSecond)),
        ])
        var line =
            "epoch \(figures.epoch)/\(setup.length.epochs)  step \(step)/\(setup.lastStep)  "
            + "loss \(fixed(figures.loss, digits: 4))  "
            + "cross entropy \(fixed(figures.crossEntropy, digits: 4))  "
        if options[FinetuneOptions.distillationTemperature] > 0 {
            line += "distillation \(fixed(figures.distillation, digits: 4))  "
        }
        line += "rate \(report.learningRate)  "
        diagnostics.line(line + "\(fixed(figures.picturesPerSecond, digits: 1)) pictures/s")
    }

    /// Takes note of an evaluation.
    func add(
        _ result: EvaluationResult,
        step: Int,
        isBest: Bool,
        _ model: TrainingModel
    ) throws {
        last = result
        let figures = result.figures
        guard let events else { return }
        try benchmark?.add(figures.sorted { $0.name < $1.name }, step: step)
        try metrics?.write(
            [
                .init("kind", "evaluation"),
                .init("step", .integer(step)),
                .init("epoch", .number(epochs(at: step))),
                .init("images", .integer(result.count)),
            ] + figures.map { .init($0.name, .figure($0.value)) }
        )
        try ToolError.about(nil) {
            let writer = try evaluationEvents ?? Self.evaluationWriter(setup.folder)
            evaluationEvents = writer
            try writer.write(
                scalars: figures.map { ($0.name, Float($0.value)) },
                step: Int64(step)
            )
            if options[FinetuneOptions.histograms] {
                try addHistograms(model, events, step: step)
            }
        }
        diagnostics.line(
            "evaluation at step \(step): \(result.summary)" + (isBest ? "  (kept in best/)" : "")
        )
    }

    private static func evaluationWriter(_ folder: String) throws -> EventWriter {
        let folder = "\(folder)/eval"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        return try EventWriter(folder: folder)
    }

    private func addHistograms(
        _ model: TrainingModel,
        _ events: EventWriter,
        step: Int
    ) throws {
        let values = model.variables.map { name, values in
            Summary.Value(tag: name, content: .histogram(Summary.Histogram(of: values)))
        }
        try events.write(
            Event(
                wallTime: Date().timeIntervalSince1970,
                step: Int64(step),
                content: .summary(Summary(values))
            )
        )
    }

    /// Says how the training ended, and draws it if that was asked for.
    func finish(_ model: TrainingModel, waiting: Duration) throws {
        progress.clear()
        try ToolError.about(nil) {
            try events?.finish()
            try evaluationEvents?.finish()
        }
        try draw(replacing: options[RunOptions.force] || setup.isResumed)
        let step = model.trainer.step
        let seconds = (ContinuousClock.now - start - paused) / .seconds(1)
        let pictures = (step - firstStep) * setup.length.batch
        var results = Results(schema: "reassemble.finetune", version: 1)
        var table = FigureTable()
        func add(_ name: String, _ value: Double, digits: Int = 6) {
            results.append(name, .figure(value))
            table.append(name, value, digits: digits)
        }
        results.append("step", .integer(step))
        table.append("step", step)
        results.append("checkpoint", .text("\(setup.folder)/model.ckpt-\(step)"))
        add("images_per_second", seconds > 0 ? Double(pictures) / seconds : 0, digits: 2)
        add("waiting_for_data", seconds > 0 ? waiting / .seconds(1) / seconds : 0)
        if Ranks.current.count > 1 {
            let summing = model.trainer.summingTime / .seconds(1)
            add("waiting_for_sums", seconds > 0 ? summing / seconds : 0)
        }
        for figure in last?.figures.reversed() ?? [] { add(figure.name, figure.value) }
        try StandardOutput.write(
            options[RunOptions.json] ? results.json.indentedText : table.text
        )
    }

    /// Draws the training as far as it has come, if that was asked for.
    func draw(replacing isReplacing: Bool) throws {
        guard let path = options[FinetuneOptions.plot], let metrics else { return }
        try TrainingPlot(metrics: metrics.path).write(to: path, replacing: isReplacing)
    }
}
