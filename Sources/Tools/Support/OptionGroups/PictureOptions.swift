public import Networks
public import Pictures

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

    /// How pixels between pixels are made.
    public static let interpolation = Option(
        "interpolation",
        .choice(of: ResizeRule.self),
        aliases: ["resize-rule"],
        help:
            "How pixels between pixels are made, in place of the preprocessing's way: as TensorFlow does, "
            + "which smooths nothing that it makes smaller, but for area. bilinear and bicubic are TensorFlow 1's, "
            + "-half-pixel is TensorFlow 2's tf.image.resize."
    )
    /// What is cut out of a picture, and when.
    public static let cropMode = Option(
        "crop-mode",
        .choice(of: PreprocessingParts.CropMode.self),
        help:
            "center: the shorter side becomes side / share pixels long, and the middle is cut out; "
            + "squash: the middle share of each side is made a square; square: a square of the share of the "
            + "shorter side is cut out and made the size. In place of the preprocessing's way."
    )
    /// The share that is seen.
    public static let cropShare = Option(
        "crop-pct",
        .number(PreprocessingParts.cropShares, placeholder: "SHARE"),
        aliases: ["crop-share"],
        help: "The share that --crop-mode lets see, in place of the preprocessing's: 1 is all."
    )
    /// What values are multiplied by.
    public static let pixelScale = Option(
        "pixel-scale",
        .fraction,
        aliases: ["rescale-factor"],
        help:
            "What values of 0...255 are multiplied by, before the mean is taken off: 1/255 makes them 0...1."
    )
    /// What is subtracted.
    public static let mean = Option(
        "mean",
        .channels,
        help:
            "What is taken off the scaled values: one number, or one each for red, green and blue."
    )
    /// What is divided by.
    public static let deviation = Option(
        "std",
        .channels,
        help: "What they are divided by then: one number, or one each for red, green and blue."
    )
    /// Which channel goes first.
    public static let channelOrder = Option(
        "channel-order",
        .choice(["RGB", "BGR"]),
        help:
            "Which channel goes first into the network. --mean and --std are red, green, blue in either case."
    )

    /// Those of what a preprocessing is made of.
    public static let parts: [any DeclaredOption] = [
        interpolation, cropMode, cropShare, pixelScale, mean, deviation, channelOrder,
    ]
    /// All of them.
    public static let all: [any DeclaredOption] = [preprocessing, imageSize, dctMethod] + parts

    /// What the command line says of it.
    ///
    /// - Throws: ``ToolError`` with ``ExitCode/usage``.
    public static func request(_ options: ParsedOptions) throws(ToolError) -> InputRequest {
        var request = InputRequest()
        request.preprocessing = options[preprocessing]
        request.imageSize = options[imageSize]
        request.parts.rule = options[interpolation]
        request.parts.cropMode = options[cropMode]
        request.parts.cropShare = options[cropShare]
        request.parts.pixelScale = options[pixelScale]
        request.parts.mean = options[mean]
        request.parts.deviation = options[deviation]
        request.parts.isReversed = options[channelOrder].map { $0 == "BGR" }
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

extension ValueKind where Value == Double {
    /// A number above 0, or a fraction such as `1/255`.
    static var fraction: Self {
        ValueKind(
            placeholder: "X",
            expectation: "a number above 0, such as 0.0039 or 1/255",
            read: { text in PreprocessingParts.number(text).flatMap { $0 > 0 ? $0 : nil } },
            write: PreprocessingParts.text
        )
    }
}

extension ValueKind where Value == [Double] {
    /// One number, or one each for three channels.
    static var channels: Self {
        ValueKind(
            placeholder: "X,…",
            expectation: "one number, or three with commas between",
            read: PreprocessingParts.channels,
            write: { $0.map(PreprocessingParts.text).joined(separator: ",") }
        )
    }
}
