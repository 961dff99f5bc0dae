internal import Engine
internal import Networks
internal import Proto

/// Writes a network as operations of TensorFlow, layer by layer, in the order of the graph.
///
/// Activations are `[batch, height, width, channel]`, vectors `[batch, 1, 1, channel]`. A layer with parameters lies in the
/// scope of its variables, any other under its own name; named stages keep the names that the published graph gives them.
struct NetworkNodes {
    private let network: NetworkPlan
    private let shapes: [NodeID: FeatureShape]
    private let variables: [ParameterKey: VariableNames.Variable]
    private let stageNames: [NodeID: [String]]
    var builder: GraphDefBuilder
    private(set) var weights: WeightNodes
    private var outputs: [NodeID: String] = [:]
    private var weightOutputs: [String: String] = [:]

    /// The vector for retrieval, as the published exporter looks for it.
    static let embeddingName = "embedding_tensor"

    /// Begins a graph with its weights, behind what is in `builder` already.
    ///
    /// - Throws: ``ConversionError/graph(_:)`` if the pictures are too small for the network.
    init(
        _ network: NetworkPlan,
        _ storage: WeightNodes.Storage,
        in builder: GraphDefBuilder
    ) throws(ConversionError) {
        self.network = network
        do throws(GraphError) { shapes = try network.graph.shapes() } catch { throw .graph(error) }
        variables = Dictionary(
            uniqueKeysWithValues: network.names.variables.map { ($0.parameter.key, $0) }
        )
        var stageNames: [NodeID: [String]] = [:]
        for (stage, name) in network.names.stages {
            if let node = network.graph.node(of: stage) {
                stageNames[node, default: []].append(name)
            }
        }
        if let node = network.graph.node(of: .embedding) {
            stageNames[node, default: []].append(Self.embeddingName)
        }
        self.stageNames = stageNames
        self.builder = builder
        weights = WeightNodes(storage)
        for variable in network.names.variables {
            weightOutputs[variable.name] = weights.addNumbers(
                network.item(of: variable),
                isTrainable: variable.isTrainable,
                to: &self.builder
            )
        }
    }

    /// Adds a variable that the network does not compute with.
    mutating func addOther(_ item: ConversionPlan.Item) {
        _ = weights.add(item, isTrainable: false, to: &builder)
    }

    /// Adds the layers, and gives the output that has the logits, `[batch, class]`.
    mutating func addLayers(input: String) -> String {
        var last = input
        for node in network.graph.nodes {
            last = add(node, input: input)
            for name in stageNames[node.id] ?? [] {
                let identity = builder.add("Identity", name, [last], ["T": .of(.float32)])
                if node.id == network.graph.node(of: .logits) { last = identity }
            }
            outputs[node.id] = last
        }
        return last
    }

    private mutating func add(_ node: Node, input: String) -> String {
        let inputs = node.inputs.map { outputs[$0] ?? "" }
        let extents = node.inputs.compactMap { shapes[$0] }
        let name = "\(VariableNames.scope)/\(node.name)"
        switch node.layer {
        case is Input: return input
        case let layer as Convolution: return add(layer, node, inputs[0])
        case let layer as BatchNorm: return add(layer, node, inputs[0])
        case let layer as Dense: return add(layer, node, inputs[0])
        case is Relu: return builder.float("Relu", name, inputs)
        case is Sigmoid: return builder.float("Sigmoid", name, inputs)
        case is Add: return builder.float("Add", name, inputs)
        case is ChannelScale: return builder.float("Mul", name, inputs)
        case let layer as Pool: return builder.pool(layer, name, inputs[0], extents[0])
        case let layer as Blur: return builder.blur(layer, name, inputs[0], extents[0])
        case is Upsample: return builder.upsample(name, inputs[0], extents[0])
        case let layer as GlobalPool:
            return builder.globalPool(layer, name, inputs[0], extents[0])
        case is BranchMean: return builder.branchMean(name, inputs[0])
        case is BranchAttention: return builder.branchAttention(name, inputs[0], inputs[1])
        case is DropBlock: return inputs[0]
        default: preconditionFailure("\(node.name) is a layer without a place in a graph")
        }
    }

    /// The output that has a parameter of a node.
    private func weight(_ node: Node, _ role: ParameterRole) -> String {
        let variable = variables[ParameterKey(node: node.name, role: role)]
        return variable.flatMap { weightOutputs[$0.name] } ?? ""
    }

    /// The scope of a node's variables.
    private func scope(_ node: Node, _ role: ParameterRole) -> String {
        let name = variables[ParameterKey(node: node.name, role: role)]?.name ?? node.name
        return name.lastIndex(of: "/").map { String(name[..<$0]) } ?? name
    }

    private mutating func add(_ layer: Convolution, _ node: Node, _ input: String) -> String {
        let scope = scope(node, .kernel)
        // With stride 1 SAME pads as the layer says; with more it depends on the size of the input, which the layer's does not.
        let isPadded = layer.stride > 1 && layer.size > 1
        let source = isPadded ? builder.pad(layer.padding, scope, input) : input
        return builder.add(
            "Conv2D",
            "\(scope)/Conv2D",
            [source, weight(node, .kernel)],
            [
                "T": .of(.float32), "data_format": .text("NHWC"),
                "padding": .text(layer.stride > 1 ? "VALID" : "SAME"),
                "strides": .integers([1, layer.stride, layer.stride, 1]),
                "dilations": .integers([1, 1, 1, 1]), "use_cudnn_on_gpu": .bool(true),
            ]
        )
    }

    private mutating func add(_ layer: BatchNorm, _ node: Node, _ input: String) -> String {
        let parameters = [ParameterRole.gamma, .beta, .movingMean, .movingVariance]
        return builder.add(
            "FusedBatchNormV3",
            "\(scope(node, .gamma))/FusedBatchNormV3",
            [input] + parameters.map { weight(node, $0) },
            [
                "T": .of(.float32), "U": .of(.float32), "data_format": .text("NHWC"),
                "epsilon": .float(Float(BatchNorm.epsilon)), "is_training": .bool(false),
            ]
        )
    }

    private mutating func add(_ layer: Dense, _ node: Node, _ input: String) -> String {
        let scope = scope(node, .kernel)
        let shape = builder.constant("\(scope)/Reshape/shape", [-1, Int32(layer.inputs)])
        let vectors = builder.reshape("\(scope)/Reshape", input, shape)
        let product = builder.add(
            "MatMul",
            "\(scope)/MatMul",
            [vectors, weight(node, .kernel)],
            ["T": .of(.float32), "transpose_a": .bool(false), "transpose_b": .bool(false)]
        )
        return builder.add(
            "BiasAdd",
            "\(scope)/BiasAdd",
            [product, weight(node, .bias)],
            ["T": .of(.float32), "data_format": .text("NHWC")]
        )
    }
}
