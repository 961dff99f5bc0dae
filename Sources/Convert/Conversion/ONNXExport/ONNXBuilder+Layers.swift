internal import Engine
internal import Formats
internal import Networks
internal import Proto

// The walk over the network's description: what each layer becomes.
extension ONNXBuilder {
    /// Appends all nodes of a graph, in their order, and the outputs.
    ///
    /// - Throws: ``ConversionError/inexpressible(format:node:layer:)``, ``ConversionError/incompleteNetwork(_:)``.
    mutating func build(_ graph: Graph) throws(ConversionError) {
        let nameless = graph.parameters.filter { !hasVariable($0.key) }
        guard nameless.isEmpty else {
            throw .incompleteNetwork(nameless.map { "\($0.key)" })
        }
        for node in graph.nodes {
            let inputs = node.inputs.map { value($0) }
            setValue(try operators(of: node, inputs), of: node.id)
        }
        outputs(of: graph)
    }

    private mutating func operators(
        of node: Node,
        _ inputs: [String]
    ) throws(ConversionError) -> String {
        switch node.operation {
        case .input: return input(node)
        case .convolution(let layer): return convolution(node, layer, inputs[0])
        case .batchNorm(let layer): return batchNorm(node, layer, inputs[0])
        case .nonlinearity(let layer): return try nonlinearity(node, layer, inputs)
        case .add: return append("Add", node.name, inputs)
        case .channelScale: return append("Mul", node.name, inputs)
        // Does nothing but while a network is trained.
        case .dropBlock: return inputs[0]
        case .blur(let layer): return blur(node, layer, inputs[0])
        case .pool(let layer): return pool(node, layer, inputs[0])
        case .upsample: return upsample(node, inputs[0])
        case .branchMean: return branchMean(node, inputs[0])
        case .branchAttention: return branchAttention(node, inputs)
        case .globalPool(let layer): return globalPool(node, layer, inputs[0])
        case .dense(let layer): return dense(node, layer, inputs[0])
        case .concat, .pad, .slice, .affine, .binary, .reduce, .softmax,
            .layerNorm, .localResponseNorm, .resize, .spaceToDepth, .depthToSpace, .reshape,
            .product, .transpose, .interleave, .constant, .join, .custom:
            throw .inexpressible(
                format: "ONNX",
                node: node.name,
                layer: "a layer of kind \(node.layer.kind)"
            )
        }
    }

    private mutating func nonlinearity(
        _ node: Node,
        _ layer: Nonlinearity,
        _ inputs: [String]
    ) throws(ConversionError) -> String {
        switch layer.function {
        case .relu: return append("Relu", node.name, inputs)
        case .sigmoid: return append("Sigmoid", node.name, inputs)
        case .clip, .leakyRelu, .elu, .selu, .hardSigmoid, .tanh, .softplus, .swish, .hardSwish,
            .gelu, .geluByTanh, .mish, .softsign, .exp, .log, .square, .sqrt, .rsqrt, .reciprocal,
            .abs, .negate, .linear, .power:
            throw .inexpressible(format: "ONNX", node: node.name, layer: layer.kind)
        }
    }

    private mutating func convolution(_ node: Node, _ layer: Convolution, _ input: String) -> String
    {
        let order = KernelOrder(
            outputsFirst: true,
            flattenedArea: node.inputs.first.map { flattenedArea($0) } ?? 1
        )
        let key = ParameterKey(node: node.name, role: .kernel)
        let name = variable(key)
        let shape = KernelLayout.outputsFirst(layer.kernelShape)
        var inputs = [input]
        if layer.scalings.isEmpty {
            inputs.append(initializer(name, shape, .parameter(key, order)))
            if layer.hasBias {
                let key = ParameterKey(node: node.name, role: .bias)
                inputs.append(
                    initializer(
                        variable(key),
                        [layer.outputChannels],
                        .parameter(key, KernelOrder())
                    )
                )
            }
        } else {
            let bias = name.split(separator: "/").dropLast().joined(separator: "/") + "/bias"
            inputs.append(
                initializer(name, shape, .foldedKernel(node: node.name, layer, order))
            )
            inputs.append(
                initializer(bias, [layer.outputChannels], .foldedBias(node: node.name, layer))
            )
        }
        var attributes = windowAttributes(layer.window, of: node)
        if layer.groups != 1 { attributes["group"] = .integer(layer.groups) }
        return append("Conv", node.name, inputs, attributes)
    }

    /// A window as operators have it.
    private func windowAttributes(_ window: Window, of node: Node) -> [Name: ONNXAttribute] {
        var attributes: [Name: ONNXAttribute] = [
            "kernel_shape": .integers([window.size.height, window.size.width]),
            "strides": .integers([window.stride.height, window.stride.width]),
        ]
        if window.dilation != Axes(1) {
            attributes["dilations"] = .integers([window.dilation.height, window.dilation.width])
        }
        if window.border == .same, window.stride != Axes(1), export.isSizeDynamic {
            // An even extent is padded otherwise than an odd one.
            attributes["auto_pad"] = .text("SAME_UPPER")
        } else {
            let shape = node.inputs.first.map { self.shape(of: $0) } ?? shape(of: node.id)
            let padding = window.padding(of: shape)
            attributes["pads"] = .integers([
                padding.top, padding.left, padding.bottom, padding.right,
            ])
        }
        return attributes
    }

    private mutating func batchNorm(_ node: Node, _ layer: BatchNorm, _ input: String) -> String {
        var inputs = [input]
        for (role, shape) in layer.parameterShapes {
            let key = ParameterKey(node: node.name, role: role)
            inputs.append(initializer(variable(key), shape, .parameter(key, KernelOrder())))
        }
        return append(
            "BatchNormalization",
            node.name,
            inputs,
            ["epsilon": .float(Float(layer.epsilon))]
        )
    }

    private mutating func blur(_ node: Node, _ layer: Blur, _ input: String) -> String {
        let channels = shape(of: node.id).channels
        var value = input
        if layer.border > 0 {
            let sides = [0, 0, layer.border, layer.border]
            let pads = integers("blur/border\(layer.border)", sides + sides)
            value = append("Pad", "\(node.name)/border", [value, pads], ["mode": .text("reflect")])
        }
        let taps = floats(
            "blur/taps\(layer.size)x\(channels)",
            [channels, 1, layer.size, layer.size],
            (0..<channels).flatMap { _ in layer.taps }
        )
        return append(
            "Conv",
            node.name,
            [value, taps],
            [
                "group": .integer(channels),
                "kernel_shape": .integers([layer.size, layer.size]),
                "strides": .integers([layer.stride, layer.stride]),
            ]
        )
    }

    private mutating func pool(_ node: Node, _ layer: Pool, _ input: String) -> String {
        var attributes = windowAttributes(layer.window, of: node)
        guard layer.function == .average else {
            return append("MaxPool", node.name, [input], attributes)
        }
        attributes["count_include_pad"] = .integer(layer.countsPadding ? 1 : 0)
        return append("AveragePool", node.name, [input], attributes)
    }

    private mutating func upsample(_ node: Node, _ input: String) -> String {
        let scales = floats("upsample/scales", [4], [1, 1, 2, 2])
        return append(
            "Resize",
            node.name,
            [input, "", scales],
            [
                "mode": .text("nearest"),
                "coordinate_transformation_mode": .text("asymmetric"),
                "nearest_mode": .text("floor"),
            ]
        )
    }

    private mutating func branchMean(_ node: Node, _ input: String) -> String {
        let means = append("GlobalAveragePool", "\(node.name)/pool", [input])
        let halves = split("\(node.name)/split", means)
        return append("Add", node.name, halves)
    }

    /// The two halves of a value's channels.
    private mutating func split(_ name: String, _ input: String) -> [String] {
        let halves = ["\(name)/0", "\(name)/1"]
        append("Split", name, [input], ["axis": .integer(1)], outputs: halves)
        return halves
    }

    private mutating func branchAttention(_ node: Node, _ inputs: [String]) -> String {
        let channels = shape(of: node.id).channels
        let pairs = integers("attention/pairs\(channels)", [0, 2, channels])
        let single = integers("attention/channels\(channels)", [0, 2 * channels, 1, 1])
        var weights = append("Reshape", "\(node.name)/pairs", [inputs[1], pairs])
        weights = append("Softmax", "\(node.name)/softmax", [weights], ["axis": .integer(1)])
        weights = append("Reshape", "\(node.name)/weights", [weights, single])
        let branches = split("\(node.name)/branches", inputs[0])
        let shares = split("\(node.name)/shares", weights)
        let parts = (0..<2).map { index in
            append("Mul", "\(node.name)/branch\(index)", [branches[index], shares[index]])
        }
        return append("Add", node.name, parts)
    }

    private mutating func globalPool(_ node: Node, _ layer: GlobalPool, _ input: String) -> String {
        switch layer.function {
        case .average: return append("GlobalAveragePool", node.name, [input])
        case .flatten:
            guard let source = node.inputs.first else { return input }
            // Channel by channel; the kernel behind it is put in the same order.
            setFlattenedArea(shape(of: source).area, of: node.id)
            let shape = integers(
                "flatten/shape",
                [0, shape(of: node.id).channels, 1, 1]
            )
            return append("Reshape", node.name, [input, shape])
        case .generalizedMean: return generalizedMean(node, input)
        }
    }

    private mutating func generalizedMean(_ node: Node, _ input: String) -> String {
        let least = floats("gem/least", [], [1e-6])
        let most = floats("gem/most", [], [1e12])
        let three = floats("gem/exponent", [], [3])
        let third = floats("gem/root", [], [1 / 3])
        let axes = integers("gem/axes", [2, 3])
        var value = append("Clip", "\(node.name)/clip", [input, least, most])
        value = append("Pow", "\(node.name)/cube", [value, three])
        value = append("ReduceSum", "\(node.name)/sum", [value, axes], ["keepdims": .integer(1)])
        value = append("Max", "\(node.name)/floor", [value, least])
        var area: String
        if export.isSizeDynamic {
            let extents = append(
                "Shape",
                "\(node.name)/extents",
                [input],
                ["start": .integer(2), "end": .integer(4)]
            )
            area = append(
                "ReduceProd",
                "\(node.name)/area",
                [extents],
                ["axes": .integers([0]), "keepdims": .integer(0)]
            )
            area = append("Cast", "\(node.name)/pixels", [area], ["to": .integer(1)])
        } else {
            let pixels = node.inputs.first.map { shape(of: $0).area } ?? 1
            area = floats("gem/pixels", [], [Float(pixels)])
        }
        value = append("Div", "\(node.name)/mean", [value, area])
        return append("Pow", node.name, [value, third])
    }

    private mutating func dense(_ node: Node, _ layer: Dense, _ input: String) -> String {
        let rows = append("Flatten", "\(node.name)/rows", [input], ["axis": .integer(1)])
        let kernel = ParameterKey(node: node.name, role: .kernel)
        let bias = ParameterKey(node: node.name, role: .bias)
        let order = KernelOrder(flattenedArea: node.inputs.first.map { flattenedArea($0) } ?? 1)
        var inputs = [
            rows,
            initializer(
                variable(kernel),
                [layer.inputs, layer.outputs],
                .parameter(kernel, order)
            ),
        ]
        if layer.hasBias {
            inputs.append(
                initializer(variable(bias), [layer.outputs], .parameter(bias, KernelOrder()))
            )
        }
        return append("Gemm", node.name, inputs)
    }

    /// Logits, what they amount to, and the vector for retrieval where the network has one.
    private mutating func outputs(of graph: Graph) {
        guard let node = graph.node(of: .logits) else { return }
        let classes = shape(of: node).channels
        let logits = append("Identity", "logits", [value(node)])
        let softmax = append("Softmax", "probabilities", [logits], ["axis": .integer(1)])
        let sigmoid = append("Sigmoid", "probabilities_sigmoid", [logits])
        let argmax = append(
            "ArgMax",
            "classes",
            [logits],
            ["axis": .integer(1), "keepdims": .integer(0)]
        )
        func output(_ name: String, _ element: ONNXElement, _ shape: [ONNXValue.Extent]) {
            model.outputs.append(
                ONNXValue(name: name, element: element, shape: [.named("batch")] + shape)
            )
        }
        output(logits, .float32, [.fixed(classes)])
        output(softmax, .float32, [.fixed(classes)])
        output(sigmoid, .float32, [.fixed(classes)])
        output(argmax, .int64, [])
        if export.configuration.embeddingSize > 0, let vector = graph.node(of: .embedding) {
            let embedding = append(
                "Flatten",
                "embedding",
                [value(vector)],
                ["axis": .integer(1)]
            )
            output(embedding, .float32, [.fixed(shape(of: vector).channels)])
        }
    }
}
