internal import Networks

extension Certificate {
    /// A network's settings, under their published names.
    public struct Settings: Codable, Equatable, Sendable {
        var resnetVersion: Int
        var resnetSize: Int
        var width: Int
        var numClasses: Int
        var useResnetD: Bool
        var useSeBlock: Bool
        var useSkBlock: Bool
        var antiAliasConvolutions: Bool
        var antiAliasProjections: Bool
        var antiAliasFilterSize: Int
        var blAlpha: Int
        var blBeta: Int
        var noDownsample: Bool
        var poolType: String
        var embeddingSize: Int
        /// Missing where it is TensorFlow's.
        var poolPadding: String?

        init(_ model: ModelConfiguration) {
            resnetVersion = model.version
            resnetSize = model.size
            width = model.width
            numClasses = model.classes
            useResnetD = model.usesResNetD
            useSeBlock = model.usesSqueezeExcitation
            useSkBlock = model.usesSelectiveKernel
            antiAliasConvolutions = model.antiAliasesConvolutions
            antiAliasProjections = model.antiAliasesProjections
            antiAliasFilterSize = model.antiAliasSize
            blAlpha = model.alpha
            blBeta = model.beta
            noDownsample = model.keepsLastResolution
            poolType = model.pooling.rawValue
            embeddingSize = model.embeddingSize
            poolPadding = model.poolsAsPyTorch ? model.poolPadding.rawValue : nil
        }

        /// The settings as the engine takes them; nil if there is no such pooling or padding.
        var configuration: ModelConfiguration? {
            let padding = poolPadding.map { ModelConfiguration.PoolPadding(rawValue: $0) }
            guard let pooling = ModelConfiguration.Pooling(rawValue: poolType),
                let padding = padding ?? .tensorFlow
            else { return nil }
            var model = ModelConfiguration()
            model.version = resnetVersion
            model.size = resnetSize
            model.width = width
            model.classes = numClasses
            model.usesResNetD = useResnetD
            model.usesSqueezeExcitation = useSeBlock
            model.usesSelectiveKernel = useSkBlock
            model.antiAliasesConvolutions = antiAliasConvolutions
            model.antiAliasesProjections = antiAliasProjections
            model.antiAliasSize = antiAliasFilterSize
            model.alpha = blAlpha
            model.beta = blBeta
            model.keepsLastResolution = noDownsample
            model.pooling = pooling
            model.embeddingSize = embeddingSize
            model.poolPadding = padding
            return model
        }
    }
}
