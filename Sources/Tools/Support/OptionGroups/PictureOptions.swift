internal import Networks
public import Pictures

/// The options of how pictures are prepared for a network.
public enum PictureOptions {
    /// The published name of the preprocessing.
    public static let preprocessing = Option(
        "preprocessing-type",
        .text("NAME"),
        letter: "p",
        help: "imagenet, imagenet_224_256, imagenet_224_256a, imagenet_NNN, imagenet_NNNa, "
            + "reid, reid_224, inception_331 or inception_600."
    )
    /// The side of the pictures.
    public static let imageSize = Option(
        "image-size",
        .integer(1...16384),
        aliases: ["size"],
        help: "Side of the pictures, where it differs from the preprocessing's."
    )
    /// How JPEG is decoded.
    public static let dctMethod = Option(
        "dct-method",
        .choice(["INTEGER_ACCURATE", "INTEGER_FAST", ""]),
        aliases: ["dctm"],
        help: "How JPEG is decoded."
    )

    /// All of them.
    public static let all: [any DeclaredOption] = [preprocessing, imageSize, dctMethod]

    /// What was chosen; else what belongs to the named model, or `imagenet`.
    ///
    /// - Throws: ``ToolError`` with ``ExitCode/usage``.
    public static func preprocessing(
        _ options: ParsedOptions,
        _ diagnostics: Diagnostics
    ) throws -> Preprocessing {
        let published = options[ModelOptions.model].flatMap(PublishedModel.init(rawValue:))
        let name = options[preprocessing] ?? published?.preprocessing
        if name == nil {
            diagnostics.note(
                "nothing says how pictures are prepared, so this is assumed: "
                    + "--preprocessing_type=imagenet"
            )
        }
        do {
            return try Preprocessing(
                name: name ?? "imagenet",
                imageSize: options[imageSize],
                dctMethod: options[dctMethod].map { try DCTMethod(published: $0) }
            )
        } catch {
            throw ToolError(.usage, error)
        }
    }
}
