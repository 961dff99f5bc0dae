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

/// Attributes.
extension GraphOperations {
    static func flag(_ node: NodeDef, _ name: String) -> Bool { node[name] == .bool(true) }

    static func text(_ node: NodeDef, _ name: String) -> String? {
        guard case .bytes(let bytes)? = node[name] else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func type(_ node: NodeDef, _ name: String) -> DataType? {
        guard case .type(let number)? = node[name] else { return nil }
        return DataType(rawValue: number)
    }

    static func integers(_ node: NodeDef, _ name: String) -> [Int] {
        guard case .list(let values)? = node[name] else { return [] }
        return values.compactMap { value in
            guard case .integer(let number) = value else { return nil }
            return Int(exactly: number)
        }
    }
}
