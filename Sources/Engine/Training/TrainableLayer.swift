/// A layer that can be trained: beside its inference it has a forward pass that remembers, and a gradient.
protocol TrainableLayer: ExecutableLayer {
    /// Appends the steps of the forward pass in training, and returns how the gradient will go back.
    func planTraining(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: TrainingPlanner
    ) throws(EngineError) -> Tape
}

/// What a layer's forward pass leaves for the backward pass.
struct Tape {
    /// Appends the steps of the backward pass.
    ///
    /// It is given the gradient of the loss with respect to the output, and for each input whether the gradient with
    /// respect to that is wanted; it returns one term for each input, nil where none is wanted.
    typealias Backward =
        (_ gradient: Gradient, _ wanted: [Bool]) throws(EngineError) -> [GradientTerm?]

    /// Where the output lies.
    let output: Activation
    /// How the gradient goes back.
    let backward: Backward
}

extension Node.Operation {
    /// The layer as what trains it, nil if it has no gradient.
    var training: (any TrainableLayer)? {
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
        case .concat, .pad, .slice, .affine, .binary, .reduce, .softmax,
            .layerNorm, .localResponseNorm, .resize, .spaceToDepth, .depthToSpace, .reshape,
            .product, .transpose, .interleave, .constant, .join, .custom:
            nil
        }
    }
}
