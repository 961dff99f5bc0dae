internal import Proto

/// What operations call their inputs, for those whose inputs are no matter of course.
enum InputNames {
    private static let tensorFlow: [Name: [String]] = [
        "Conv2D": ["input", "filter"], "Conv3D": ["input", "filter"],
        "DepthwiseConv2dNative": ["input", "filter"],
        "Conv2DBackpropInput": ["input_sizes", "filter", "out_backprop"],
        "MatMul": ["a", "b"], "BatchMatMulV2": ["x", "y"], "BiasAdd": ["value", "bias"],
        "FusedBatchNorm": ["x", "scale", "offset", "mean", "variance"],
        "FusedBatchNormV2": ["x", "scale", "offset", "mean", "variance"],
        "FusedBatchNormV3": ["x", "scale", "offset", "mean", "variance"],
        "Reshape": ["tensor", "shape"], "Pad": ["input", "paddings"],
        "PadV2": ["input", "paddings", "constant_values"], "MirrorPad": ["input", "paddings"],
        "Mean": ["input", "axis"], "Sum": ["input", "axis"], "Max": ["input", "axis"],
        "Min": ["input", "axis"], "Prod": ["input", "axis"], "ArgMax": ["input", "axis"],
        "Transpose": ["x", "perm"], "ExpandDims": ["input", "axis"],
        "StridedSlice": ["input", "begin", "end", "strides"], "Slice": ["input", "begin", "size"],
        "GatherV2": ["params", "indices", "axis"], "Gather": ["params", "indices"],
        "Tile": ["input", "multiples"], "Split": ["axis", "value"],
        "ResizeBilinear": ["images", "size"], "ResizeNearestNeighbor": ["images", "size"],
        "Assign": ["ref", "value"], "AssignVariableOp": ["resource", "value"],
        "Switch": ["data", "pred"], "Range": ["start", "limit", "delta"],
    ]
    private static let onnx: [Name: [String]] = [
        "Conv": ["X", "W", "B"], "ConvTranspose": ["X", "W", "B"], "Gemm": ["A", "B", "C"],
        "MatMul": ["A", "B"], "BatchNormalization": ["X", "scale", "B", "mean", "var"],
        "InstanceNormalization": ["input", "scale", "B"],
        "LayerNormalization": ["X", "scale", "B"], "PRelu": ["X", "slope"],
        "Reshape": ["data", "shape"], "Clip": ["input", "min", "max"],
        "Pad": ["data", "pads", "constant_value", "axes"],
        "Resize": ["X", "roi", "scales", "sizes"],
        "Slice": ["data", "starts", "ends", "axes", "steps"],
        "Gather": ["data", "indices"], "Squeeze": ["data", "axes"],
        "Unsqueeze": ["data", "axes"], "ReduceMean": ["data", "axes"],
        "Expand": ["input", "shape"], "Tile": ["input", "repeats"], "Split": ["input", "split"],
    ]

    /// The names of an operation's inputs, in order; none where they are not known.
    static func of(_ operation: String) -> [String] { tensorFlow[Name(operation)] ?? [] }

    /// The names of an operator's inputs, in order; none where they are not known.
    static func ofONNX(_ operation: String) -> [String] { onnx[Name(operation)] ?? [] }
}
