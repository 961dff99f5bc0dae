internal import Proto

/// The shape that an operation's output has, of those that networks are made of, for drawings: nothing is computed with it.
///
/// Extents that are open stay so; an operation that is not known has an unknown shape.
struct ShapeRule {
    typealias Extents = [Int?]

    let operation: String
    /// The shapes of the inputs.
    let inputs: [Extents?]
    /// Whole numbers of an attribute.
    let integers: (String) -> [Int]?
    /// A word of an attribute.
    let text: (String) -> String?
    /// The values of an input that is a constant of a few whole numbers.
    let constant: (Int) -> [Int]?

    /// The first input's shape.
    private var first: Extents? { inputs.first ?? nil }

    private func input(_ place: Int) -> Extents? {
        inputs.indices.contains(place) ? inputs[place] : nil
    }

    // MARK: Arithmetic with extents that may be wrong

    private static func sum(_ values: [Int?]) -> Int? {
        var total = 0
        for value in values {
            guard let value else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(value)
            if overflow { return nil }
            total = sum
        }
        return total
    }

    private static func product(_ values: some Sequence<Int?>) -> Int? {
        var total = 1
        for value in values {
            guard let value else { return nil }
            let (product, overflow) = total.multipliedReportingOverflow(by: value)
            if overflow { return nil }
            total = product
        }
        return total
    }

    /// How often a window fits.
    private static func places(
        _ extent: Int?,
        window: Int,
        stride: Int,
        dilation: Int,
        padding: Int?,
        roundsUp: Bool = false
    ) -> Int? {
        guard let extent, stride > 0, window > 0, dilation > 0, extent >= 0 else { return nil }
        // Nothing is said of the padding where the window is only moved.
        guard let padding else { return (extent - 1) / stride + 1 }
        guard let reach = product([window - 1, dilation]),
            let rest = sum([extent, padding, -reach, -1]), rest >= 0
        else { return nil }
        return (roundsUp ? (rest + stride - 1) / stride : rest / stride) + 1
    }

    private static func broadcast(_ shapes: [Extents?]) -> Extents? {
        var result: Extents = []
        for shape in shapes {
            guard let shape else { return nil }
            let rank = max(shape.count, result.count)
            func padded(_ shape: Extents) -> Extents {
                Array(repeating: 1, count: rank - shape.count) + shape
            }
            result = zip(padded(result), padded(shape)).map { left, right in
                left == 1 ? right : right == 1 ? left : left ?? right
            }
        }
        return result
    }

    private func place(_ axis: Int, in rank: Int) -> Int? {
        let place = axis < 0 ? axis + rank : axis
        return (0..<rank).contains(place) ? place : nil
    }

    // MARK: What both formats have

    private func reduced(_ axes: [Int]?, keeps: Bool) -> Extents? {
        guard let first else { return nil }
        let gone = Set((axes ?? Array(first.indices)).compactMap { place($0, in: first.count) })
        return first.indices.compactMap { axis -> Int?? in
            gone.contains(axis) ? (keeps ? .some(1) : .none) : .some(first[axis])
        }
    }

    private func joined(_ shapes: [Extents?], axis: Int) -> Extents? {
        guard var result = shapes.first ?? nil, let axis = place(axis, in: result.count) else {
            return nil
        }
        result[axis] = Self.sum(
            shapes.map { shape in
                guard let shape, shape.indices.contains(axis) else { return nil }
                return shape[axis]
            }
        )
        return result
    }

    private func reshaped(_ target: [Int]?, zeroCopies: Bool) -> Extents? {
        guard let target, target.count <= 32 else { return nil }
        var result: Extents = target.enumerated().map { place, extent in
            if extent == 0, zeroCopies {
                return first.flatMap { $0.indices.contains(place) ? $0[place] : nil }
            }
            return extent < 0 ? nil : extent
        }
        // One extent follows from the others, where all of the input's are known.
        if target.count(where: { $0 < 0 }) == 1, let first, let all = Self.product(first),
            let rest = Self.product(result.indices.filter { target[$0] >= 0 }.map { result[$0] }),
            rest > 0, let open = target.firstIndex(where: { $0 < 0 })
        {
            result[open] = all / rest
        }
        return result
    }

    private func without(_ axes: [Int]?) -> Extents? {
        guard let first else { return nil }
        guard let axes, !axes.isEmpty else { return first.filter { $0 != 1 } }
        let gone = Set(axes.compactMap { place($0, in: first.count) })
        return first.indices.filter { !gone.contains($0) }.map { first[$0] }
    }

    private func with(_ axes: [Int]?) -> Extents? {
        guard var result = first, let axes, axes.count <= 32 else { return nil }
        let rank = result.count + axes.count
        for axis in axes.compactMap({ place($0, in: rank) }).sorted() where axis <= result.count {
            result.insert(1, at: axis)
        }
        return result
    }

    private func permuted(_ order: [Int]?) -> Extents? {
        guard let first else { return nil }
        guard let order else { return first.reversed() }
        guard order.count == first.count, order.allSatisfy(first.indices.contains) else {
            return nil
        }
        return order.map { first[$0] }
    }

    private func product(transposes: (Bool, Bool)) -> Extents? {
        guard let left = first, let right = input(1), left.count >= 2, right.count >= 2 else {
            return nil
        }
        let rows = left[left.count - (transposes.0 ? 1 : 2)]
        let columns = right[right.count - (transposes.1 ? 2 : 1)]
        return left.dropLast(2) + [rows, columns]
    }

    // MARK: TensorFlow

    private static let keeping: Set<Name> = [
        "BiasAdd", "Identity", "Relu", "Relu6", "Elu", "Selu", "LeakyRelu", "Sigmoid", "Tanh",
        "Softmax", "LogSoftmax", "Softplus", "Softsign", "Exp", "Log", "Sqrt", "Rsqrt", "Square",
        "Neg", "Abs", "Floor", "Ceil", "Round", "Cast", "StopGradient", "CheckNumerics",
        "ClipByValue", "LRN", "Erf", "Reciprocal", "Inv", "ReverseV2", "PlaceholderWithDefault",
        "FakeQuantWithMinMaxVars", "FakeQuantWithMinMaxArgs", "PreventGradient", "Snapshot",
        "LogicalNot", "Sign", "ZerosLike", "OnesLike", "ReadVariableOp",
    ]
    private static let pairs: Set<Name> = [
        "Add", "AddV2", "Sub", "Mul", "Div", "RealDiv", "Maximum", "Minimum", "Pow",
        "SquaredDifference", "FloorDiv", "FloorMod", "Equal", "NotEqual", "Less", "LessEqual",
        "Greater", "GreaterEqual", "LogicalAnd", "LogicalOr", "AddN", "BiasAddV1", "DivNoNan",
    ]

    /// The shapes of the outputs of one of TensorFlow's operations.
    var tensorFlow: [Extents?] {
        let name = Name(operation)
        if Self.keeping.contains(name) { return [first] }
        if Self.pairs.contains(name) { return [Self.broadcast(inputs)] }
        switch operation {
        case "FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3":
            let channels = input(1)
            return [first, channels, channels, channels, channels]
        case "Switch", "RefSwitch": return [first, first]
        case "Merge", "RefMerge": return [first, []]
        case "Conv2D", "DepthwiseConv2dNative", "MaxPool", "AvgPool", "MaxPoolV2":
            return [windowed]
        case "MatMul":
            return [
                product(
                    transposes: (integers("transpose_a") == [1], integers("transpose_b") == [1])
                )
            ]
        case "BatchMatMul", "BatchMatMulV2":
            return [product(transposes: (integers("adj_x") == [1], integers("adj_y") == [1]))]
        case "ConcatV2":
            guard let axis = constant(inputs.count - 1)?.first else { return [nil] }
            return [joined(Array(inputs.dropLast()), axis: axis)]
        case "Concat":
            guard let axis = constant(0)?.first else { return [nil] }
            return [joined(Array(inputs.dropFirst()), axis: axis)]
        case "Pad", "PadV2", "MirrorPad":
            guard let first, let pads = constant(1), pads.count == 2 * first.count else {
                return [first.map { $0.map { _ in nil } }]
            }
            return [
                first.indices.map { Self.sum([first[$0], pads[2 * $0], pads[2 * $0 + 1]]) }
            ]
        case "Mean", "Sum", "Max", "Min", "Prod", "All", "Any":
            guard let axes = constant(1) else { return [nil] }
            return [reduced(axes, keeps: integers("keep_dims") == [1])]
        case "ArgMax", "ArgMin": return [constant(1).flatMap { reduced($0, keeps: false) }]
        case "Reshape": return [reshaped(constant(1), zeroCopies: false)]
        case "Squeeze": return [without(integers("squeeze_dims") ?? integers("axis"))]
        case "ExpandDims": return [with(constant(1))]
        case "Transpose": return [constant(1).flatMap { permuted($0) }]
        case "Shape": return [first.map { [$0.count] }]
        case "ResizeBilinear", "ResizeNearestNeighbor", "ResizeBicubic", "ResizeArea":
            guard let first, first.count == 4 else { return [nil] }
            let size = constant(1) ?? []
            return [[first[0], size.first, size.count > 1 ? size[1] : nil, first[3]]]
        case "Split":
            let count = min(max(integers("num_split")?.first ?? 1, 1), 500)
            guard var shape = input(1), let axis = constant(0)?.first,
                let place = place(axis, in: shape.count)
            else { return Array(repeating: nil, count: count) }
            shape[place] = shape[place].map { $0 / count }
            return Array(repeating: shape, count: count)
        case "Pack":
            guard let first else { return [nil] }
            let axis = integers("axis")?.first ?? 0
            guard let place = place(axis, in: first.count + 1) else { return [nil] }
            var shape = first
            shape.insert(inputs.count, at: place)
            return [shape]
        case "SpaceToDepth", "DepthToSpace", "StridedSlice", "Slice": return [nil]
        default: return [nil]
        }
    }

    /// A window of TensorFlow's: strides and sizes by the axes of the data.
    private var windowed: Extents? {
        guard let first, first.count == 4 else { return nil }
        let isChannelsFirst = text("data_format") == "NCHW"
        let axes = isChannelsFirst ? [2, 3] : [1, 2]
        let channelAxis = isChannelsFirst ? 1 : 3
        let strides = integers("strides") ?? []
        let dilations = integers("dilations") ?? []
        let filter = operation.contains("Conv") ? input(1) : nil
        let sizes = integers("ksize") ?? []
        let padding = text("padding")
        let explicit = integers("explicit_paddings") ?? []
        var result = first
        for (number, axis) in axes.enumerated() {
            let window =
                filter.flatMap { $0.count == 4 ? $0[number] : nil }
                ?? (sizes.count == 4 ? sizes[axis] : nil)
            let stride = strides.count == 4 ? strides[axis] : 1
            let pads: Int? =
                switch padding {
                case "VALID": 0
                case "EXPLICIT" where explicit.count == 8:
                    Self.sum([explicit[2 * axis], explicit[2 * axis + 1]])
                default: nil
                }
            result[axis] =
                window.flatMap { window in
                    Self.places(
                        first[axis],
                        window: window,
                        stride: stride,
                        dilation: dilations.count == 4 ? dilations[axis] : 1,
                        padding: pads
                    )
                }
                ?? (padding == "SAME"
                    ? Self.places(
                        first[axis],
                        window: 1,
                        stride: stride,
                        dilation: 1,
                        padding: nil
                    ) : nil)
        }
        if let filter, filter.count == 4 {
            result[channelAxis] =
                operation == "Conv2D" ? filter[3] : Self.product([filter[2], filter[3]])
        } else if operation.contains("Conv") {
            result[channelAxis] = nil
        }
        return result
    }

    // MARK: ONNX

    private static let keepingONNX: Set<Name> = [
        "Relu", "Sigmoid", "Tanh", "Softmax", "LogSoftmax", "Elu", "Selu", "LeakyRelu", "Clip",
        "HardSigmoid", "HardSwish", "Softplus", "Softsign", "Gelu", "Erf", "Exp", "Log", "Sqrt",
        "Neg", "Abs", "Floor", "Ceil", "Round", "Identity", "Dropout", "LRN", "Cast", "PRelu",
        "BatchNormalization", "InstanceNormalization", "LayerNormalization", "Reciprocal",
        "GroupNormalization", "Mish", "QuantizeLinear", "DequantizeLinear", "Not", "Sign",
    ]
    private static let pairsONNX: Set<Name> = [
        "Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean", "Pow", "Equal", "Less", "Greater",
        "And", "Or", "Where",
    ]

    /// The shapes of the outputs of one of ONNX's operators.
    var onnx: [Extents?] {
        let name = Name(operation)
        if Self.keepingONNX.contains(name) { return [first] }
        if Self.pairsONNX.contains(name) { return [Self.broadcast(inputs)] }
        switch operation {
        case "Conv", "MaxPool", "AveragePool", "LpPool": return [windowedONNX]
        case "GlobalAveragePool", "GlobalMaxPool":
            return [first.map { $0.prefix(2) + $0.dropFirst(2).map { _ in 1 } }]
        case "Gemm":
            return [
                product(transposes: (integers("transA") == [1], integers("transB") == [1]))
            ]
        case "MatMul": return [product(transposes: (false, false))]
        case "Concat": return [integers("axis")?.first.flatMap { joined(inputs, axis: $0) }]
        case "Flatten":
            guard let first else { return [nil] }
            let axis = integers("axis")?.first ?? 1
            let place = min(max(axis < 0 ? axis + first.count : axis, 0), first.count)
            let head: Int? = place == 1 ? first[0] : Self.product(first.prefix(place))
            return [[head, Self.product(first.dropFirst(place))]]
        case "Reshape": return [reshaped(constant(1) ?? integers("shape"), zeroCopies: true)]
        case "Transpose": return [permuted(integers("perm"))]
        case "Squeeze": return [without(integers("axes") ?? constant(1))]
        case "Unsqueeze": return [with(integers("axes") ?? constant(1))]
        case "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL2":
            let axes = integers("axes") ?? constant(1)
            guard axes != nil || inputs.count < 2 else { return [nil] }
            return [reduced(axes, keeps: integers("keepdims") != [0])]
        case "Shape": return [first.map { [$0.count] }]
        case "Pad":
            guard let first, let pads = integers("pads") ?? constant(1),
                pads.count == 2 * first.count
            else { return [nil] }
            return [
                first.indices.map { Self.sum([first[$0], pads[$0], pads[first.count + $0]]) }
            ]
        default: return [nil]
        }
    }

    /// A window of ONNX's: over the axes behind batch and channels.
    private var windowedONNX: Extents? {
        guard let first, first.count > 2, first.count <= 16 else { return nil }
        let rank = first.count - 2
        let weights = operation == "Conv" ? input(1) : nil
        let sizes = integers("kernel_shape") ?? weights?.dropFirst(2).compactMap(\.self) ?? []
        guard sizes.count == rank else { return nil }
        func numbers(_ name: String, _ count: Int, _ usual: Int) -> [Int] {
            let found = integers(name) ?? []
            return found.count == count ? found : Array(repeating: usual, count: count)
        }
        let strides = numbers("strides", rank, 1)
        let dilations = numbers("dilations", rank, 1)
        let pads = numbers("pads", 2 * rank, 0)
        let isSame = text("auto_pad")?.utf8.starts(with: "SAME".utf8) ?? false
        var result = first
        for axis in 0..<rank {
            result[axis + 2] = Self.places(
                first[axis + 2],
                window: sizes[axis],
                stride: strides[axis],
                dilation: dilations[axis],
                padding: isSame ? nil : Self.sum([pads[axis], pads[rank + axis]]),
                roundsUp: integers("ceil_mode") == [1]
            )
        }
        if operation == "Conv" { result[1] = weights.flatMap { $0.first ?? nil } }
        return result
    }
}
