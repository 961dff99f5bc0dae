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
    /// - Throws: ``ConversionError/graph(_:)`` if the pictures are too small for the network,
    ///   ``ConversionError/incompleteNetwork(_:)`` if some of its parameters have no name.
    init(
        _ network: NetworkPlan,
        _ storage: WeightNodes.Storage,
        in builder: GraphDefBuilder
    ) throws(ConversionError) {
        self.network = network
        do throws(GraphError) { shapes = try network.graph.shapes() } catch { throw .graph(error) }
        let variables = Dictionary(
            uniqueKeysWithValues: network.names.variables.map { ($0.parameter.key, $0) }
        )
        let nameless = network.graph.parameters.filter { variables[$0.key] == nil }
        guard nameless.isEmpty else { throw .incompleteNetwork(nameless.map { "\($0.key)" }) }
        self.variables = variables
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
        self.builder.order = network.order
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
    ///
    /// - Throws: ``ConversionError/inexpressible(format:node:layer:)``.
    mutating func addLayers(input: String) throws(ConversionError) -> String {
        let input = builder.arranged("transpose", input)
        var last = input
        for node in network.graph.nodes {
            last = try add(node, input: input)
            for name in stageNames[node.id] ?? [] {
                let identity = builder.add("Identity", name, [last], ["T": .of(.float32)])
                if node.id == network.graph.node(of: .logits) { last = identity }
            }
            outputs[node.id] = last
        }
        return last
    }

    private mutating func add(_ node: Node, input: String) throws(ConversionError) -> String {
        let inputs = node.inputs.map { outputs[$0] ?? "" }
        let extents = node.inputs.compactMap { shapes[$0] }
        let name = "\(VariableNames.scope)/\(node.name)"
        switch node.operation {
        case .input: return input
        case .convolution(let layer): return try add(layer, node, inputs[0], extents[0])
        case .batchNorm(let layer): return add(layer, node, inputs[0])
        case .dense(let layer): return add(layer, node, inputs[0])
        case .nonlinearity(let layer): return try add(layer, node, name, inputs)
        case .add: return builder.float("Add", name, inputs)
        case .channelScale: return builder.float("Mul", name, inputs)
        case .pool(let layer):
            guard let pooled = builder.pool(layer, name, inputs[0], extents[0]) else {
                throw Self.inexpressible(node, "a padded maximum")
            }
            return pooled
        case .blur(let layer): return builder.blur(layer, name, inputs[0], extents[0])
        case .upsample: return builder.upsample(name, inputs[0], extents[0])
        case .globalPool(let layer):
            return builder.globalPool(layer, name, inputs[0], extents[0])
        case .branchMean: return builder.branchMean(name, inputs[0])
        case .branchAttention: return builder.branchAttention(name, inputs[0], inputs[1])
        case .dropBlock: return inputs[0]
        case .concat, .pad, .slice, .affine, .binary, .reduce, .softmax,
            .layerNorm, .localResponseNorm, .resize, .spaceToDepth, .depthToSpace, .reshape,
            .product, .transpose, .interleave, .constant, .join, .custom:
            throw Self.inexpressible(node, node.layer.kind)
        }
    }

    private static func inexpressible(_ node: Node, _ layer: String) -> ConversionError {
        .inexpressible(format: "TensorFlow's graph", node: node.name, layer: layer)
    }

    private mutating func add(
        _ layer: Nonlinearity,
        _ node: Node,
        _ name: String,
        _ inputs: [String]
    ) throws(ConversionError) -> String {
        switch layer.function {
        case .relu: return builder.float("Relu", name, inputs)
        case .sigmoid: return builder.float("Sigmoid", name, inputs)
        case .clip, .leakyRelu, .elu, .selu, .hardSigmoid, .tanh, .softplus, .swish, .hardSwish,
            .gelu, .geluByTanh, .mish, .softsign, .exp, .log, .square, .sqrt, .rsqrt, .reciprocal,
            .abs, .negate, .linear, .power:
            throw Self.inexpressible(node, layer.kind)
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

    private mutating func add(
        _ layer: Convolution,
        _ node: Node,
        _ input: String,
        _ shape: FeatureShape
    ) throws(ConversionError) -> String {
        guard layer.groups == 1 else {
            throw Self.inexpressible(node, "a convolution with \(layer.groups) groups")
        }
        let scope = scope(node, .kernel)
        let window = layer.window
        let padding = window.padding(of: shape)
        var same = window
        same.border = .same
        // With stride 1 SAME pads the same for every size of the input; with more, only an input of this size so.
        let isSame =
            window.border == .same
            || window.stride == Axes(1) && padding == same.padding(of: shape)
        let isPadded = !isSame && padding != .none
        let source = isPadded ? builder.pad(padding, scope, input) : input
        let product = builder.add(
            "Conv2D",
            "\(scope)/Conv2D",
            [source, weight(node, .kernel)],
            [
                "T": .of(.float32), "data_format": builder.dataFormat,
                "padding": .text(isSame ? "SAME" : "VALID"),
                "strides": builder.window(window.stride),
                "dilations": builder.window(window.dilation),
                "use_cudnn_on_gpu": .bool(true),
            ]
        )
        return layer.hasBias ? addBias(node, scope, product, builder.dataFormat) : product
    }

    private mutating func addBias(
        _ node: Node,
        _ scope: String,
        _ input: String,
        _ format: AttributeValue
    ) -> String {
        builder.add(
            "BiasAdd",
            "\(scope)/BiasAdd",
            [input, weight(node, .bias)],
            ["T": .of(.float32), "data_format": format]
        )
    }

    private mutating func add(_ layer: BatchNorm, _ node: Node, _ input: String) -> String {
        let parameters = [ParameterRole.gamma, .beta, .movingMean, .movingVariance]
        return builder.add(
            "FusedBatchNormV3",
            "\(scope(node, .gamma))/FusedBatchNormV3",
            [input] + parameters.map { weight(node, $0) },
            [
                "T": .of(.float32), "U": .of(.float32), "data_format": builder.dataFormat,
                "epsilon": .float(Float(layer.epsilon)), "is_training": .bool(false),
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
        return layer.hasBias ? addBias(node, scope, product, .text("NHWC")) : product
    }
}
