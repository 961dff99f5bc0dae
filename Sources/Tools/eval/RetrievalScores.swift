import Convert
import Data
import Engine
import ToolSupport

/// Retrieval: gathers the embeddings of pictures, and ranks them against each other when all are there.
enum RetrievalScores {
    /// Takes the embeddings of a batch out of the network.
    static func add(
        _ pictures: [LabelledPicture],
        _ executor: Executor,
        to rows: inout RetrievalRows?
    ) {
        guard rows != nil, let values = executor.values(of: .embedding) else { return }
        let dimension = values.count / executor.batch
        for (index, picture) in pictures.enumerated() {
            let start = values.startIndex + index * dimension
            rows?.add(
                values[start..<start + dimension],
                label: picture.label ?? -1,
                place: picture.place
            )
        }
    }

    /// The share of queries with one of their label among the nearest, for each depth asked for.
    ///
    /// - Throws: ``ToolError`` where there is nothing that could be found.
    static func scores(
        of rows: RetrievalRows,
        _ facts: PartialEvaluation
    ) throws -> [(name: String, value: Double)] {
        guard rows.labels.contains(where: { $0 != -1 }) else {
            throw ToolError(
                .file,
                "there is nothing to measure: all \(rows.count) pictures are distractors, of label "
                    + "-1"
            )
        }
        let similarity = facts.value(of: "similarity").flatMap {
            RecallAtK.Similarity(rawValue: $0)
        }
        let recall = RecallAtK(
            rows.embeddings,
            labels: rows.labels,
            similarity: similarity ?? .cosine
        )
        guard recall.answerableCount > 0 else {
            throw ToolError(
                .file,
                "there is nothing to measure: none of \(recall.queryCount) pictures has another of "
                    + "its label"
            )
        }
        let depths = (facts.value(of: "recall_at_k") ?? "").split(separator: ",")
            .compactMap { Int($0) }
        return depths.map { ("recall_at_\($0)", recall.value($0)) }
    }
}
