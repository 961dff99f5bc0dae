import Convert
import Data
import Engine
import Networks
import Pictures
import ToolSupport

/// Counts pictures and writes down what was asked for.
struct EvaluationReport: ~Copyable {
    /// What has been counted, in earlier runs too.
    private(set) var counted: PartialScores
    private let input: EvaluationInput
    private let classes: Int
    private var outputs: EvaluationOutputs
    private let printsPictures: Bool
    private let realLabels: RealLabels?
    /// The surest wrong answers of this run, for a page.
    private var mistakes: SurestMistakes
    private let start = ContinuousClock.now
    private var end = ContinuousClock.now
    private let countBefore: Int

    /// Pictures seen so far.
    var count: Int { counted.count }
    /// Pictures whose logits are no numbers.
    var unusableCount: Int { counted.unusable }

    /// Nothing counted, of what the options ask for.
    static func scores(_ options: ParsedOptions) -> PartialScores {
        var scores = PartialScores()
        let temperature = options[EvalOptions.distillationTemperature]
        if temperature > 0 { scores.distillation = DistillationLoss(temperature: temperature) }
        if options[RetrievalOptions.zeroShot] {
            scores.retrieval = RetrievalRows()
        } else {
            scores.evaluation = Evaluation(
                options[EvalOptions.classification],
                labelSmoothing: options[EvalOptions.labelSmoothing]
            )
            if options[EvalOptions.metrics] != nil || options[EvalOptions.page] != nil {
                scores.confusion = Confusion()
            }
            if options[EvalOptions.realLabels] != nil { scores.reassessed = ReassessedAccuracy() }
        }
        return scores
    }

    init(
        _ options: ParsedOptions,
        _ input: EvaluationInput,
        _ executor: Executor,
        _ network: Network,
        counted: PartialScores
    ) throws {
        for option in [EvalOptions.metrics, EvalOptions.realLabels] as [any DeclaredOption]
        where options.isGiven(option) && (!input.hasLabels || counted.retrieval != nil) {
            throw ToolError(
                .usage,
                "\(options.spelling(of: option)) needs pictures with labels that are classes"
            )
        }
        // Said before the work rather than behind it.
        try Results.check(options)
        if let path = options[EvalOptions.stages] {
            _ = try ResultFile(path, replacing: options[RunOptions.force])
        }
        let classes = network.classes
        let realLabels = try options[EvalOptions.realLabels].map { path in
            try ToolError.about(nil) { try RealLabels(path: path, classes: classes) }
        }
        outputs = try EvaluationOutputs(options, input, executor, network)
        self.input = input
        self.counted = counted
        self.classes = classes
        self.realLabels = realLabels
        countBefore = counted.count
        let showsMistakes = options[EvalOptions.page] != nil && counted.confusion != nil
        mistakes = SurestMistakes(limit: showsMistakes ? SurestMistakes.usualLimit : 0)
        printsPictures = !input.hasLabels && !options[RunOptions.json] && input.tensor == nil
    }

    /// Takes the prepared pictures of a batch, planar.
    mutating func addPixels(_ pixels: UnsafeBufferPointer<Float>) throws {
        try unsafe outputs.addPixels(pixels, imageSize: input.imageSize)
    }

    /// Counts a batch.
    mutating func add(_ batch: Evaluator.Batch, _ executor: Executor) throws {
        for (index, picture) in batch.pictures.enumerated() {
            let row = batch.logits(of: index)
            if !row.allSatisfy(\.isFinite) { counted.unusable += 1 }
            // The classes of retrieval need not be those that the network was trained on.
            if input.hasLabels, counted.retrieval == nil, let label = picture.label {
                guard (0..<classes).contains(label) else {
                    throw ToolError(
                        .mismatch,
                        "\(picture.origin): label \(label) is outside the model's \(classes) "
                            + "classes (0...\(classes - 1))"
                    )
                }
                if let answer = counted.evaluation?.add(row.span, label: label) {
                    counted.confusion?.add(label: label, answer: answer)
                    mistakes.add(row, label: label, answer: answer, picture)
                }
                if let realLabels {
                    let labels = try ToolError.about(nil) { try realLabels.labels(of: picture) }
                    counted.reassessed?.add(row.span, labels: labels)
                }
            }
            try addTeacher(of: picture, row)
            if printsPictures || outputs.wantsPredictions {
                try add(prediction(of: picture, row, index: count + index))
            }
        }
        counted.retrieval?.add(batch.pictures, of: executor)
        try outputs.addLogits(batch.logits)
        try outputs.addEmbeddings(of: executor, pictures: batch.pictures.count)
        if count == countBefore {
            try outputs.addStages(of: executor, pictures: batch.pictures.count)
        }
        counted.count += batch.pictures.count
        end = ContinuousClock.now
    }

    private func prediction(
        of picture: LabelledPicture,
        _ row: ArraySlice<Float>,
        index: Int
    ) -> Prediction {
        Prediction(
            row,
            index: index,
            picture,
            label: input.hasLabels ? picture.label : nil,
            names: input.classNames
        )
    }

    private mutating func add(_ prediction: Prediction) throws {
        try outputs.add(prediction)
        if printsPictures { try StandardOutput.write(prediction.text) }
    }

    private mutating func addTeacher(of picture: LabelledPicture, _ row: ArraySlice<Float>) throws {
        guard counted.distillation != nil else { return }
        guard let teacher = picture.teacherLogits else {
            throw ToolError(.usage, "--kd-temp needs records with a teacher's logits")
        }
        counted.distillation?.add(row.span, teacher: teacher.span)
    }

    /// Finishes the files and prints the figures.
    ///
    /// `seconds` is how long runs took before this one.
    consuming func finish(
        _ partial: PartialEvaluation,
        after seconds: Double,
        _ options: ParsedOptions
    ) throws {
        var partial = partial
        partial.scores = counted
        let hasLabels = input.hasLabels
        let figures = try EvaluationFigures(
            partial,
            seconds: seconds + (end - start) / .seconds(1),
            hasLabels: hasLabels,
            averaging: options[EvalOptions.metrics],
            details: ClassificationDetails(names: input.classNames, mistakes: mistakes.mistakes)
        )
        try outputs.finish()
        try figures.deliver(options, printsTable: hasLabels)
    }
}
