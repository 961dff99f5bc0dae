internal import Engine

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
    /// `--pool_padding`.
    public var poolPadding: ModelConfiguration.PoolPadding?
    /// `--embedding_size`.
    public var embeddingSize: Int?

    /// Nothing asked for.
    public init() {}

    /// Settles the model of a checkpoint: what it holds, then what was asked for, then what the published name says, then what
    /// is recorded, then what `names` tell, where they are PyTorch's.
    ///
    /// - Throws: ``NetworkError/settingsContradict(_:)`` with every conflict,
    ///   ``NetworkError/variablesDiffer(_:)`` if the checkpoint is no network of the family,
    ///   ``NetworkError/recordedFlag(path:name:value:expected:)``.
    public func settle(
        _ identified: IdentifiedModel,
        recorded: RecordedFlags? = nil,
        names: ParameterNames = .tensorFlow
    ) throws(NetworkError) -> SettledModel {
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
        return try settleUntold(model, preset, recorded, names: names)
    }

    /// Settles what has no variables.
    package func settleUntold(
        _ identified: ModelConfiguration,
        _ preset: ModelConfiguration?,
        _ recorded: RecordedFlags?,
        names: ParameterNames = .tensorFlow
    ) throws(NetworkError) -> SettledModel {
        var model = identified
        var settler = FactSettler(recorded)
        let type =
            try settler.settle(
                "anti_alias_type",
                given: antiAliasType ?? preset.map(Self.antiAliasType),
                usual: "none",
                expected: "sconv, proj or both",
                text: { $0.isEmpty ? "none" : $0 },
                read: { Self.places($0) == nil ? nil : $0.isEmpty ? "none" : $0 }
            ) ?? "none"
        guard let places = Self.places(type) else {
            throw .graph(
                .invalidSetting(
                    name: "anti_alias_type",
                    value: type,
                    expected: "sconv, proj or both"
                )
            )
        }
        model.antiAliasesConvolutions = places.contains("sconv")
        model.antiAliasesProjections = places.contains("proj")
        // Where nothing is blurred the size is no fact, but may still be recorded wrongly.
        var sized = settler
        let size = try sized.settle(
            "anti_alias_filter_size",
            given: antiAliasSize ?? preset?.antiAliasSize,
            usual: nil,
            expected: "a number from 0 to 7",
            text: { "\($0)" },
            read: { Int($0).flatMap { (0...7).contains($0) ? $0 : nil } }
        )
        if model.antiAliasesConvolutions || model.antiAliasesProjections {
            settler = sized
            // The published default of the filter size, 0, is not a filter.
            guard let size, (1...7).contains(size) else {
                throw .graph(
                    .invalidSetting(
                        name: "anti_alias_filter_size",
                        value: "\(size ?? 0)",
                        expected: "1...7 where anti_alias_type is \(type)"
                            + (size == nil || size == 0 ? Self.lastLine : "")
                    )
                )
            }
            model.antiAliasSize = size
        }
        if model.pooling != .flatten {
            let pooling = try settler.settle(
                "pool_type",
                given: pooling ?? preset?.pooling,
                usual: .average,
                expected: "gap, gem or flatten",
                text: \.rawValue,
                read: ModelConfiguration.Pooling.init(rawValue:)
            )
            model.pooling = pooling == .generalizedMean ? .generalizedMean : .average
        }
        if model.hasPaddedPool {
            let padding = try settler.settle(
                "pool_padding",
                given: poolPadding,
                named: names == .pyTorch ? .pyTorch : nil,
                usual: nil,
                expected: "tensorflow or pytorch",
                text: \.rawValue,
                read: ModelConfiguration.PoolPadding.init(rawValue:)
            )
            model.poolPadding = padding ?? .tensorFlow
        }
        model.keepsLastResolution =
            try settler.settle(
                "no_downsample",
                given: keepsLastResolution ?? preset?.keepsLastResolution,
                usual: false,
                expected: "True or False",
                text: { "\($0)" },
                read: { Bool($0.lowercased()) }
            ) ?? false
        return SettledModel(configuration: model, facts: settler.facts)
    }

    /// What the published commands say in their last line, without which they circulate.
    private static let lastLine =
        "; the published commands end with --anti_alias_filter_size=3, a line that copies of them lack"

    /// Where a published `anti_alias_type` blurs; nil for one that is none.
    ///
    /// The published help names `max` too, which nothing in the published code looks at.
    private static func places(_ type: String) -> [String]? {
        let words = type.split { ",+ ".contains($0) }.map(String.init).filter { $0 != "none" }
        return words.allSatisfy { ["sconv", "proj", "max"].contains($0) } ? words : nil
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
    /// What no variable tells.
    public let facts: [NetworkFact]

    /// A model, and what is known of it besides its variables.
    package init(configuration: ModelConfiguration, facts: [NetworkFact]) {
        self.configuration = configuration
        self.facts = facts
    }
}
