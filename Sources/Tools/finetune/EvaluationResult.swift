import Convert
import Engine
import ToolSupport

/// What an evaluation in the course of a training has found.
struct EvaluationResult {
    /// Every figure by its published name, the most important one first.
    let figures: [(name: String, value: Double)]
    /// Pictures seen.
    let count: Int
    /// What decides which checkpoint is the best, and when to stop; nil where the network's answers are no numbers.
    let deciding: Double?
    /// The figures in a line.
    let summary: String

    /// The figures of classification, of which the accuracy decides.
    init(_ evaluation: Evaluation) {
        let (accuracy, topFive) = (evaluation.accuracy.value, evaluation.topFive.value)
        let loss = evaluation.crossEntropy.value
        figures = [
            ("accuracy", accuracy), ("accuracy_top_5", topFive),
            ("ece", evaluation.calibrationError.value), ("loss", loss),
        ]
        count = evaluation.count
        // Where the loss is no number, the accuracy is that of no network.
        deciding = loss.isFinite ? accuracy : nil
        summary =
            "accuracy \(fixed(accuracy, digits: 6))  top-5 \(fixed(topFive, digits: 6))  "
            + "loss \(fixed(loss, digits: 4))"
    }

    /// The figures of retrieval, of which the recall at 1 decides, also where it is not asked for.
    ///
    /// - Throws: ``ConversionError/nothingToRetrieve(_:)``.
    init(
        _ rows: RetrievalRows,
        _ similarity: RecallAtK.Similarity,
        depths: [Int]
    ) throws(ConversionError) {
        let recall = try rows.recall(similarity)
        // Numbers that are none are near to nothing, and would be found before everything.
        let isUsable = rows.embeddings.allSatisfy(\.isFinite)
        let depths = depths.contains(1) ? depths : [1] + depths
        figures = depths.map { ("recall_at_\($0)", isUsable ? recall.value($0) : .nan) }
        count = rows.count
        deciding = isUsable ? recall.value(1) : nil
        summary =
            figures.map { "\($0.name) \(fixed($0.value, digits: 6))" }.joined(separator: "  ")
            + (isUsable ? "" : ": the embeddings are no numbers")
    }
}
