public import Networks
internal import Pictures

/// The options of how pictures are prepared for a network.
public enum PictureOptions {
    /// The published name of the preprocessing.
    public static let preprocessing = Option(
        "preprocessing-type",
        .text("NAME"),
        letter: "p",
        help: "imagenet, imagenet_224_256, imagenet_224_256a, imagenet_NNN, imagenet_NNNa, "
            + "reid, reid_224, inception_331 or inception_600; of other networks slim_inception, "
            + "slim_vgg, keras_tf, keras_caffe, keras_torch, hub, efficientnet or raw, each with _NNN "
            + "or without."
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

    /// What the command line says of it.
    ///
    /// - Throws: ``ToolError`` with ``ExitCode/usage``.
    public static func request(_ options: ParsedOptions) throws(ToolError) -> InputRequest {
        var request = InputRequest()
        request.preprocessing = options[preprocessing]
        request.imageSize = options[imageSize]
        do throws(PictureError) {
            if let name = options[dctMethod] {
                request.dctMethod = try DCTMethod(published: name)
            }
        } catch {
            throw ToolError(.usage, error)
        }
        return request
    }
}
