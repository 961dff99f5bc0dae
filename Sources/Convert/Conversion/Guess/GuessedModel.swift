internal import Networks

/// One answer to what the variables of a model of the family cannot tell.
struct GuessedModel: Hashable, Sendable {
    /// `--anti_alias_type`.
    var antiAliasType: String
    /// `--anti_alias_filter_size`; means nothing where nothing is blurred.
    var antiAliasSize: Int
    /// `--pool_type`.
    var pooling: ModelConfiguration.Pooling
    /// `--no_downsample`.
    var keepsLastResolution: Bool

    /// What a model is taken for before anything was tried.
    init(_ model: ModelConfiguration) {
        antiAliasType = ModelRequest.antiAliasType(model)
        antiAliasSize = model.antiAliasSize
        pooling = model.pooling
        keepsLastResolution = model.keepsLastResolution
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

    /// The places that it blurs in.
    var blurCount: Int {
        antiAliasType == "none" ? 0 : antiAliasType.split(separator: ",").count
    }

    /// The flags that stand for it.
    var flags: [String] {
        var flags = ["--anti_alias_type=\(antiAliasType)"]
        if antiAliasType != "none" { flags.append("--anti_alias_filter_size=\(antiAliasSize)") }
        return flags + [
            "--pool_type=\(pooling.rawValue)",
            "--no_downsample=\(keepsLastResolution ? "True" : "False")",
        ]
    }
}
