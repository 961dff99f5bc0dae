public import Data
public import Engine

extension RetrievalRows {
    /// Takes the embeddings of a batch out of the network that has just computed it.
    ///
    /// Nothing is taken of a network that does not show its embeddings.
    public mutating func add(_ pictures: [LabelledPicture], of executor: Executor) {
        guard let values = executor.values(of: .embedding) else { return }
        let dimension = values.count / executor.batch
        for (index, picture) in pictures.enumerated() {
            let start = values.startIndex + index * dimension
            add(
                values[start..<start + dimension],
                label: picture.label ?? -1,
                place: picture.place
            )
        }
    }

    /// Ranks the pictures against each other.
    ///
    /// - Throws: ``ConversionError/nothingToRetrieve(_:)`` where there is nothing that could be found.
    public func recall(
        _ similarity: RecallAtK.Similarity
    ) throws(ConversionError) -> RecallAtK {
        guard labels.contains(where: { $0 != -1 }) else {
            throw .nothingToRetrieve("all \(count) pictures are distractors, of label -1")
        }
        let recall = RecallAtK(embeddings, labels: labels, similarity: similarity)
        guard recall.answerableCount > 0 else {
            throw .nothingToRetrieve(
                "none of \(recall.queryCount) pictures has another of its label"
            )
        }
        return recall
    }
}
