import Convert
import Engine
import Foundation
import TestSupport

/// One of the architectures that the reference implementation built and ran; see `fixtures/graphs`.
struct GoldenGraph: Decodable, Sendable {
    struct StageValues: Decodable, Sendable {
        let name: String
        let shape: [Int]
        let mean: Double
        let std: Double
        let absmax: Double
        let sample_index: [Int]
        let sample: [Double]
    }

    struct Variable: Decodable, Sendable, Equatable {
        let name: String
        let shape: [Int]
        let isTrainable: Bool

        init(name: String, shape: [Int], isTrainable: Bool) {
            self.name = name
            self.shape = shape
            self.isTrainable = isTrainable
        }

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            name = try list.decode(String.self)
            shape = try list.decode([Int].self)
            isTrainable = try list.decode(Bool.self)
        }
    }

    struct Flags: Decodable, Sendable {
        let resnet_version: Int
        let resnet_size: Int
        let use_resnet_d: Bool?
        let use_se_block: Bool?
        let use_sk_block: Bool?
        let anti_alias_type: String?
        let anti_alias_filter_size: Int?
        let bl_alpha: Int?
        let bl_beta: Int?
        let no_downsample: Bool?
        let pool_type: String?
        let embedding_size: Int?
    }

    let flags: Flags
    let num_classes: Int
    let image_size: Int
    let parameters: Int
    let variables: [Variable]
    let stages: [StageValues]

    static let names = [
        "aa-d-sk-50", "aa-proj-50", "assemble-101", "assemble-152", "assemble-50", "bl-50",
        "gem-emb-50", "resnetd-50", "se-50", "sk-50", "vanilla-101", "vanilla-152", "vanilla-200",
        "vanilla-50",
    ]

    static func load(_ name: String) throws -> GoldenGraph {
        try Fixture.json("graphs/\(name).json", as: GoldenGraph.self)
    }

    var configuration: ModelConfiguration {
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
    static func filled(_ names: VariableNames) -> Weights {
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
