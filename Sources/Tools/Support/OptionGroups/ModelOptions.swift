/// The options that describe a network, under their published names.
///
/// None has a value where it is not given: what a checkpoint tells is then taken from it, and the rest
/// from the named model or the published defaults.
public enum ModelOptions {
    /// A published configuration.
    public static let model = Option(
        "model",
        .choice(["resnet-50", "assemble-resnet-50", "assemble-resnet-152"]),
        help: "A published model: sets what a checkpoint cannot tell, and its preprocessing."
    )
    /// 1 or 2.
    public static let version = Option(
        "resnet-version",
        .integer(oneOf: [1, 2]),
        aliases: ["rv"],
        help: "1: ResNet. 2: BigLittle."
    )
    /// Layers in the published name.
    public static let size = Option(
        "resnet-size",
        .integer(oneOf: [50, 101, 152, 200]),
        aliases: ["rs"],
        help: "Number of layers."
    )
    /// BigLittle's alpha.
    public static let alpha = Option(
        "bl-alpha",
        .integer(1...64),
        help: "BigLittle: the little branch has 1/N of the channels."
    )
    /// BigLittle's beta.
    public static let beta = Option(
        "bl-beta",
        .integer(1...64),
        help: "BigLittle: the little branch has 1/N of the blocks."
    )
    /// Selective kernels.
    public static let selectiveKernel = Option(
        openFlag: "use-sk-block",
        help: "Selective-kernel units in the blocks."
    )
    /// Squeeze and excitation.
    public static let squeezeExcitation = Option(
        openFlag: "use-se-block",
        help: "Squeeze-and-excitation units in the blocks."
    )
    /// ResNet-D.
    public static let resNetD = Option(
        openFlag: "use-resnet-d",
        help: "ResNet-D's stem and shortcuts."
    )
    /// Where convolutions with a stride are anti-aliased.
    public static let antiAliasType = Option(
        "anti-alias-type",
        .text("PLACES"),
        help: "Where to blur before a stride: sconv, proj or both, with a comma between; max is "
            + "taken too, and does nothing, as in the published code."
    )
    /// The size of the anti-aliasing filter.
    public static let antiAliasFilterSize = Option(
        "anti-alias-filter-size",
        .integer(0...7),
        help: "Side of the blur's filter; 0: no blur."
    )
    /// The last group without its stride.
    public static let noDownsample = Option(
        openFlag: "no-downsample",
        help: "The last group of blocks keeps its resolution."
    )
    /// The pooling before the classifier.
    public static let poolType = Option(
        "pool-type",
        .choice(["gap", "gem", "flatten"]),
        help: "Pooling before the classifier."
    )
    /// What lies around the picture where a pool has a stride.
    public static let poolPadding = Option(
        "pool-padding",
        .choice(["tensorflow", "pytorch"]),
        help: "How pools with a stride are padded; without it as PyTorch does where a file has "
            + "PyTorch's names, else as TensorFlow does."
    )
    /// The width of the embedding.
    public static let embeddingSize = Option(
        "embedding-size",
        .integer(0...1_048_576),
        help: "Width of the layer before the classifier; 0: none."
    )
    /// The decay of the moving statistics.
    public static let batchNormMomentum = Option(
        "bn-momentum",
        .number(0...1),
        help: "Decay of the moving statistics, for training."
    )
    /// Blocks that begin as identities.
    public static let zeroGamma = Option(
        openFlag: "zero-gamma",
        help: "The last scale of each block begins at 0, for training."
    )
    /// The number of outputs.
    public static let classCount = Option(
        "num-classes",
        .integer(1...1_048_576),
        help: "Number of classes; without it the data set's or the checkpoint's."
    )

    /// Those that a checkpoint tells, or ought to.
    public static let architecture: [any DeclaredOption] = [
        model, version, size, alpha, beta, selectiveKernel, squeezeExcitation, resNetD,
        antiAliasType, antiAliasFilterSize, noDownsample, poolType, poolPadding, embeddingSize,
    ]

    /// All of them.
    public static let all: [any DeclaredOption] =
        architecture + [classCount, batchNormMomentum, zeroGamma]

    /// All of them, under their title.
    public static let group = OptionGroup(title, all)

    /// What is above them in `--help`.
    public static let title = "Model (what is not given is read from the checkpoint)"
}
