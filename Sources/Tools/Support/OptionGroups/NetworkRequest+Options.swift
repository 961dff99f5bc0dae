internal import Engine
public import Networks
import Pictures

extension NetworkRequest {
    /// What the command line says of a network.
    ///
    /// `classes` are those that a named data set has, if one is named.
    ///
    /// - Throws: ``ToolError`` with ``ExitCode/usage``, ``UsageError``.
    public init(_ options: ParsedOptions, classes: Int? = nil) throws {
        self.init(
            ModelOptions.request(options, classes: classes),
            try PictureOptions.request(options),
            graph: try GraphOptions.request(options)
        )
        // A name such as inception_331 says a side as well.
        let named = input.preprocessing.flatMap { name in
            name.contains(where: \.isNumber) ? try? Preprocessing(name: name) : nil
        }
        graph.imageSize = input.imageSize ?? named?.imageSize
    }
}

extension ModelOptions {
    /// What the command line says of the model.
    ///
    /// `classes` are those that a named data set has, if one is named.
    public static func request(_ options: ParsedOptions, classes: Int? = nil) -> ModelRequest {
        var request = ModelRequest()
        request.published = options[model].flatMap(PublishedModel.init(rawValue:))
        request.version = options[version]
        request.size = options[size]
        request.classes = options[classCount] ?? classes
        request.usesResNetD = options[resNetD]
        request.usesSqueezeExcitation = options[squeezeExcitation]
        request.usesSelectiveKernel = options[selectiveKernel]
        request.antiAliasType = options[antiAliasType]
        request.antiAliasSize = options[antiAliasFilterSize]
        request.alpha = options[alpha]
        request.beta = options[beta]
        request.keepsLastResolution = options[noDownsample]
        request.pooling = options[poolType].flatMap(ModelConfiguration.Pooling.init(rawValue:))
        request.poolPadding = options[poolPadding].flatMap(
            ModelConfiguration.PoolPadding.init(rawValue:)
        )
        request.embeddingSize = options[embeddingSize]
        return request
    }
}
