public import Engine
public import Networks

/// What a checkpoint's network is called on a command line, and what cannot be told of it.
public struct ModelDescription: Sendable {
    /// The published models that have these variables.
    public let published: [PublishedModel]
    /// The flags that the variables tell, with their values.
    public let flags: [(name: String, value: String)]
    /// The flags that nothing in a checkpoint tells.
    public let undetermined: [String]
    /// Every `bl_beta` that gives these variables, where there are several.
    public let possibleBetas: [Int]
    /// The settings that the flags stand for.
    public let configuration: ModelConfiguration
    /// Where the checkpoint differs from that network; empty if it is one.
    public let differences: Differences

    /// Whether the checkpoint is another network than that, see ``IdentifiedModel/isAnotherNetwork``.
    public let isAnotherNetwork: Bool
    /// How many variables that network has.
    public let variableCount: Int

    /// Describes a network.
    public init(_ identified: IdentifiedModel) {
        let model = identified.configuration
        configuration = model
        differences = identified.differences
        isAnotherNetwork = identified.isAnotherNetwork
        variableCount = identified.variableCount
        possibleBetas = identified.possibleBetas.count > 1 ? identified.possibleBetas : []
        var flags = [
            ("resnet_version", "\(model.version)"), ("resnet_size", "\(model.size)"),
        ]
        if model.usesResNetD { flags.append(("use_resnet_d", "True")) }
        if model.usesSqueezeExcitation { flags.append(("use_se_block", "True")) }
        if model.usesSelectiveKernel { flags.append(("use_sk_block", "True")) }
        if model.version == 2 {
            flags += [("bl_alpha", "\(model.alpha)"), ("bl_beta", "\(model.beta)")]
        }
        if model.embeddingSize > 0 { flags.append(("embedding_size", "\(model.embeddingSize)")) }
        if model.pooling == .flatten { flags.append(("pool_type", "flatten")) }
        self.flags = flags
        undetermined =
            ["anti_alias_type", "anti_alias_filter_size", "no_downsample"]
            + (model.pooling == .flatten ? [] : ["pool_type"]) + ["preprocessing_type"]
        published = PublishedModel.allCases.filter { candidate in
            Self.hasVariables(candidate.configuration, like: model, identified.possibleBetas)
        }
    }

    /// Whether two settings differ in nothing that variables tell.
    private static func hasVariables(
        _ known: ModelConfiguration,
        like model: ModelConfiguration,
        _ betas: [Int]
    ) -> Bool {
        known.version == model.version && known.size == model.size && known.width == model.width
            && known.usesResNetD == model.usesResNetD
            && known.usesSqueezeExcitation == model.usesSqueezeExcitation
            && known.usesSelectiveKernel == model.usesSelectiveKernel
            && known.embeddingSize == model.embeddingSize && model.pooling != .flatten
            && (known.version == 1 || (known.alpha == model.alpha && betas.contains(known.beta)))
    }
}
