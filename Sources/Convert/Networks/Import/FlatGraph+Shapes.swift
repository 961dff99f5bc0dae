internal import Proto
internal import Reference

extension FlatGraph {
    /// Operations that give a tensor of the shape of their first input.
    private static let shapeKeeping: Set = [
        "BiasAdd", "Cast", "CheckNumerics", "ClipByValue", "Elu", "FusedBatchNorm",
        "FusedBatchNormV2", "FusedBatchNormV3", "Identity", "LeakyRelu", "LogSoftmax", "Relu",
        "Relu6", "ReverseV2", "Selu", "Sigmoid", "Softmax", "StopGradient", "Switch", "Tanh",
    ]
    /// The last version of writers that state an unknown shape as that of a scalar, as TensorFlow's Placeholder has it.
    private static let lastUnknownScalar = 21
    private static let binary: Set = [
        "Add", "AddV2", "Div", "Maximum", "Minimum", "Mul", "RealDiv", "Sub",
    ]
    /// How far back shapes are followed.
    private static let depthLimit = 64

    /// The extents of a tensor, nil where they are open; nil if not even their number is known.
    func shape(_ edge: Edge, depth: Int = 0) -> [Int?]? {
        let edge = resolved(edge)
        let node = nodes[edge.node]
        if let constant = constants[edge.node], edge.output == 0 {
            return constant.shape.map { Optional($0) }
        }
        for attribute in ["_output_shapes", "output_shapes"] {
            if case .list(let shapes)? = node[attribute], shapes.indices.contains(edge.output),
                case .shape(let shape) = shapes[edge.output], !shape.isRankUnknown
            {
                return shape.dimensions.map { $0 < 0 ? nil : Int(exactly: $0) }
            }
        }
        guard depth < Self.depthLimit else { return nil }
        func input(_ index: Int) -> [Int?]? {
            guard node.inputs.indices.contains(index) else { return nil }
            return shape(node.inputs[index], depth: depth + 1)
        }
        switch node.operation {
        case "Placeholder", "PlaceholderV2", "PlaceholderWithDefault", "Variable", "VariableV2",
            "VarHandleOp":
            guard case .shape(let shape)? = node["shape"], !shape.isRankUnknown else { return nil }
            // A scalar is what old writers state where they know nothing.
            if shape.dimensions.isEmpty, node.operation == "Placeholder",
                producer <= Self.lastUnknownScalar, !isScalarPlausible(node)
            {
                return nil
            }
            return shape.dimensions.map { $0 < 0 ? nil : Int(exactly: $0) }
        case "Const":
            guard case .tensor(let message)? = node["value"] else { return nil }
            return (message.shape?.dimensions ?? []).map { Int(exactly: $0) }
        case let operation where operation.contains("Dequeue"):
            guard let queue = node.inputs.first, let shape = component(queue, edge.output) else {
                return nil
            }
            return operation.contains("Many") || operation.contains("UpTo") ? [nil] + shape : shape
        case "MatMul":
            guard let weights = input(1), weights.count == 2 else { return [nil, nil] }
            return [
                input(0)?.first ?? nil,
                node["transpose_b"] == .bool(true) ? weights[0] : weights[1],
            ]
        case "Conv2D": return [nil, nil, nil, input(1)?.last ?? nil]
        case "DepthwiseConv2dNative", "MaxPool", "AvgPool", "LRN": return [nil, nil, nil, nil]
        case "Reshape": return stated(node.inputs.last)
        case "Squeeze":
            guard let before = input(0),
                case .list(let axes)? = node["squeeze_dims"] ?? node["axis"],
                !axes.isEmpty
            else { return nil }
            let gone = axes.compactMap { axis -> Int? in
                guard case .integer(let number) = axis, let place = Int(exactly: number) else {
                    return nil
                }
                return place < 0 ? place + before.count : place
            }
            return before.indices.filter { !gone.contains($0) }.map { before[$0] }
        case "ExpandDims":
            return input(0).map { $0 + [nil] }.map { Array(repeating: nil, count: $0.count) }
        case "ResizeBilinear", "ResizeBicubic", "ResizeNearestNeighbor", "ResizeArea",
            "CropAndResize":
            return [nil, nil, nil, input(0)?.last ?? nil]
        case "DecodeJpeg", "DecodePng", "DecodeImage", "DecodeBmp":
            guard case .integer(let channels)? = node["channels"] else { return [nil, nil, nil] }
            return [nil, nil, channels > 0 ? Int(exactly: channels) : nil]
        case "TensorArrayGatherV3", "TensorArrayGatherV2":
            guard case .shape(let shape)? = node["element_shape"], !shape.isRankUnknown else {
                return nil
            }
            return [nil] + shape.dimensions.map { $0 < 0 ? nil : Int(exactly: $0) }
        case "TensorListStack": return stated(node.inputs.dropFirst().first).map { [nil] + $0 }
        case let operation where Self.shapeKeeping.contains(operation): return input(0)
        case let operation where Self.binary.contains(operation):
            guard let left = input(0), let right = input(1) else { return nil }
            return left.count >= right.count ? left : right
        default: return nil
        }
    }

    /// Whether a placeholder can be a scalar: one of truths or whole numbers, or one that no picture layer reads.
    private func isScalarPlausible(_ node: Node) -> Bool {
        guard case .type(let number)? = node["dtype"], let type = DataType(rawValue: number) else {
            return true
        }
        return ![.float32, .float16, .bfloat16, .uint8, .float64].contains(type)
    }

    /// The shape that a small constant states.
    private func stated(_ edge: Edge?) -> [Int?]? {
        guard let edge = edge.map({ resolved($0) }) else { return nil }
        var constant = constants[edge.node]
        if constant == nil, nodes[edge.node].operation == "Const" {
            constant = try? GraphSettling.constant(nodes[edge.node], nil)
        }
        guard let constant, constant.count <= 254, constant.shape.count == 1,
            let extents = try? constant.tensor().integers()
        else { return nil }
        return extents.map { $0 < 0 ? nil : $0 }
    }

    /// What a queue holds in one of its places.
    private func component(_ queue: Edge, _ place: Int) -> [Int?]? {
        guard case .list(let shapes)? = nodes[resolved(queue).node]["shapes"],
            shapes.indices.contains(place), case .shape(let shape) = shapes[place],
            !shape.isRankUnknown
        else { return nil }
        return shape.dimensions.map { $0 < 0 ? nil : Int(exactly: $0) }
    }

    /// The type of a tensor's elements, if it is known.
    func type(_ edge: Edge, depth: Int = 0) -> DataType? {
        let edge = resolved(edge)
        let node = nodes[edge.node]
        if let constant = constants[edge.node], edge.output == 0 { return constant.type }
        // What gives pictures one after the other is none itself.
        if ["OneShotIterator", "Iterator", "IteratorV2"].contains(node.operation)
            || node.operation.hasPrefix("AnonymousIterator")
            || node.operation.contains("Dataset")
        {
            return .resource
        }
        for attribute in ["output_types", "component_types", "Tout"] {
            if case .list(let types)? = node[attribute], types.indices.contains(edge.output),
                case .type(let number) = types[edge.output]
            {
                return DataType(rawValue: number)
            }
        }
        switch node.operation {
        case "Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual", "LogicalNot",
            "LogicalAnd", "LogicalOr":
            return .bool
        case "All", "Any", "IsFinite", "IsInf", "IsNan", "ApproximateEqual", "InTopK", "InTopKV2":
            return .bool
        case "ArgMax", "ArgMin":
            if case .type(let number)? = node["output_type"] { return DataType(rawValue: number) }
            return .int64
        case "Where": return .int64
        case "Gather", "GatherV2", "GatherNd":
            if case .type(let number)? = node["Tparams"] { return DataType(rawValue: number) }
        case "TopK",
            "TopKV2" where edge.output == 1:
            if case .type(let number)? = node["index_type"] { return DataType(rawValue: number) }
            return .int32
        case "Range":
            if case .type(let number)? = node["Tidx"] { return DataType(rawValue: number) }
        case let operation where operation.hasPrefix("NonMaxSuppression"):
            return operation.hasSuffix("V5") && edge.output == 1 ? .float32 : .int32
        case let operation where operation.hasPrefix("Decode"):
            if case .type(let number)? = node["dtype"] { return DataType(rawValue: number) }
            return .uint8
        case "Shape", "Size", "Rank":
            if case .type(let number)? = node["out_type"] { return DataType(rawValue: number) }
            return .int32
        case "ResizeBilinear", "ResizeBicubic", "ResizeArea": return .float32
        default: break
        }
        for attribute in ["dtype", "DstT", "element_dtype", "T", "out_type"] {
            if case .type(let number)? = node[attribute] { return DataType(rawValue: number) }
        }
        return nil
    }
}
