public import Checkpoint
public import Networks
public import Pictures

/// What is converted, where to, and how.
public struct ConversionJob {
    /// The tensors that are written.
    public let plan: ConversionPlan
    /// Where they are.
    public let source: any TensorSource
    /// What they are the weights of, where that is known.
    public let network: ConversionNetwork?
    /// The network, where it is a graph from elsewhere; the tensors are its parameters.
    public let graph: InferenceGraph?
    /// What is known of the network besides its weights.
    public let record: NetworkRecord?
    /// Texts that are handed on.
    public let metadata: [String: String]
    /// The path that stands for the result.
    public let path: String
    /// Whether what is there is replaced.
    public let isReplacing: Bool
    /// What single formats can be told.
    public let settings: TargetSettings

    /// A conversion.
    public init(
        _ plan: ConversionPlan,
        from source: any TensorSource,
        _ network: ConversionNetwork?,
        graph: InferenceGraph? = nil,
        record: NetworkRecord? = nil,
        metadata: [String: String] = [:],
        to path: String,
        replacing isReplacing: Bool = false,
        _ settings: TargetSettings = TargetSettings()
    ) {
        self.plan = plan
        self.source = source
        self.network = network
        self.graph = graph
        self.record = record
        self.metadata = metadata
        self.path = path
        self.isReplacing = isReplacing
        self.settings = settings
    }

    /// The folder that the result lies in.
    var folder: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }

    /// The network of the family, for formats that hold one.
    ///
    /// - Parameters:
    ///   - format: What the format is called in a sentence, where it has no place for graphs from elsewhere.
    ///   - instead: What these can be written as instead.
    /// - Returns: The network.
    /// - Throws: ``ConversionError/noNetwork``, ``ConversionError/familyOnly(format:instead:)``.
    func requiredNetwork(
        of format: String = "the format",
        instead: String = "--to frozen and saved-model hold any"
    ) throws(ConversionError) -> ConversionNetwork {
        guard let network else {
            guard graph == nil else { throw .familyOnly(format: format, instead: instead) }
            throw .noNetwork
        }
        return network
    }

    /// Whether every parameter of the graph is among what is written.
    var hasWholeGraph: Bool {
        guard let graph else { return false }
        let planned = Set(plan.items.map(\.source.key))
        return graph.parameters.allSatisfy { planned.contains(GraphTensors.key(of: $0)) }
    }
}

/// A network whose weights are converted: what it is, and which tensor is which parameter.
public struct ConversionNetwork {
    /// The model.
    public let configuration: ModelConfiguration
    /// How its pictures are prepared.
    public let preprocessing: Preprocessing
    /// The graph, and the tensors of its parameters.
    public let plan: NetworkPlan

    /// Finds a network's parameters among what is planned.
    ///
    /// - Parameters:
    ///   - network: The network, for pictures of its size.
    ///   - preprocessing: How its pictures are prepared.
    ///   - plan: What is to be written.
    ///   - set: Which values are the weights.
    /// - Throws: ``ConversionError`` as ``NetworkPlan`` does.
    public init(
        _ network: FamilyNetwork,
        _ preprocessing: Preprocessing,
        _ plan: ConversionPlan,
        set: WeightSet
    ) throws(ConversionError) {
        configuration = network.configuration
        self.preprocessing = preprocessing
        self.plan = try NetworkPlan(network, plan, set: set)
    }
}

/// What single formats can be told.
public struct TargetSettings: Sendable {
    /// Data files of a checkpoint.
    public var shardCount = 1
    /// Whether a `.meta` file is written beside a checkpoint.
    public var writesMeta = true
    /// The name of a SavedModel's folder, in seconds since 1970.
    public var timestamp = 0
    /// The order of an ONNX model's pictures.
    public var layout = ONNXExport.Layout.nchw
    /// Whether an ONNX model's batch norms are folded into the convolutions before them.
    public var foldsBatchNorms = false
    /// Whether an ONNX model takes pictures of any height and width.
    public var isSizeDynamic = false
    /// The side of pictures, where a graph from elsewhere leaves it open.
    public var imageSize: Int?
    /// Whether an ONNX model prepares decoded pictures itself.
    public var preprocesses = false
    /// How a graph of an imported network makes its pictures of encoded ones; nil where it is given them.
    public var decoding: Preprocessing?
    /// Whether an ONNX model's weights lie in a file beside it.
    public var isExternal = false

    /// What is written unless something else is asked for.
    public init() {}
}
