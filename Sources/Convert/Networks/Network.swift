internal import Checkpoint
package import Formats

/// What the user says of a network, its weights aside; nothing where nothing was said.
public struct NetworkRequest: Sendable {
    /// What is said of a model of the family.
    public var model: ModelRequest
    /// What is said of how pictures are prepared.
    public var input: InputRequest
    /// What is said of a graph.
    public var graph: ImportOptions

    /// What was asked for.
    public init(
        _ model: ModelRequest = ModelRequest(),
        _ input: InputRequest = InputRequest(),
        graph: ImportOptions = ImportOptions()
    ) {
        self.model = model
        self.input = input
        self.graph = graph
    }
}

/// A network on disk: what computes the logits, where it was read from, and how its input is prepared.
///
/// The one door for whoever evaluates, converts, distils or looks. What the files do not tell is known from the user, from what
/// is recorded beside or in them, or is assumed; ``facts`` and ``input`` say which.
public struct Network {
    /// What computes the logits.
    public enum Model: Sendable {
        /// A checkpoint's variables, or the like, which are those of the family.
        case family(FamilyModel)
        /// A graph that came with its weights.
        case imported(ImportedGraph)
    }

    /// What computes the logits.
    public private(set) var model: Model
    /// Logits of the classifier.
    public let classes: Int
    /// Where it was read from.
    public let files: NetworkFiles
    /// What its files do not tell of the model.
    public let facts: [NetworkFact]
    /// How pictures are prepared.
    public let input: InputConvention
    /// What is recorded of the network.
    public let recorded: RecordedFlags?
    let caches = PendingCaches()

    /// Settles the model of weights that are open.
    ///
    /// - Throws: ``NetworkError``, `CheckpointError` where the weights cannot be read.
    public init(_ file: WeightFile, _ request: NetworkRequest) throws {
        files = file.place
        let identified = try IdentifiedModel(CheckpointInventory(file.tensors))
        var recorded = try file.recordedFlags()
        var settled = try request.model.settle(identified, recorded: recorded, names: file.names)
        if let fitting = recorded?.fitting(classes: settled.configuration.classes),
            fitting != recorded
        {
            recorded = fitting
            settled = try request.model.settle(identified, recorded: fitting, names: file.names)
        }
        self.recorded = recorded
        model = .family(
            FamilyModel(
                weights: file,
                identified: identified,
                configuration: settled.configuration
            )
        )
        classes = settled.configuration.classes
        facts = settled.facts
        input = try InputConvention(
            request.input,
            published: request.model.published,
            recorded: recorded
        )
    }

    /// Imports a graph that is open.
    ///
    /// - Throws: ``NetworkError``, `CheckpointError`, `FormatError`, `ReferenceError`.
    public init(_ source: GraphSource, _ request: NetworkRequest) throws {
        let graph = try ImportedGraph(source, request.graph)
        guard let last = graph.logitsShape?.last, let classes = last else {
            throw NetworkError.imported(.noClasses(graph.logits))
        }
        self.classes = classes
        model = .imported(graph)
        files = graph.files
        recorded = try source.recordedFlags()?.fitting(classes: classes)
        facts = []
        input = try InputConvention(request.input, recorded: recorded, for: graph)
    }

    /// Whether a path means a graph, and no weights of the family.
    public static func isGraph(_ path: String) -> Bool {
        (try? LocatedFile(path)).map { isGraph($0) } ?? false
    }

    /// Whether what was found where a path leads is a graph, and no weights of the family.
    package static func isGraph(_ located: LocatedFile) -> Bool {
        switch located.kind {
        case .graph, .metaGraph, .savedModel(_, nil), .onnx: return true
        case .checkpoint(let location), .savedModel(_, .some(let location)):
            guard let tensors = try? location.open() else { return false }
            let family = try? IdentifiedModel(CheckpointInventory(tensors))
            return (family?.isAnotherNetwork ?? true) && (try? GraphSource(located)) != nil
        default: return false
        }
    }

    /// The model in one line, see ``ModelConfiguration/summary``.
    public var summary: String {
        switch model {
        case .family(let model): model.configuration.summary
        case .imported(let graph): graph.summary
        }
    }

    /// The network as one of the family, for what is done with these alone.
    ///
    /// - Throws: ``NetworkError/graphOnly(path:)``.
    public func family() throws(NetworkError) -> FamilyModel {
        guard case .family(let model) = model else { throw .graphOnly(path: files.path) }
        return model
    }

    /// The same weights taken for those of another model.
    package func taken(for model: FamilyModel) -> Network {
        var network = self
        network.model = .family(model)
        return network
    }
}
