public import Networks

/// What a checkpoint's network is called on a command line, and what cannot be told of it.
public struct ModelDescription: Sendable {
    /// The published models that have these variables.
    public let published: [PublishedModel]
    /// The flags that the variables tell, with their values.
    public let flags: [(name: String, value: String)]
    /// What no variable tells, and what is recorded beside the checkpoint does.
    public let recorded: [NetworkFact]
    /// The flags that nothing tells.
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

    /// Describes a network, with what is recorded of it.
    ///
    /// - Throws: ``NetworkError/recordedFlag(path:name:value:expected:)``.
    public init(
        _ identified: IdentifiedModel,
        recorded flags: RecordedFlags? = nil
    ) throws(NetworkError) {
        let model = identified.configuration
        configuration = model
        differences = identified.differences
        isAnotherNetwork = identified.isAnotherNetwork
        variableCount = identified.variableCount
        possibleBetas = identified.possibleBetas.count > 1 ? identified.possibleBetas : []
        var told = [
            ("resnet_version", "\(model.version)"), ("resnet_size", "\(model.size)"),
        ]
        if model.usesResNetD { told.append(("use_resnet_d", "True")) }
        if model.usesSqueezeExcitation { told.append(("use_se_block", "True")) }
        if model.usesSelectiveKernel { told.append(("use_sk_block", "True")) }
        if model.version == 2 {
            told += [("bl_alpha", "\(model.alpha)"), ("bl_beta", "\(model.beta)")]
        }
        if model.embeddingSize > 0 { told.append(("embedding_size", "\(model.embeddingSize)")) }
        if model.pooling == .flatten { told.append(("pool_type", "flatten")) }
        self.flags = told
        let untold =
            ["anti_alias_type", "anti_alias_filter_size", "no_downsample"]
            + (model.pooling == .flatten ? [] : ["pool_type"]) + ["preprocessing_type"]
        let facts =
            try ModelRequest().settleUntold(model, nil, flags).facts
            + InputConvention(InputRequest(), recorded: flags).facts
        recorded = facts.filter { $0.origin == .recorded }
        var known = Set(recorded.map(\.name))
        // Where nothing is blurred there is no filter.
        if known.contains("anti_alias_type") { known.insert("anti_alias_filter_size") }
        undetermined = untold.filter { !known.contains($0) }
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
