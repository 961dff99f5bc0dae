internal import Engine
internal import Networks
internal import Pictures

/// One answer to everything that a checkpoint cannot tell.
public struct GuessCandidate: Hashable, Sendable {
    /// `--anti_alias_type`.
    var antiAliasType: String
    /// `--anti_alias_filter_size`; means nothing where nothing is blurred.
    var antiAliasSize: Int
    /// `--pool_type`.
    var pooling: ModelConfiguration.Pooling
    /// `--no_downsample`.
    var keepsLastResolution: Bool
    /// `--preprocessing_type`.
    var preprocessing: String
    /// `--image-size`, where it was given or recorded.
    let imageSize: Int?

    /// What a network is taken for before anything was tried.
    init(_ network: Network, _ family: FamilyModel) {
        let model = family.configuration
        antiAliasType = ModelRequest.antiAliasType(model)
        antiAliasSize = model.antiAliasSize
        pooling = model.pooling
        keepsLastResolution = model.keepsLastResolution
        preprocessing = network.input.preprocessing.name
        imageSize = network.input.imageSize
    }

    /// A network's model with these settings.
    func model(_ other: ModelConfiguration) -> ModelConfiguration {
        var model = other
        let places = antiAliasType.split(separator: ",")
        model.antiAliasesConvolutions = places.contains("sconv")
        model.antiAliasesProjections = places.contains("proj")
        model.antiAliasSize = antiAliasSize
        model.pooling = pooling
        model.keepsLastResolution = keepsLastResolution
        return model
    }

    /// The flags that stand for it, but for the label offset.
    public var flags: [String] {
        var flags = ["--anti_alias_type=\(antiAliasType)"]
        if antiAliasType != "none" { flags.append("--anti_alias_filter_size=\(antiAliasSize)") }
        flags += [
            "--pool_type=\(pooling.rawValue)",
            "--no_downsample=\(keepsLastResolution ? "True" : "False")",
            "--preprocessing_type=\(preprocessing)",
        ]
        if let imageSize { flags.append("--image-size=\(imageSize)") }
        return flags
    }
}
