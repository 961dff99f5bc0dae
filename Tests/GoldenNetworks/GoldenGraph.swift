package import Engine
package import Networks
internal import TestSupport

/// One of the architectures that the reference implementation built and ran; see `fixtures/graphs`.
package struct GoldenGraph: Decodable, Sendable {
    package struct StageValues: Decodable, Sendable {
        package let name: String
        package let shape: [Int]
        package let mean: Double
        package let std: Double
        package let absmax: Double
        package let sample_index: [Int]
        package let sample: [Double]
    }

    package struct Variable: Decodable, Sendable, Equatable {
        package let name: String
        package let shape: [Int]
        package let isTrainable: Bool

        package init(name: String, shape: [Int], isTrainable: Bool) {
            self.name = name
            self.shape = shape
            self.isTrainable = isTrainable
        }

        package init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            name = try list.decode(String.self)
            shape = try list.decode([Int].self)
            isTrainable = try list.decode(Bool.self)
        }
    }

    package struct Flags: Decodable, Sendable {
        package let resnet_version: Int
        package let resnet_size: Int
        package let use_resnet_d: Bool?
        package let use_se_block: Bool?
        package let use_sk_block: Bool?
        package let anti_alias_type: String?
        package let anti_alias_filter_size: Int?
        package let bl_alpha: Int?
        package let bl_beta: Int?
        package let no_downsample: Bool?
        package let pool_type: String?
        package let embedding_size: Int?
    }

    package let flags: Flags
    package let num_classes: Int
    package let image_size: Int
    package let parameters: Int
    package let variables: [Variable]
    package let stages: [StageValues]

    package static let names = [
        "aa-d-sk-50", "aa-proj-50", "assemble-101", "assemble-152", "assemble-50", "bl-50",
        "gem-emb-50", "resnetd-50", "se-50", "sk-50", "vanilla-101", "vanilla-152", "vanilla-200",
        "vanilla-50",
    ]

    package static func load(_ name: String) throws -> GoldenGraph {
        try Fixture.json("graphs/\(name).json", as: GoldenGraph.self)
    }

    package var configuration: ModelConfiguration {
        var model = ModelConfiguration()
        model.version = flags.resnet_version
        model.size = flags.resnet_size
        model.classes = num_classes
        model.usesResNetD = flags.use_resnet_d ?? false
        model.usesSqueezeExcitation = flags.use_se_block ?? false
        model.usesSelectiveKernel = flags.use_sk_block ?? false
        let type = flags.anti_alias_type ?? ""
        model.antiAliasesConvolutions = type.contains("sconv")
        model.antiAliasesProjections = type.contains("proj")
        model.antiAliasSize = flags.anti_alias_filter_size ?? 3
        model.alpha = flags.bl_alpha ?? 2
        model.beta = flags.bl_beta ?? 4
        model.keepsLastResolution = flags.no_downsample ?? false
        model.pooling = flags.pool_type.flatMap(ModelConfiguration.Pooling.init) ?? .average
        model.embeddingSize = flags.embedding_size ?? 0
        return model
    }
}

extension Weights {
    /// The golden data's deterministic value for every variable of a model.
    package static func filled(_ names: VariableNames) -> Weights {
        var weights = Weights()
        for variable in names.variables {
            weights[variable.parameter.key] = WeightTensor(
                shape: variable.shape,
                values: Uniform.fill(variable.name, shape: variable.shape)
            )
        }
        return weights
    }
}
