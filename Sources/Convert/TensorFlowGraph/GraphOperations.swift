internal import Glibc
internal import Proto

/// What the operations of graphs compute, by their names.
enum GraphOperations {
    typealias Compute =
        @Sendable (NodeDef, [ReferenceTensor]) throws(ReferenceError) -> [ReferenceTensor]

    /// An operation: how many inputs it needs at least, and its results.
    struct Operation: Sendable {
        let inputCount: Int
        let compute: Compute
    }

    /// All of them; what is not here cannot be proved.
    static let all: [String: Operation] = [
        "Identity": unary { $0 },
        "ReadVariableOp": unary { $0 },
        "Relu": unary { $0.rectified },
        "Sigmoid": unary { $0.sigmoid },
        "Cast": Operation(inputCount: 1) { node, inputs in
            // Numbers become whole ones by cutting off; wider ones are computed as float32 anyway.
            let type = type(node, "DstT")
            return [type == .int32 || type == .int64 ? inputs[0].map { truncf($0) } : inputs[0]]
        },
        "Add": binary { $0 + $1 },
        "Sub": binary { $0 - $1 },
        "Mul": binary { $0 * $1 },
        "RealDiv": binary { $0 / $1 },
        "FloorDiv": binary { floorf($0 / $1) },
        "Minimum": binary { min($0, $1) },
        "Maximum": binary { max($0, $1) },
        "Pow": binary { powf($0, $1) },
        "BiasAdd": binary { $0 + $1 },
        "Conv2D": Operation(inputCount: 2, compute: convolution),
        "DepthwiseConv2dNative": Operation(inputCount: 2, compute: depthwiseConvolution),
        "FusedBatchNormV3": Operation(inputCount: 5, compute: batchNorm),
        "MaxPool": Operation(inputCount: 1, compute: pool),
        "AvgPool": Operation(inputCount: 1, compute: pool),
        "Mean": Operation(inputCount: 2) { node, inputs throws(ReferenceError) in
            try reduce(.mean, node, inputs)
        },
        "Sum": Operation(inputCount: 2) { node, inputs throws(ReferenceError) in
            try reduce(.sum, node, inputs)
        },
        "MatMul": Operation(inputCount: 2) { node, inputs throws(ReferenceError) in
            [
                try inputs[0].product(
                    inputs[1],
                    transposesFirst: flag(node, "transpose_a"),
                    transposesSecond: flag(node, "transpose_b")
                )
            ]
        },
        "Pad": Operation(inputCount: 2) { _, inputs throws(ReferenceError) in
            try pad(inputs, .constant(0))
        },
        "MirrorPad": Operation(inputCount: 2) { node, inputs throws(ReferenceError) in
            guard text(node, "mode") == "REFLECT" else {
                throw ReferenceError("mode is not REFLECT")
            }
            return try pad(inputs, .reflected)
        },
        "Reshape": Operation(inputCount: 2, compute: reshape),
        "Split": Operation(inputCount: 2, compute: split),
        "ResizeNearestNeighbor": Operation(inputCount: 2) { node, inputs throws(ReferenceError) in
            let (height, width) = try size(node, inputs[1])
            return [try inputs[0].resizedToNearest(height: height, width: width)]
        },
        "ResizeBilinear": Operation(inputCount: 2) { node, inputs throws(ReferenceError) in
            let (height, width) = try size(node, inputs[1])
            return [try inputs[0].resizedBilinearly(height: height, width: width)]
        },
        "Shape": Operation(inputCount: 1) { _, inputs throws(ReferenceError) in
            [try ReferenceTensor([inputs[0].rank], inputs[0].shape.map { Float($0) })]
        },
        "StridedSlice": Operation(inputCount: 4, compute: stridedSlice),
        "Slice": Operation(inputCount: 3) { _, inputs throws(ReferenceError) in
            [try inputs[0].sliced(start: inputs[1].integers(), count: inputs[2].integers())]
        },
        "Pack": Operation(inputCount: 1) { _, inputs throws(ReferenceError) in
            guard inputs.allSatisfy({ $0.rank == 0 }) else {
                throw ReferenceError("only scalars are packed")
            }
            return [try ReferenceTensor([inputs.count], inputs.flatMap(\.values))]
        },
        "ExpandDims": Operation(inputCount: 2) { _, inputs throws(ReferenceError) in
            var shape = inputs[0].shape
            let axes = try inputs[1].integers()
            guard axes.count == 1, (0...shape.count).contains(axes[0]) else {
                throw ReferenceError("a new axis \(axes) in the shape \(shape)")
            }
            shape.insert(1, at: axes[0])
            return [try inputs[0].reshaped(shape)]
        },
    ]

    private static func unary(
        _ body: @escaping @Sendable (ReferenceTensor) -> ReferenceTensor
    ) -> Operation {
        Operation(inputCount: 1) { _, inputs in [body(inputs[0])] }
    }

    private static func binary(_ body: @escaping @Sendable (Float, Float) -> Float) -> Operation {
        Operation(inputCount: 2) { _, inputs throws(ReferenceError) in
            [try inputs[0].combined(with: inputs[1], body)]
        }
    }

    private static func reduce(
        _ reduction: ReferenceTensor.Reduction,
        _ node: NodeDef,
        _ inputs: [ReferenceTensor]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        let axes = try inputs[1].integers()
        let keepsAxes = flag(node, "keep_dims")
        return [try inputs[0].reduced(reduction, axes: axes, keepsAxes: keepsAxes)]
    }
}

/// Windows.
extension GraphOperations {
    private static func geometry(
        _ node: NodeDef,
        _ input: ReferenceTensor,
        window: [Int]
    ) throws(ReferenceError) -> WindowGeometry {
        guard text(node, "data_format") == "NHWC", input.rank == 4 else {
            throw ReferenceError("pictures are not in the order NHWC")
        }
        var geometry = WindowGeometry()
        geometry.strides = try middle(node, "strides")
        if node["dilations"] != nil { geometry.dilations = try middle(node, "dilations") }
        switch text(node, "padding") {
        case "VALID": break
        case "SAME":
            geometry.padSame(height: input.shape[1], width: input.shape[2], window: window)
        default: throw ReferenceError("padding is neither VALID nor SAME")
        }
        return geometry
    }

    /// The two inner numbers of four of which the outer ones are 1.
    private static func middle(_ node: NodeDef, _ name: String) throws(ReferenceError) -> [Int] {
        let numbers = integers(node, name)
        guard numbers.count == 4, numbers[0] == 1, numbers[3] == 1,
            (1...(1 << 16)).contains(numbers[1]), (1...(1 << 16)).contains(numbers[2])
        else { throw ReferenceError("\(name) is \(numbers)") }
        return [numbers[1], numbers[2]]
    }

    @Sendable private static func convolution(
        _ node: NodeDef,
        _ inputs: [ReferenceTensor]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        guard inputs[1].rank == 4 else { throw ReferenceError("a kernel \(inputs[1].shape)") }
        let window = Array(inputs[1].shape.prefix(2))
        return [try inputs[0].convolved(inputs[1], geometry(node, inputs[0], window: window))]
    }

    @Sendable private static func depthwiseConvolution(
        _ node: NodeDef,
        _ inputs: [ReferenceTensor]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        guard inputs[1].rank == 4, inputs[1].shape[3] == 1 else {
            throw ReferenceError("a kernel \(inputs[1].shape)")
        }
        let kernel = try inputs[1].reshaped(Array(inputs[1].shape.prefix(3)))
        let window = Array(kernel.shape.prefix(2))
        return [
            try inputs[0].convolvedByChannel(kernel, geometry(node, inputs[0], window: window))
        ]
    }

    @Sendable private static func pool(
        _ node: NodeDef,
        _ inputs: [ReferenceTensor]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        let size = try middle(node, "ksize")
        let geometry = try geometry(node, inputs[0], window: size)
        return [
            node.operation == "MaxPool"
                ? try inputs[0].maximumPooled(size, geometry)
                : try inputs[0].meanPooled(size, geometry, countsPadding: false)
        ]
    }

    @Sendable private static func batchNorm(
        _ node: NodeDef,
        _ inputs: [ReferenceTensor]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        guard case .float(let epsilon)? = node["epsilon"], !flag(node, "is_training"),
            text(node, "data_format") == "NHWC"
        else { throw ReferenceError("a batch norm that is not for inference") }
        return [
            try inputs[0].normalized(
                axis: -1,
                scale: inputs[1],
                offset: inputs[2],
                mean: inputs[3],
                variance: inputs[4],
                epsilon: epsilon
            )
        ]
    }
}

/// Shapes.
extension GraphOperations {
    private static func pad(
        _ inputs: [ReferenceTensor],
        _ border: ReferenceTensor.Border
    ) throws(ReferenceError) -> [ReferenceTensor] {
        let numbers = try inputs[1].integers()
        guard numbers.count == 2 * inputs[0].rank else {
            throw ReferenceError("\(numbers.count) paddings for the shape \(inputs[0].shape)")
        }
        let axes = inputs[0].shape.indices
        return [
            try inputs[0].padded(
                before: axes.map { numbers[2 * $0] },
                after: axes.map { numbers[2 * $0 + 1] },
                border
            )
        ]
    }

    @Sendable private static func reshape(
        _ node: NodeDef,
        _ inputs: [ReferenceTensor]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        var shape = try inputs[1].integers()
        if let open = shape.firstIndex(of: -1) {
            shape[open] = 1
            let rest = try ReferenceTensor.count(shape)
            guard rest > 0, inputs[0].values.count.isMultiple(of: rest) else {
                throw ReferenceError("the shape \(inputs[0].shape) cannot become \(shape)")
            }
            shape[open] = inputs[0].values.count / rest
        }
        return [try inputs[0].reshaped(shape)]
    }

    @Sendable private static func split(
        _ node: NodeDef,
        _ inputs: [ReferenceTensor]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        let axes = try inputs[0].integers()
        guard case .integer(let count)? = node["num_split"], axes.count == 1, count > 0,
            count <= 1 << 16
        else { throw ReferenceError("parts along the axes \(axes)") }
        let axis = try inputs[1].axis(axes[0])
        let extent = inputs[1].shape[axis]
        guard extent.isMultiple(of: Int(count)) else {
            throw ReferenceError("\(count) parts of \(extent)")
        }
        return try inputs[1].split(
            axis: axis,
            [Int](repeating: extent / Int(count), count: Int(count))
        )
    }

    /// One number of a list.
    @Sendable private static func stridedSlice(
        _ node: NodeDef,
        _ inputs: [ReferenceTensor]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        let begin = try inputs[1].integers()
        guard inputs[0].rank == 1, begin.count == 1, node["shrink_axis_mask"] == .integer(1),
            inputs[0].values.indices.contains(begin[0])
        else { throw ReferenceError("only one number of a list is taken") }
        return [ReferenceTensor(inputs[0].values[begin[0]])]
    }

    private static func size(
        _ node: NodeDef,
        _ values: ReferenceTensor
    ) throws(ReferenceError) -> (height: Int, width: Int) {
        let size = try values.integers()
        guard size.count == 2, !flag(node, "align_corners"), !flag(node, "half_pixel_centers")
        else {
            throw ReferenceError("pictures are resized by another rule")
        }
        return (size[0], size[1])
    }
}

/// Attributes.
extension GraphOperations {
    private static func flag(_ node: NodeDef, _ name: String) -> Bool { node[name] == .bool(true) }

    private static func text(_ node: NodeDef, _ name: String) -> String? {
        guard case .bytes(let bytes)? = node[name] else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func type(_ node: NodeDef, _ name: String) -> DataType? {
        guard case .type(let number)? = node[name] else { return nil }
        return DataType(rawValue: number)
    }

    private static func integers(_ node: NodeDef, _ name: String) -> [Int] {
        guard case .list(let values)? = node[name] else { return [] }
        return values.compactMap { value in
            guard case .integer(let number) = value else { return nil }
            return Int(exactly: number)
        }
    }
}
