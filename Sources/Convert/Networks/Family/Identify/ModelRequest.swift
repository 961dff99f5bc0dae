public import Engine

/// The settings that somebody asked for; nil where nothing was said.
public struct ModelRequest: Sendable, Equatable {
    /// A published name, such as `assemble-resnet-50`.
    public var published: PublishedModel?
    /// `--resnet_version`.
    public var version: Int?
    /// `--resnet_size`.
    public var size: Int?
    /// `--num-classes`.
    public var classes: Int?
    /// `--use_resnet_d`.
    public var usesResNetD: Bool?
    /// `--use_se_block`.
    public var usesSqueezeExcitation: Bool?
    /// `--use_sk_block`.
    public var usesSelectiveKernel: Bool?
    /// `--anti_alias_type`: any of `sconv`, `proj` and `max`, which does nothing, separated by commas.
    public var antiAliasType: String?
    /// `--anti_alias_filter_size`.
    public var antiAliasSize: Int?
    /// `--bl_alpha`.
    public var alpha: Int?
    /// `--bl_beta`.
    public var beta: Int?
    /// `--no_downsample`.
    public var keepsLastResolution: Bool?
    /// `--pool_type`.
    public var pooling: ModelConfiguration.Pooling?
    /// `--embedding_size`.
    public var embeddingSize: Int?

    /// Nothing asked for.
    public init() {}

    /// Settles the model of a checkpoint: what it holds, then what was asked for, then what the published name says.
    ///
    /// - Throws: ``NetworkError/settingsContradict(_:)`` with every conflict,
    ///   ``NetworkError/variablesDiffer(_:)`` if the checkpoint is no network of the family.
    public func settle(_ identified: IdentifiedModel) throws(NetworkError) -> SettledModel {
        var model = identified.configuration
        var conflicts: [SettingConflict] = []
        let preset = published?.configuration

        func require<Value: Equatable>(
            _ name: String,
            _ requested: Value?,
            _ published: Value?,
            _ found: Value
        ) {
            guard let wanted = requested ?? published, wanted != found else { return }
            conflicts.append(
                SettingConflict(name: name, requested: "\(wanted)", found: "\(found)")
            )
        }
        require("resnet_version", version, preset?.version, model.version)
        require("resnet_size", size, preset?.size, model.size)
        require("num-classes", classes, nil, model.classes)
        require("use_resnet_d", usesResNetD, preset?.usesResNetD, model.usesResNetD)
        require(
            "use_se_block",
            usesSqueezeExcitation,
            preset?.usesSqueezeExcitation,
            model.usesSqueezeExcitation
        )
        require(
            "use_sk_block",
            usesSelectiveKernel,
            preset?.usesSelectiveKernel,
            model.usesSelectiveKernel
        )
        require("embedding_size", embeddingSize, nil, model.embeddingSize)
        if model.version == 2 {
            require("bl_alpha", alpha, preset?.alpha, model.alpha)
            if let wanted = beta ?? preset?.beta {
                if identified.possibleBetas.contains(wanted) {
                    model.beta = wanted
                } else {
                    require("bl_beta", wanted, nil, model.beta)
                }
            }
        }
        if let pooling, (pooling == .flatten) != (model.pooling == .flatten) {
            conflicts.append(
                SettingConflict(
                    name: "pool_type",
                    requested: pooling.rawValue,
                    found: model.pooling.rawValue
                )
            )
        }
        guard conflicts.isEmpty else { throw .settingsContradict(conflicts) }
        guard identified.differences.isEmpty else { throw .variablesDiffer(identified.differences) }
        return try settleWhatCannotBeTold(model, preset)
    }

    /// Settles what has no variables.
    package func settleWhatCannotBeTold(
        _ identified: ModelConfiguration,
        _ preset: ModelConfiguration?
    ) throws(NetworkError) -> SettledModel {
        var model = identified
        var assumed: [String] = []

        /// What was asked for, else what the published name says, else the published default, which is then told.
        func settle<Value>(_ flag: String, _ requested: Value?, _ published: Value?, _ usual: Value)
            -> Value
        {
            if let value = requested ?? published { return value }
            assumed.append("\(flag)=\(usual)")
            return usual
        }
        let presetType = preset.map(Self.antiAliasType)
        let type = settle("anti_alias_type", antiAliasType, presetType, "none")
        let words = type.split { ",+ ".contains($0) }.map(String.init).filter { $0 != "none" }
        // The published help names `max` too, which nothing in the published code looks at.
        if let unknown = words.first(where: { !["sconv", "proj", "max"].contains($0) }) {
            throw .graph(
                .invalidSetting(
                    name: "anti_alias_type",
                    value: unknown,
                    expected: "sconv, proj or both"
                )
            )
        }
        model.antiAliasesConvolutions = words.contains("sconv")
        model.antiAliasesProjections = words.contains("proj")
        if model.antiAliasesConvolutions || model.antiAliasesProjections {
            // The published default of the filter size, 0, is not a filter.
            guard let size = antiAliasSize ?? preset?.antiAliasSize, (1...7).contains(size) else {
                throw .graph(
                    .invalidSetting(
                        name: "anti_alias_filter_size",
                        value: "\(antiAliasSize ?? 0)",
                        expected: "1...7 where anti_alias_type is \(type)"
                    )
                )
            }
            model.antiAliasSize = size
        }
        if model.pooling != .flatten {
            model.pooling =
                settle("pool_type", pooling?.rawValue, preset?.pooling.rawValue, "gap")
                    == "gem" ? .generalizedMean : .average
        }
        model.keepsLastResolution = settle(
            "no_downsample",
            keepsLastResolution,
            preset?.keepsLastResolution,
            false
        )
        return SettledModel(configuration: model, assumed: assumed)
    }

    /// The published spelling of a configuration's anti-aliasing.
    public static func antiAliasType(_ model: ModelConfiguration) -> String {
        let words =
            (model.antiAliasesConvolutions ? ["sconv"] : [])
            + (model.antiAliasesProjections ? ["proj"] : [])
        return words.isEmpty ? "none" : words.joined(separator: ",")
    }
}

/// A model whose every setting is decided.
public struct SettledModel: Sendable {
    /// All settings.
    public let configuration: ModelConfiguration
    /// Published flags with the defaults that were taken because nothing could tell; never silent.
    public let assumed: [String]

    /// A model, and what was assumed of it.
    package init(configuration: ModelConfiguration, assumed: [String]) {
        self.configuration = configuration
        self.assumed = assumed
    }
}
