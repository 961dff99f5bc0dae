import Convert
import Engine
import ToolSupport

/// Retrieval: what the pictures' embeddings, ranked against each other, are worth.
enum RetrievalScores {
    /// The share of queries with one of their label among the nearest, for each depth asked for.
    ///
    /// - Throws: ``ToolError`` where there is nothing that could be found.
    static func scores(
        of rows: RetrievalRows,
        _ facts: PartialEvaluation
    ) throws -> [(name: String, value: Double)] {
        let similarity = facts.value(of: "similarity").flatMap {
            RecallAtK.Similarity(rawValue: $0)
        }
        let recall = try ToolError.about(nil) { try rows.recall(similarity ?? .cosine) }
        let depths = (facts.value(of: "recall_at_k") ?? "").split(separator: ",")
            .compactMap { Int($0) }
        return depths.map { ("recall_at_\($0)", recall.value($0)) }
    }
}
