internal import Engine
public import Networks

extension ModelRequest {
    /// Settles a model that has no checkpoint yet: what was asked for, then what the published name says, then the published
    /// defaults.
    ///
    /// - Parameter width: Channels of the first stage; 64 in everything published.
    /// - Returns: the settings.
    /// - Throws: ``NetworkError/graph(_:)``.
    public func settleFromScratch(width: Int = 64) throws(NetworkError) -> SettledModel {
        let preset = published?.configuration ?? ModelConfiguration()
        var model = preset
        model.width = width
        model.version = version ?? preset.version
        model.size = size ?? preset.size
        model.classes = classes ?? preset.classes
        model.usesResNetD = usesResNetD ?? preset.usesResNetD
        model.usesSqueezeExcitation = usesSqueezeExcitation ?? preset.usesSqueezeExcitation
        model.usesSelectiveKernel = usesSelectiveKernel ?? preset.usesSelectiveKernel
        model.alpha = alpha ?? preset.alpha
        model.beta = beta ?? preset.beta
        model.pooling = pooling ?? preset.pooling
        model.embeddingSize = embeddingSize ?? preset.embeddingSize
        return try settleUntold(model, published?.configuration, nil)
    }

    /// Settles a model that begins with the variables of another one: its own classes and embedding, else what the checkpoint
    /// holds.
    ///
    /// - Throws: ``NetworkError``.
    public func settleForWarmStart(
        _ identified: IdentifiedModel,
        recorded: RecordedFlags?,
        names: ParameterNames
    ) throws(NetworkError) -> SettledModel {
        var request = self
        request.classes = nil
        request.embeddingSize = nil
        let settled = try request.settle(identified, recorded: recorded, names: names)
        var model = settled.configuration
        model.classes = classes ?? model.classes
        model.embeddingSize = embeddingSize ?? model.embeddingSize
        return SettledModel(configuration: model, facts: settled.facts)
    }
}
