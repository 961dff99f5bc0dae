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
    /// What is said of each picture, where that is wanted among the figures.
    private var predictions: [Prediction]?
    /// What is to be written of every picture.
    private let wanted: (predictions: Bool, logits: Bool, embeddings: Bool, pixels: Bool)
    /// The prepared pictures of the batch that is being computed.
    private var pixels: [Float] = []
    /// The rows of all ranks; nil where there is one, or nothing to be written.
    private var rows: RankRows?
    /// How many rows have been written.
    private var writtenCount = 0

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
        if let path = options[EvalOptions.stages], Ranks.isFirst {
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
        let hasPredictions = options.isGiven(EvalOptions.predictions)
        let isListed = input.tensor == nil && (!input.hasLabels || hasPredictions)
        predictions = options[RunOptions.json] && isListed ? [] : nil
        wanted = (
            printsPictures || hasPredictions || predictions != nil,
            options.isGiven(EvalOptions.logits), options.isGiven(EvalOptions.embeddings),
            options.isGiven(EvalOptions.pixels)
        )
        let isAnyWanted = wanted.predictions || wanted.logits || wanted.embeddings || wanted.pixels
        writtenCount = counted.count
        let ranks = Ranks.current
        rows = ranks.count > 1 && isAnyWanted ? RankRows(ranks) : nil
    }

    /// Takes the prepared pictures of a batch, planar.
    mutating func addPixels(_ pixels: UnsafeBufferPointer<Float>) {
        if wanted.pixels { unsafe self.pixels = Array(pixels) }
    }

    /// Counts a batch.
    ///
    /// - Parameters:
    ///   - batch: The batch.
    ///   - executor: The network that has just computed it.
    ///   - isStopped: Whether it is to be the last one.
    /// - Returns: whether it is the last one, as this or another rank wants it.
    /// - Throws: ``ToolError`` for a label that the model does not have, or a file that cannot be written.
    mutating func add(
        _ batch: Evaluator.Batch,
        _ executor: Executor,
        isStopped: Bool
    ) throws -> Bool {
        var written = BatchRows(places: batch.pictures.map(\.place))
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
            if wanted.predictions { written.predictions.append(prediction(of: picture, row)) }
        }
        counted.retrieval?.add(batch.pictures, of: executor)
        if wanted.logits { written.logits = batch.logits }
        if wanted.embeddings, let values = executor.values(of: .embedding) {
            let features = values.count / executor.batch
            written.embeddings = Array(values.prefix(batch.pictures.count * features))
        }
        swap(&written.pixels, &pixels)
        if count == countBefore, Ranks.isFirst {
            try outputs.addStages(of: executor, pictures: batch.pictures.count)
        }
        counted.count += batch.pictures.count
        end = ContinuousClock.now
        guard let more = try rows?.exchange(written, isStopped: isStopped) else {
            try write(written)
            return isStopped
        }
        for row in more.rows { try write(row) }
        return more.isStopped
    }

    /// Writes what other ranks still send, and takes their mistakes.
    mutating func drain() throws {
        while rows?.isOpen == true {
            let more = try rows?.exchange(nil, isStopped: false).rows ?? []
            for row in more { try write(row) }
        }
        try mistakes.gather()
    }

    /// Takes what all ranks have counted in the place of what this one has.
    mutating func take(_ scores: PartialScores) {
        counted = scores
        end = ContinuousClock.now
    }

    private mutating func write(_ rows: BatchRows) throws {
        for var prediction in rows.predictions {
            prediction.index = writtenCount
            writtenCount += 1
            try outputs.add(prediction)
            predictions?.append(prediction)
            if printsPictures { try StandardOutput.write(prediction.text) }
        }
        try outputs.addLogits(rows.logits)
        try outputs.addEmbeddings(rows.embeddings)
        try outputs.addPixels(rows.pixels, imageSize: input.imageSize)
    }

    private func prediction(of picture: LabelledPicture, _ row: ArraySlice<Float>) -> Prediction {
        Prediction(
            row,
            index: 0,
            picture,
            label: input.hasLabels ? picture.label : nil,
            names: input.classNames
        )
    }

    private mutating func addTeacher(of picture: LabelledPicture, _ row: ArraySlice<Float>) throws {
        guard counted.distillation != nil else { return }
        guard let teacher = picture.teacherLogits else {
            throw ToolError(.usage, "--kd-temp needs records with a teacher's logits")
        }
        counted.distillation?.add(row.span, teacher: teacher.span)
    }

    /// Finishes the files, and gives the figures.
    ///
    /// `seconds` is how long runs took before this one.
    consuming func finish(
        _ partial: PartialEvaluation,
        after seconds: Double,
        _ options: ParsedOptions
    ) throws -> EvaluationFigures {
        var partial = partial
        partial.scores = counted
        let figures = try EvaluationFigures(
            partial,
            seconds: seconds + (end - start) / .seconds(1),
            hasLabels: input.hasLabels,
            averaging: options[EvalOptions.metrics],
            details: ClassificationDetails(names: input.classNames, mistakes: mistakes.mistakes),
            predictions: predictions
        )
        try outputs.finish()
        return figures
    }
}
