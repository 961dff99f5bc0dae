/// How a layer runs.
protocol ExecutableLayer: Layer {
    /// The type in which the layer wants an input, or nil if it takes what comes.
    ///
    /// `output` is the type that the layer's own output is wanted in.
    func inputType(at index: Int, output: ElementType, math: MathMode) -> ElementType?

    /// Appends the steps that compute the layer, and returns where its output will lie.
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation
}

extension ExecutableLayer {
    func inputType(at index: Int, output: ElementType, math: MathMode) -> ElementType? { nil }
}

extension Node.Operation {
    /// The layer as what runs it.
    var execution: any ExecutableLayer {
        switch self {
        case .input(let layer): layer
        case .convolution(let layer): layer
        case .dense(let layer): layer
        case .batchNorm(let layer): layer
        case .nonlinearity(let layer): layer
        case .add(let layer): layer
        case .pool(let layer): layer
        case .globalPool(let layer): layer
        case .blur(let layer): layer
        case .upsample(let layer): layer
        case .channelScale(let layer): layer
        case .branchMean(let layer): layer
        case .branchAttention(let layer): layer
        case .dropBlock(let layer): layer
        case .concat(let layer): layer
        case .pad(let layer): layer
        case .slice(let layer): layer
        case .affine(let layer): layer
        case .binary(let layer): layer
        case .reduce(let layer): layer
        case .softmax(let layer): layer
        case .layerNorm(let layer): layer
        case .localResponseNorm(let layer): layer
        case .resize(let layer): layer
        case .spaceToDepth(let layer): layer
        case .depthToSpace(let layer): layer
        case .reshape(let layer): layer
        case .product(let layer): layer
        case .transpose(let layer): layer
        case .interleave(let layer): layer
        case .constant(let layer): layer
        case .join(let layer): layer
        case .custom(let layer): layer
        }
    }
}
