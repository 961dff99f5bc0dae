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
    consuming func scores() -> [(name: String, value: Double)] {
        guard !labels.isEmpty else { return [] }
        let recall = RecallAtK(embeddings, labels: labels, similarity: similarity)
        return depths.map { ("recall_at_\($0)", recall.value($0)) }
    }
}
