import Convert
import Data
import Engine
import Networks
import Pictures
import ToolSupport

/// What an evaluation was made of, for its results file.
struct EvaluationFacts {
    let network: Network
    let input: EvaluationInput
    let weights: String
    let batch: Int
    let math: String
    let skipped: Int
}

/// Counts pictures and writes down what was asked for.
struct EvaluationReport: ~Copyable {
    private var evaluation: Evaluation
    private var distillation: DistillationLoss?
    private var retrieval: RetrievalScores?
    private let input: EvaluationInput
    private let classes: Int
    private var outputs: EvaluationOutputs
    private let printsPictures: Bool
    private let start = ContinuousClock.now
    private var end = ContinuousClock.now
    /// Pictures seen so far.
    private(set) var count = 0
    /// Pictures whose logits are no numbers.
    private(set) var unusableCount = 0

    init(
        _ options: ParsedOptions,
        _ input: EvaluationInput,
        _ executor: Executor,
        _ network: Network
    ) throws {
        self.input = input
        classes = network.classes
        evaluation = Evaluation(
            options[EvalOptions.classification],
            labelSmoothing: options[EvalOptions.labelSmoothing]
        )
        let temperature = options[EvalOptions.distillationTemperature]
        distillation = temperature > 0 ? DistillationLoss(temperature: temperature) : nil
        retrieval = RetrievalScores(options)
        // Said before the work rather than behind it.
        if let path = options[EvalOptions.resultsFile] {
            _ = try Results.FileKind(
                path: path,
                option: options.spelling(of: EvalOptions.resultsFile)
            )
        }
        for path in [options[EvalOptions.resultsFile], options[EvalOptions.stages]] {
            if let path { _ = try ResultFile(path, replacing: options[RunOptions.force]) }
        }
        outputs = try EvaluationOutputs(options, input, executor, network)
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
            if !row.allSatisfy(\.isFinite) { unusableCount += 1 }
            // The classes of retrieval need not be those that the network was trained on.
            if input.hasLabels, retrieval == nil, let label = picture.label {
                guard (0..<classes).contains(label) else {
                    throw ToolError(
                        .mismatch,
                        "\(picture.origin): label \(label) is outside the model's \(classes) "
                            + "classes (0...\(classes - 1))"
                    )
                }
                evaluation.add(row.span, label: label)
            }
            try addTeacher(of: picture, row)
            if printsPictures || outputs.wantsPredictions {
                try add(prediction(of: picture, row, index: count + index))
            }
        }
        retrieval?.add(batch.pictures, executor)
        try outputs.addLogits(batch.logits)
        try outputs.addEmbeddings(of: executor, pictures: batch.pictures.count)
        if count == 0 { try outputs.addStages(of: executor, pictures: batch.pictures.count) }
        count += batch.pictures.count
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
        guard distillation != nil else { return }
        guard let teacher = picture.teacherLogits else {
            throw ToolError(.usage, "--kd-temp needs records with a teacher's logits")
        }
        distillation?.add(row.span, teacher: teacher.span)
    }

    private var picturesPerSecond: Double {
        let seconds = (end - start) / .seconds(1)
        return seconds > 0 ? Double(count) / seconds : 0
    }

    /// Finishes the files and prints the figures.
    consuming func finish(_ facts: EvaluationFacts, _ options: ParsedOptions) throws {
        let scores = try scores()
        let results = results(scores, facts)
        let table = table(scores)
        let (asJSON, isLabelled) = (options[RunOptions.json], input.hasLabels)
        try outputs.finish()
        if let path = options[EvalOptions.resultsFile] {
            let kind = try Results.FileKind(
                path: path,
                option: options.spelling(of: EvalOptions.resultsFile)
            )
            try results.write(to: path, as: kind, replacing: options[RunOptions.force])
        }
        if asJSON {
            try StandardOutput.write(results.json.indentedText)
        } else if isLabelled {
            try StandardOutput.write(table)
        }
    }

    /// Every score by its published name, in the order of printing: the most important one last.
    private func scores() throws -> [(name: String, value: Double)] {
        guard input.hasLabels else { return [] }
        if let retrieval { return try retrieval.scores() }
        return [("loss", evaluation.crossEntropy.value)]
            + (distillation.map { [("distillation_loss", $0.value)] } ?? [])
            + [
                ("ece", evaluation.calibrationError.value),
                ("accuracy_top_5", evaluation.topFive.value),
                ("accuracy", evaluation.accuracy.value),
            ]
    }

    private func table(_ scores: [(name: String, value: Double)]) -> String {
        var table = FigureTable()
        table.append("images", count)
        table.append("images_per_second", picturesPerSecond, digits: 2)
        for score in scores { table.append(score.name, score.value) }
        return table.text
    }

    private func results(
        _ scores: [(name: String, value: Double)],
        _ facts: EvaluationFacts
    ) -> Results {
        var results = Results(schema: "reassemble.eval", version: 1)
        for score in scores.reversed() { results.append(score.name, .figure(score.value)) }
        results.append("images", .integer(count))
        results.append("images_per_second", .figure(picturesPerSecond))
        results.append("skipped", .integer(facts.skipped))
        results.append("model", .text(facts.network.summary))
        results.append("classes", .integer(classes))
        results.append("label_offset", .integer(input.labelOffset))
        results.append("image_size", .integer(input.imageSize))
        results.append("preprocessing", .text(orNull: input.preprocessing?.name))
        results.append("checkpoint", .text(facts.network.file.path))
        results.append("checkpoint_sha256", .text(facts.network.digest))
        results.append("weights", .text(facts.weights))
        results.append("math", .text(facts.math))
        results.append("batch_size", .integer(facts.batch))
        return results
    }
}
