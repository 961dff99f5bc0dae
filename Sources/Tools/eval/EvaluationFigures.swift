import Checkpoint
import Convert
import Engine
import Foundation
import ToolSupport

/// The figures of an evaluation, whether it was one run or parts that are merged.
struct EvaluationFigures {
    /// Every score by its published name, in the order of printing: the most important one last.
    let scores: [(name: String, value: Double)]
    private let counted: PartialScores
    private let seconds: Double
    private let skipped: Int
    private let facts: PartialEvaluation
    private let details: ClassificationDetails
    private let predictions: [Prediction]?

    /// The facts that a results file has, in its order; those whose values are whole numbers are marked.
    private static let told: [(name: String, isNumber: Bool)] = [
        ("model", false), ("classes", true), ("label_offset", true), ("image_size", true),
        ("preprocessing", false), ("checkpoint", false), ("checkpoint_sha256", false),
        ("global_step", true), ("weights", false), ("math", false), ("batch_size", true),
    ]

    /// The figures of what was counted.
    ///
    /// - Parameters:
    ///   - partial: What was counted, and of what.
    ///   - seconds: How long that took.
    ///   - hasLabels: Whether there was anything to compare answers with.
    ///   - averaging: How precision, recall and F1 are averaged, where they are wanted.
    ///   - details: What a page shows besides.
    ///   - predictions: What the network says of each picture, where that is wanted among the figures.
    /// - Throws: ``ToolError`` where there is nothing that could be found.
    init(
        _ partial: PartialEvaluation,
        seconds: Double,
        hasLabels: Bool = true,
        averaging: Confusion.Averaging? = nil,
        details: ClassificationDetails = ClassificationDetails(),
        predictions: [Prediction]? = nil
    ) throws {
        facts = partial
        self.predictions = predictions
        self.details = details
        counted = partial.scores
        skipped = partial.skipped
        self.seconds = seconds
        guard hasLabels else {
            scores = []
            return
        }
        if let rows = counted.retrieval {
            scores = try RetrievalScores.scores(of: rows, partial)
            return
        }
        guard let evaluation = counted.evaluation else {
            scores = []
            return
        }
        let penalty = partial.value(of: "l2_loss").flatMap { Double($0) } ?? 0
        let confusion = counted.confusion
        let averages = averaging.flatMap { averaging in
            confusion?.averages(averaging)
        }
        scores =
            try
            (averages.map { averages in
                [
                    ("precision", averages.precision), ("recall", averages.recall),
                    ("f1", averages.f1),
                ]
            } ?? [])
            + Self.scores(of: counted.reassessed)
            + [("loss", evaluation.crossEntropy.value + penalty)]
            + (counted.distillation.map { [("distillation_loss", $0.value)] } ?? [])
            + [
                ("ece", evaluation.calibrationError.value),
                ("accuracy_top_5", evaluation.topFive.value),
                ("accuracy", evaluation.accuracy.value),
            ]
    }

    /// The accuracy against reassessed labels, where these are known.
    private static func scores(
        of reassessed: ReassessedAccuracy?
    ) throws -> [(name: String, value: Double)] {
        guard let reassessed else { return [] }
        guard reassessed.accuracy.count > 0 else {
            throw ToolError(.file, "none of the pictures has a label in --real-labels")
        }
        return [
            ("real_accuracy_top_5", reassessed.topFive.value),
            ("real_accuracy", reassessed.accuracy.value),
        ]
    }

    private var picturesPerSecond: Double {
        seconds > 0 ? Double(counted.count) / seconds : 0
    }

    /// The figures as the published evaluation prints them.
    var table: String {
        var table = FigureTable()
        table.append("images", counted.count)
        table.append("images_per_second", picturesPerSecond, digits: 2)
        if let step = facts.value(of: "global_step").flatMap({ Int($0) }) {
            table.append("global_step", step)
        }
        for score in scores { table.append(score.name, score.value) }
        return table.text
    }

    /// The figures, and what they were measured on.
    var results: Results {
        var results = Results(schema: "reassemble.eval", version: 1)
        for score in scores.reversed() { results.append(score.name, .figure(score.value)) }
        results.append("images", .integer(counted.count))
        results.append("images_per_second", .figure(picturesPerSecond))
        results.append("skipped", .integer(skipped))
        if let reassessed = counted.reassessed {
            results.append("real_images", .integer(reassessed.accuracy.count))
        }
        results.append(facts, Self.told)
        return results
    }

    /// Writes the scores for TensorBoard, where a folder is named.
    private func writeEvents(_ options: ParsedOptions) throws {
        guard let folder = options[EvalOptions.eventDirectory], !scores.isEmpty else { return }
        try ToolError.about(folder) {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
            let writer = try EventWriter(folder: folder)
            try writer.write(
                scalars: scores.map { ($0.name, Float($0.value)) },
                step: Int64(facts.value(of: "global_step").flatMap { Int($0) } ?? 0)
            )
            try writer.finish()
        }
    }

    /// Adds a line to the table of models that the options name.
    ///
    /// - Throws: ``ToolError``.
    func appendToTable(_ options: ParsedOptions) throws {
        try ModelTable.appendIfAsked(counted.evaluation, facts, options)
    }

    /// Writes and prints what the options ask for.
    ///
    /// - Throws: ``ToolError``.
    func deliver(_ options: ParsedOptions, printsTable: Bool = true) throws {
        try results.writeIfAsked(options)
        try writeEvents(options)
        var rows = PageTable(["score", "value"])
        for score in scores.reversed() {
            rows.append([score.name, fixed(score.value, digits: 6)])
        }
        let body =
            scores.isEmpty ? "" : rows.html + ClassificationPage.body(counted, details)
        try appendToTable(options)
        try EvaluationPage.writeIfAsked("Evaluation", body, results, options)
        if options[RunOptions.json] {
            var all = results
            if let predictions {
                all.append("predictions", .array(predictions.map(\.json)))
            }
            try StandardOutput.write(all.json.indentedText)
        } else if printsTable {
            try StandardOutput.write(table)
        }
    }
}

extension Results {
    /// Adds facts of an evaluation; what it does not have is `null`.
    mutating func append(
        _ facts: PartialEvaluation,
        _ names: [(name: String, isNumber: Bool)]
    ) {
        for (name, isNumber) in names {
            let value = facts.value(of: name)
            if isNumber, let number = value.flatMap({ Int($0) }) {
                append(name, .integer(number))
            } else {
                append(name, .text(orNull: value))
            }
        }
    }

    /// Writes the results file that the options name.
    ///
    /// - Throws: ``ToolError``.
    func writeIfAsked(_ options: ParsedOptions) throws {
        guard let path = options[EvalOptions.resultsFile] else { return }
        let kind = try Results.FileKind(
            path: path,
            option: options.spelling(of: EvalOptions.resultsFile)
        )
        try write(to: path, as: kind, replacing: options[RunOptions.force])
    }

    /// Says before the work rather than behind it that the results file cannot be written.
    ///
    /// - Throws: ``ToolError``, ``UsageError``.
    static func check(_ options: ParsedOptions) throws {
        try EvaluationPage.check(options)
        try ModelTable.check(options)
        guard let path = options[EvalOptions.resultsFile] else { return }
        _ = try FileKind(path: path, option: options.spelling(of: EvalOptions.resultsFile))
        _ = try ResultFile(path, replacing: options[RunOptions.force])
    }
}
