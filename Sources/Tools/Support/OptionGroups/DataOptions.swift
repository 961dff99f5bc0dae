/// The options of which labelled pictures are read, and how many at once.
public enum DataOptions {
    /// The data set by its name.
    public static let datasetName = Option(
        "dataset-name",
        .text("NAME"),
        help: "A known data set (imagenet, food101, …): its classes and sizes."
    )
    /// The record files of the training set.
    public static let trainingPattern = Option(
        "train-regex",
        .text("GLOB"),
        default: "train-*",
        help: "Record files of the training set, as a shell pattern."
    )
    /// The record files of the validation set.
    public static let validationPattern = Option(
        "val-regex",
        .text("GLOB"),
        default: "validation-*",
        help: "Record files of the validation set, as a shell pattern."
    )
    /// How many pictures may be damaged.
    public static let skipCorrupt = Option(
        "skip-corrupt",
        .integer(0...Int.max),
        default: 0,
        help: "Leave out up to N pictures that cannot be read; one more, in training one more in "
            + "an epoch, is an error."
    )
    /// How many pictures are computed together.
    public static let batchSize = Option(
        "batch-size",
        .integer(1...65536),
        letter: "b",
        aliases: ["bs"],
        default: 32,
        help: "Pictures in one step."
    )
}
