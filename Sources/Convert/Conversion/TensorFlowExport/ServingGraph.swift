internal import Engine
internal import Networks
public import Pictures
internal import Proto

/// What a network is given where it serves.
public enum ServingInput: Equatable, Sendable {
    /// Encoded pictures, `[batch]`.
    case encoded(Preprocessing)
    /// Pictures that are prepared, `[batch, height, width, 3]`.
    case prepared

    /// The folder that the published exporter puts such a model in.
    public var folder: String {
        switch self {
        case .encoded: "binary_input"
        case .prepared: "preprocessed_input"
        }
    }

    /// The argument that encoded pictures are given by.
    static let encodedArgument = "image_bytes"

    /// The argument of the signatures.
    var argument: String {
        switch self {
        case .encoded: Self.encodedArgument
        case .prepared: "input"
        }
    }
}

/// A network as TensorFlow serves it: a placeholder, the layers, and the published exporter's three results.
struct ServingGraph {
    /// The placeholder.
    static let inputName = "input_tensor"
    /// The published exporter's results: key, node and type.
    static let outputs: [(key: String, node: String, type: DataType)] = [
        ("classes", "ArgMax", .int64), ("probabilities", "softmax_tensor", .float32),
        ("probabilities_sigmoid", "sigmoid_tensor", .float32),
    ]
    /// Names that no variable may have.
    static let reserved = Set([inputName, NetworkNodes.embeddingName] + outputs.map(\.node))

    private(set) var builder: GraphDefBuilder
    /// The network's variables, none where its weights are constants.
    let variables: [WeightNodes.Variable]
    private let input: ServingInput
    private let inputShape: FeatureShape
    private let classes: Int

    /// Builds the graph.
    ///
    /// - Parameters:
    ///   - network: The network and its weights.
    ///   - input: What it is given.
    ///   - storage: How its weights get in.
    ///   - others: Tensors that become variables as well, which nothing computes with.
    /// - Throws: ``ConversionError``.
    init(
        _ network: NetworkPlan,
        _ input: ServingInput,
        _ storage: WeightNodes.Storage,
        others: [ConversionPlan.Item] = []
    ) throws(ConversionError) {
        var nodes = try NetworkNodes(network, storage, in: GraphDefBuilder())
        for item in others { nodes.addOther(item) }
        let pictures: String
        let shape = network.graph.input
        switch input {
        case .prepared:
            pictures = nodes.builder.add(
                "Placeholder",
                Self.inputName,
                [],
                [
                    "dtype": .of(.float32),
                    "shape": .extents([-1, shape.height, shape.width, shape.channels]),
                ]
            )
        case .encoded(let preprocessing):
            let strings = nodes.builder.add(
                "Placeholder",
                Self.inputName,
                [],
                ["dtype": .of(.string), "shape": .extents([-1])]
            )
            var loop = PictureNodes(preprocessing, in: nodes.builder)
            pictures = loop.add(strings: strings)
            nodes.builder = loop.builder
        }
        let logits = try nodes.addLayers(input: pictures)
        builder = nodes.builder
        variables = nodes.weights.variables
        self.input = input
        inputShape = shape
        classes = network.names.variables.last { $0.name.hasSuffix("/bias") }?.shape.first ?? -1
        let axis = builder.scalar("ArgMax/dimension", Int32(1))
        _ = builder.add(
            "ArgMax",
            Self.outputs[0].node,
            [logits, axis],
            ["T": .of(.float32), "Tidx": .of(.int32), "output_type": .of(.int64)]
        )
        _ = builder.float("Softmax", Self.outputs[1].node, [logits])
        _ = builder.float("Sigmoid", Self.outputs[2].node, [logits])
    }

    /// The graph with the operations that restore its variables, its collections and, where it serves, its signatures.
    func metaGraph(serves: Bool) -> MetaGraph {
        var builder = builder
        let saving = SaverNodes(variables, to: &builder)
        return MetaGraph(
            graph: builder.graph,
            saver: saving.saver,
            collections: saving.collections,
            signatures: serves ? signatures : [],
            tags: serves ? ["serve"] : [],
            tensorFlowVersion: GraphDefBuilder.tensorFlowVersion
        )
    }

    private var signatures: [MetaGraph.Signature] {
        let (type, extents): (DataType, [Int]) =
            switch input {
            case .encoded: (.string, [-1])
            case .prepared:
                (.float32, [-1, inputShape.height, inputShape.width, inputShape.channels])
            }
        let argument = MetaGraph.TensorInfo(
            name: "\(Self.inputName):0",
            dataType: type,
            shape: extents
        )
        let results = Self.outputs.map { output in
            let shape = output.type == .int64 ? [-1] : [-1, classes]
            return (
                output.key,
                MetaGraph.TensorInfo(name: "\(output.node):0", dataType: output.type, shape: shape)
            )
        }
        return ["predict", "serving_default"].map { name in
            MetaGraph.Signature(
                name: name,
                method: "tensorflow/serving/predict",
                inputs: [input.argument: argument],
                outputs: Dictionary(results) { first, _ in first }
            )
        }
    }
}
