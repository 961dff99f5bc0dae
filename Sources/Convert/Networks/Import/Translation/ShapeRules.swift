internal import Proto
internal import Reference

/// What a shape rule sees of a node: for one number of pictures.
struct ShapeCall {
    let node: NodeDef
    let shapes: [[Int]]
    let types: [DataType]
    let values: [ReferenceTensor?]

    func shape(_ index: Int) throws(ReferenceError) -> [Int] {
        guard shapes.indices.contains(index) else {
            throw ReferenceError("input \(index) is missing")
        }
        return shapes[index]
    }

    func type(_ index: Int) throws(ReferenceError) -> DataType {
        guard types.indices.contains(index) else {
            throw ReferenceError("input \(index) is missing")
        }
        return types[index]
    }

    func value(_ index: Int) throws(ReferenceError) -> ReferenceTensor {
        guard values.indices.contains(index), let value = values[index] else {
            throw ReferenceError("the value of input \(index) is not known")
        }
        return value
    }

    /// Whether channels come before rows and columns.
    func hasChannelsFirst() throws(ReferenceError) -> Bool {
        try node.word("data_format", of: ["NHWC", "NCHW"], default: "NHWC") == "NCHW"
    }

    /// Places in a shape of four extents: rows, columns, channels.
    func axes() throws(ReferenceError) -> (height: Int, width: Int, channels: Int) {
        try hasChannelsFirst() ? (2, 3, 1) : (1, 2, 3)
    }
}

/// The shapes that operations give, computed without their values.
///
/// What is not here is tried out by ``FormInference``.
enum ShapeRules {
    typealias Rule = @Sendable (ShapeCall) throws(ReferenceError) -> [(DataType, [Int])]

    static func rule(_ operation: String) -> Rule? { all[Name(operation)] }

    private static let all: [Name: Rule] = {
        var all = single
        let several: [([Name], Rule)] = [
            (keeping, likeFirst), (combining, combined), (comparing, compared),
            (
                ["Sum", "Mean", "Prod", "Max", "Min", "All", "Any", "EuclideanNorm"], reduction
            ),
            (["FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"], normalised),
            (["MaxPool", "AvgPool"], pool), (["Pad", "PadV2", "MirrorPad"], border),
            (["Conv2D", "DepthwiseConv2dNative"], convolution),
            (["Conv2DBackpropInput", "DepthwiseConv2dNativeBackpropInput"], spread),
            (["Conv3D", "MaxPool3D", "AvgPool3D"], volumes),
            (["ResizeBilinear", "ResizeNearestNeighbor", "ResizeBicubic", "ResizeArea"], resized),
        ]
        for (names, rule) in several {
            for name in names { all[name] = rule }
        }
        return all
    }()

    private static let likeFirst: Rule = { call throws(ReferenceError) in [try first(call)] }
    private static let combined: Rule = { call throws(ReferenceError) in
        [(call.types[0], try broadcast(call.shape(0), call.shape(1)))]
    }
    private static let compared: Rule = { call throws(ReferenceError) in
        [(.bool, try broadcast(call.shape(0), call.shape(1)))]
    }
    private static let reduction: Rule = { call throws(ReferenceError) in
        [(call.types[0], try reduced(call))]
    }
    private static let normalised: Rule = { call throws(ReferenceError) in
        let channels = try call.shape(1)
        return [try first(call)] + Array(repeating: (DataType.float32, channels), count: 4)
    }
    private static let pool: Rule = { call throws(ReferenceError) in
        [(call.types[0], try pooled(call))]
    }
    private static let border: Rule = { call throws(ReferenceError) in
        [(call.types[0], try padded(call))]
    }
    private static let convolution: Rule = { call throws(ReferenceError) in
        [(call.types[0], try convolved(call))]
    }
    private static let spread: Rule = { call throws(ReferenceError) in
        [(try call.type(2), try spreadBack(call))]
    }
    private static let volumes: Rule = { call throws(ReferenceError) in
        [(call.types[0], try volume(call))]
    }
    private static let resized: Rule = { call throws(ReferenceError) in
        let (shape, size) = (try call.shape(0), try call.value(1).integers())
        guard shape.count == 4, size.count == 2 else { throw ReferenceError("a resize") }
        let keeps = call.node.operation == "ResizeNearestNeighbor"
        return [
            (keeps ? call.types[0] : .float32, [shape[0], size[0], size[1], shape[3]])
        ]
    }

    /// Operations that give a tensor like their first.
    private static let keeping: [Name] = [
        "Relu", "Relu6", "Elu", "Selu", "LeakyRelu", "Sigmoid", "Tanh", "Softplus", "Softsign",
        "Exp", "Expm1", "Log", "Log1p", "Sqrt", "Rsqrt", "Reciprocal", "Inv", "Square", "Abs",
        "Neg", "Sign", "Floor", "Ceil", "Round", "Rint", "Erf", "Erfc", "Sin", "Cos", "BiasAdd",
        "BiasAddV1", "Softmax", "LogSoftmax", "LRN", "ReverseV2", "Reverse", "ClipByValue",
        "CheckNumerics", "Identity", "StopGradient", "PreventGradient", "Snapshot", "EnsureShape",
        "PlaceholderWithDefault", "AddN", "LogicalNot", "ZerosLike", "OnesLike", "Roll", "Cumsum",
        "FakeQuantWithMinMaxArgs", "FakeQuantWithMinMaxVars", "BatchNormWithGlobalNormalization",
        "FakeQuantWithMinMaxVarsPerChannel", "GuaranteeConst",
    ]

    private static let combining: [Name] = [
        "Add", "AddV2", "Sub", "Mul", "RealDiv", "Div", "Maximum", "Minimum", "Pow",
        "SquaredDifference", "FloorDiv", "FloorMod", "Mod", "TruncateDiv", "TruncateMod",
        "DivNoNan", "MulNoNan", "LogicalAnd", "LogicalOr", "Xdivy", "Xlogy", "Atan2",
    ]

    private static let comparing: [Name] = [
        "Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual", "ApproximateEqual",
    ]

    private static let single: [Name: Rule] = [
        "Cast": { call throws(ReferenceError) in
            [(try call.node.type("DstT"), try call.shape(0))]
        },
        "Shape": { call throws(ReferenceError) in
            [(try call.node.type("out_type", default: .int32), [try call.shape(0).count])]
        },
        "Select": { call throws(ReferenceError) in [(call.types[1], try call.shape(1))] },
        "SelectV2": { call throws(ReferenceError) in
            let branches = try broadcast(call.shape(1), call.shape(2))
            return [(call.types[1], try broadcast(call.shape(0), branches))]
        },
        "MatMul": { call throws(ReferenceError) in
            let (left, right) = (try call.shape(0), try call.shape(1))
            guard left.count == 2, right.count == 2 else { throw ReferenceError("a product") }
            let turnsLeft = try call.node.bool("transpose_a", default: false)
            let turnsRight = try call.node.bool("transpose_b", default: false)
            guard left[turnsLeft ? 0 : 1] == right[turnsRight ? 1 : 0] else {
                throw ReferenceError("a product of \(left) and \(right)")
            }
            return [(call.types[0], [left[turnsLeft ? 1 : 0], right[turnsRight ? 0 : 1]])]
        },
        "ConcatV2": { call throws(ReferenceError) in
            guard call.shapes.count > 1 else { throw ReferenceError("nothing to join") }
            let axis = try call.value(call.shapes.count - 1).integer()
            return [(call.types[0], try joined(Array(call.shapes.dropLast()), axis))]
        },
        "Concat": { call throws(ReferenceError) in
            guard call.shapes.count > 1 else { throw ReferenceError("nothing to join") }
            let axis = try call.value(0).integer()
            return [(call.types[1], try joined(Array(call.shapes.dropFirst()), axis))]
        },
        "Reshape": { call throws(ReferenceError) in
            let target = try call.value(1).integers()
            let count = try ReferenceTensor.count(try call.shape(0))
            return [(call.types[0], try resolved(target, count: count))]
        },
        "Squeeze": { call throws(ReferenceError) in
            let shape = try call.shape(0)
            var axes = try call.node.integers("squeeze_dims", default: [])
            if axes.isEmpty { axes = try call.node.integers("axis", default: []) }
            var gone: Set<Int> = []
            for axis in axes {
                let place = axis < 0 ? axis + shape.count : axis
                guard shape.indices.contains(place), shape[place] == 1 else {
                    throw ReferenceError("axis \(axis) of \(shape) squeezed")
                }
                gone.insert(place)
            }
            if axes.isEmpty { gone = Set(shape.indices.filter { shape[$0] == 1 }) }
            return [(call.types[0], shape.indices.filter { !gone.contains($0) }.map { shape[$0] })]
        },
        "ExpandDims": { call throws(ReferenceError) in
            var shape = try call.shape(0)
            let axis = try call.value(1).integer()
            let place = axis < 0 ? axis + shape.count + 1 : axis
            guard (0...shape.count).contains(place) else { throw ReferenceError("axis \(axis)") }
            shape.insert(1, at: place)
            return [(call.types[0], shape)]
        },
        "Transpose": { call throws(ReferenceError) in
            let (shape, order) = (try call.shape(0), try call.value(1).integers())
            guard order.sorted() == Array(shape.indices) else {
                throw ReferenceError("the order \(order) of \(shape)")
            }
            return [(call.types[0], order.map { shape[$0] })]
        },
        "BatchMatMul": { call throws(ReferenceError) in try batchedProduct(call) },
        "BatchMatMulV2": { call throws(ReferenceError) in try batchedProduct(call) },
        "BatchMatMulV3": { call throws(ReferenceError) in
            let result = try batchedProduct(call)[0]
            return [(try call.node.type("Tout", default: result.0), result.1)]
        },
        "Einsum": { call throws(ReferenceError) in
            guard
                let labels = EinsumLabels(
                    try call.node.text("equation"),
                    ranks: call.shapes.map(\.count)
                ),
                let extents = labels.extents(call.shapes)
            else { throw ReferenceError("an equation for \(call.shapes)") }
            return [(call.types[0], labels.result.map { extents[$0] ?? 1 })]
        },
        "Split": { call throws(ReferenceError) in
            var shape = try call.shape(1)
            let axis = try call.value(0).integer()
            let count = try call.node.integer("num_split")
            let place = axis < 0 ? axis + shape.count : axis
            guard shape.indices.contains(place), (1...4096).contains(count),
                shape[place] % count == 0
            else { throw ReferenceError("\(shape) in \(count) parts") }
            shape[place] /= count
            return Array(repeating: (call.types[1], shape), count: count)
        },
        "Pack": { call throws(ReferenceError) in
            var shape = try call.shape(0)
            let axis = try call.node.integer("axis", default: 0)
            let place = axis < 0 ? axis + shape.count + 1 : axis
            guard (0...shape.count).contains(place), call.shapes.allSatisfy({ $0 == shape }) else {
                throw ReferenceError("\(call.shapes.count) tensors along \(axis)")
            }
            shape.insert(call.shapes.count, at: place)
            return [(call.types[0], shape)]
        },
        "ArgMax": { call throws(ReferenceError) in try chosen(call) },
        "ArgMin": { call throws(ReferenceError) in try chosen(call) },
        "BatchToSpaceND": { call throws(ReferenceError) in
            var (shape, block) = (try call.shape(0), try call.value(1).integers())
            let crops = try call.value(2).integers()
            guard shape.count > block.count, crops.count == 2 * block.count else {
                throw ReferenceError("blocks \(block) of \(shape)")
            }
            for (index, side) in block.enumerated() {
                guard side > 0, shape[0] % side == 0 else {
                    throw ReferenceError("blocks \(block) of \(shape)")
                }
                shape[0] /= side
                let (extent, overflow) = shape[index + 1].multipliedReportingOverflow(by: side)
                let (lost, isOver) = crops[2 * index]
                    .addingReportingOverflow(crops[2 * index + 1])
                guard !overflow, !isOver, crops[2 * index] >= 0, crops[2 * index + 1] >= 0,
                    extent >= lost
                else { throw ReferenceError("crops \(crops) of \(shape)") }
                shape[index + 1] = extent - lost
            }
            return [(call.types[0], shape)]
        },
        "SpaceToBatchND": { call throws(ReferenceError) in
            var (shape, block) = (try call.shape(0), try call.value(1).integers())
            let paddings = try call.value(2).integers()
            guard shape.count > block.count, paddings.count == 2 * block.count else {
                throw ReferenceError("blocks \(block) of \(shape)")
            }
            for (index, side) in block.enumerated() {
                let extent = try sum(
                    [shape[index + 1], paddings[2 * index], paddings[2 * index + 1]]
                )
                let (batch, overflow) = shape[0].multipliedReportingOverflow(by: side)
                guard side > 0, paddings[2 * index] >= 0, paddings[2 * index + 1] >= 0,
                    extent % side == 0, !overflow
                else { throw ReferenceError("blocks \(block) of \(shape)") }
                shape[index + 1] = extent / side
                shape[0] = batch
            }
            return [(call.types[0], shape)]
        },
    ]

    private static func first(_ call: ShapeCall) throws(ReferenceError) -> (DataType, [Int]) {
        let shape = try call.shape(0)
        return (call.types[0], shape)
    }

    // MARK: Arithmetic

    static func sum(_ numbers: [Int]) throws(ReferenceError) -> Int {
        var sum = 0
        for number in numbers {
            let (next, overflow) = sum.addingReportingOverflow(number)
            guard !overflow else { throw ReferenceError("an extent of the sum of \(numbers)") }
            sum = next
        }
        return sum
    }

    static func broadcast(_ left: [Int], _ right: [Int]) throws(ReferenceError) -> [Int] {
        let count = max(left.count, right.count)
        var shape: [Int] = []
        for axis in 0..<count {
            let first = axis - (count - left.count)
            let second = axis - (count - right.count)
            let (one, other) = (first < 0 ? 1 : left[first], second < 0 ? 1 : right[second])
            guard one == other || one == 1 || other == 1 else {
                throw ReferenceError("the shapes \(left) and \(right)")
            }
            shape.append(one == 1 ? other : one)
        }
        return shape
    }

    /// A shape whose open extent, -1, follows from the number of elements.
    static func resolved(_ target: [Int], count: Int) throws(ReferenceError) -> [Int] {
        var shape = target
        let open = target.indices.filter { target[$0] == -1 }
        guard open.count <= 1 else { throw ReferenceError("the shape \(target)") }
        let known = try ReferenceTensor.count(target.filter { $0 != -1 })
        if let place = open.first {
            guard known > 0, count % known == 0 else {
                throw ReferenceError("\(count) values as the shape \(target)")
            }
            shape[place] = count / known
        } else if known != count {
            throw ReferenceError("\(count) values as the shape \(target)")
        }
        return shape
    }

    private static func joined(
        _ shapes: [[Int]],
        _ axis: Int
    ) throws(ReferenceError) -> [Int] {
        var result = shapes[0]
        let place = axis < 0 ? axis + result.count : axis
        guard result.indices.contains(place) else { throw ReferenceError("axis \(axis)") }
        for shape in shapes.dropFirst() {
            guard shape.count == result.count,
                shape.indices.allSatisfy({ $0 == place || shape[$0] == result[$0] })
            else { throw ReferenceError("\(shape) behind \(result)") }
            result[place] = try sum([result[place], shape[place]])
        }
        return result
    }

    private static func reduced(_ call: ShapeCall) throws(ReferenceError) -> [Int] {
        let (shape, axes) = (try call.shape(0), try call.value(1).integers())
        var keeps = try call.node.bool("keep_dims", default: false)
        if call.node["keepdims"] != nil { keeps = try call.node.bool("keepdims") }
        var gone: Set<Int> = []
        for axis in axes {
            let place = axis < 0 ? axis + shape.count : axis
            guard shape.indices.contains(place) else {
                throw ReferenceError("axis \(axis) of \(shape)")
            }
            gone.insert(place)
        }
        return keeps
            ? shape.indices.map { gone.contains($0) ? 1 : shape[$0] }
            : shape.indices.filter { !gone.contains($0) }.map { shape[$0] }
    }

    private static func batchedProduct(
        _ call: ShapeCall
    ) throws(ReferenceError) -> [(DataType, [Int])] {
        let (left, right) = (try call.shape(0), try call.shape(1))
        guard left.count >= 2, right.count >= 2 else { throw ReferenceError("a product") }
        let turnsLeft = try call.node.bool("adj_x", default: false)
        let turnsRight = try call.node.bool("adj_y", default: false)
        let rows = left[left.count - (turnsLeft ? 1 : 2)]
        let columns = right[right.count - (turnsRight ? 2 : 1)]
        guard left[left.count - (turnsLeft ? 2 : 1)] == right[right.count - (turnsRight ? 1 : 2)]
        else { throw ReferenceError("a product of \(left) and \(right)") }
        let outer = try broadcast(Array(left.dropLast(2)), Array(right.dropLast(2)))
        return [(call.types[0], outer + [rows, columns])]
    }

    /// Where the largest or smallest along an axis is.
    private static func chosen(
        _ call: ShapeCall
    ) throws(ReferenceError) -> [(DataType, [Int])] {
        var shape = try call.shape(0)
        let axis = try call.value(1).integer()
        let place = axis < 0 ? axis + shape.count : axis
        guard shape.indices.contains(place) else {
            throw ReferenceError("axis \(axis) of \(shape)")
        }
        shape.remove(at: place)
        return [(try call.node.type("output_type", default: .int64), shape)]
    }

    private static func padded(_ call: ShapeCall) throws(ReferenceError) -> [Int] {
        var shape = try call.shape(0)
        let sides = try call.value(1).integers()
        guard sides.count == 2 * shape.count, sides.allSatisfy({ $0 >= 0 }) else {
            throw ReferenceError("a border \(sides) of \(shape)")
        }
        for axis in shape.indices {
            shape[axis] = try sum([shape[axis], sides[2 * axis], sides[2 * axis + 1]])
        }
        return shape
    }
}
