public import Engine

/// What the user says of a network, its weights aside; nothing where nothing was said.
public struct NetworkRequest: Sendable, Equatable {
    /// What is said of the model.
    public var model: ModelRequest
    /// What is said of how pictures are prepared.
    public var input: InputRequest

    /// What was asked for.
    public init(_ model: ModelRequest = ModelRequest(), _ input: InputRequest = InputRequest()) {
        self.model = model
        self.input = input
    }
}

/// A network on disk: weights, what they are the weights of, and how its input is prepared.
///
/// The one door for whoever evaluates, converts, distils or goes on training. What the weights do not tell is known from the
/// user, from what is recorded beside or in the file, or is assumed; ``facts`` and ``input`` say which.
public struct Network {
    /// The weights.
    public let file: WeightFile
    /// The model, every setting decided.
    public private(set) var configuration: ModelConfiguration
    /// What no variable tells of the model.
    public let facts: [NetworkFact]
    /// How pictures are prepared.
    public let input: InputConvention
    /// What is recorded of the network.
    public let recorded: RecordedFlags?
    /// SHA-256 of the weights, see ``WeightFile/digest()``.
    public let digest: String
    let caches = PendingCaches()

    /// Opens a checkpoint, or another file of weights, and settles its model.
    ///
    /// - Throws: as ``init(_:_:)`` and ``WeightFile/init(_:)`` do.
    public static func open(_ path: String, _ request: NetworkRequest) throws -> Network {
        try Network(WeightFile(path), request)
    }

    /// Settles the model of weights that are open.
    ///
    /// - Throws: ``NetworkError``, `CheckpointError` where the weights cannot be read.
    public init(_ file: WeightFile, _ request: NetworkRequest) throws {
        self.file = file
        recorded = try file.recordedFlags()
        let identified = try IdentifiedModel(CheckpointInventory(file.tensors))
        let settled = try request.model.settle(
            identified,
            recorded: recorded,
            names: file.names
        )
        configuration = settled.configuration
        facts = settled.facts
        input = try InputConvention(
            request.input,
            published: request.model.published,
            recorded: recorded
        )
        digest = try file.digest()
    }

    /// Logits of the classifier.
    public var classes: Int { configuration.classes }

    /// The model in one line, see ``ModelConfiguration/summary``.
    public var summary: String { configuration.summary }

    /// The same weights taken for those of another model.
    package func taken(for configuration: ModelConfiguration) -> Network {
        var network = self
        network.configuration = configuration
        return network
    }

    /// The network for pictures of a size, before any pass.
    ///
    /// - Throws: `GraphError` for a size that it cannot have.
    public func built(imageSize: Int) throws(GraphError) -> FamilyNetwork {
        try FamilyNetwork(configuration, imageSize: imageSize)
    }

    /// The stages that have a published name, and that name.
    ///
    /// - Throws: `GraphError`.
    package func stageNames(
        imageSize: Int
    ) throws(GraphError) -> [(stage: Stage, name: String)] {
        VariableNames(try built(imageSize: imageSize)).stages
    }

    /// The weights.
    ///
    /// - Throws: ``NetworkError``, `CheckpointError`.
    public func weights(of network: FamilyNetwork, _ set: WeightSet) throws -> Weights {
        try Weights(VariableNames(network), from: file.tensors, set: set)
    }
}
