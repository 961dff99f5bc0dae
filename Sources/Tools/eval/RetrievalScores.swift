import Data
import Engine
import ToolSupport

/// Gathers the embeddings of pictures, and ranks them against each other when all are there.
struct RetrievalScores {
    private let depths: [Int]
    private let similarity: RecallAtK.Similarity
    private var embeddings: [Float] = []
    private var labels: [Int] = []

    /// Nil where no retrieval was asked for.
    init?(_ options: ParsedOptions) {
        guard options[EvalOptions.zeroShot] else { return nil }
        depths = options[EvalOptions.recallAtK]
        similarity = options[EvalOptions.similarity]
    }

    /// Takes the embeddings of a batch out of the network.
    mutating func add(_ pictures: [LabelledPicture], _ executor: Executor) {
        guard let values = executor.values(of: .embedding) else { return }
        let dimension = values.count / executor.batch
        embeddings += values.prefix(pictures.count * dimension)
        labels += pictures.map { $0.label ?? -1 }
    }

    /// The share of queries with one of their label among the nearest, for each depth asked for.
    ///
    /// - Throws: ``ToolError`` where there is nothing that could be found.
    consuming func scores() throws -> [(name: String, value: Double)] {
        let count = labels.count
        guard labels.contains(where: { $0 != -1 }) else {
            throw ToolError(
                .file,
                "there is nothing to measure: all \(count) pictures are distractors, of label -1"
            )
        }
        let recall = RecallAtK(embeddings, labels: labels, similarity: similarity)
        guard recall.answerableCount > 0 else {
            throw ToolError(
                .file,
                "there is nothing to measure: none of \(recall.queryCount) pictures has another of its "
                    + "label"
            )
        }
        return depths.map { ("recall_at_\($0)", recall.value($0)) }
    }
}
