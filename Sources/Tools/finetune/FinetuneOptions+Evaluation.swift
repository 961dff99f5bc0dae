import Networks
import ToolSupport

// Evaluation.
extension FinetuneOptions {
    static let epochsBetweenEvaluations = Option(
        "epochs-between-evals",
        .integer(1...1_000_000),
        aliases: ["ebe"],
        default: 1,
        help: "Epochs between evaluations."
    )
    static let fineEvaluation = Option(
        "ratio-fine-eval",
        .number(0...1),
        default: 1,
        help: "From this share of the epochs on, evaluate every epoch."
    )
    static let evaluatedWeights = Option(
        "eval-weights",
        .choice(of: WeightSet.self),
        default: .raw,
        help: "Evaluate the weights as trained, or their moving averages."
    )
    static let stopThreshold = Option(
        "stop-threshold",
        .number(0...1),
        aliases: ["st"],
        help: "Stop when an evaluation's accuracy, or recall at 1 of a retrieval, is at least this."
    )
    static let evaluation: [any DeclaredOption] = [
        epochsBetweenEvaluations, fineEvaluation, evaluatedWeights, stopThreshold,
    ]
}
