public import Engine

/// The options of an evaluation by retrieval.
public enum RetrievalOptions {
    /// Retrieval in the place of classification.
    public static let zeroShot = Option(
        flag: "zeroshot-eval",
        help: "Retrieval in the place of classification: is one of a picture's label among its "
            + "nearest others? A label of -1 is a distractor; labels need be no classes of the network."
    )
    /// How many neighbours are looked at.
    public static let recallAtK = Option(
        "recall-at-k",
        .list(.integer(1...1_048_576, placeholder: "K")),
        default: [1, 5],
        help: "How many of the nearest are looked at."
    )
    /// What near means.
    public static let similarity = Option(
        "eval-similarity",
        .choice(of: RecallAtK.Similarity.self),
        default: .cosine,
        help: "What near means, of the embeddings before the classifier."
    )

    /// All of them.
    public static let all: [any DeclaredOption] = [zeroShot, recallAtK, similarity]
}
