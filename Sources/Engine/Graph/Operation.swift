extension Node {
    /// The layers that there are.
    ///
    /// Closed: whoever must know them all, to run, train or export them, switches over it without a default, so that the
    /// compiler tells where a new layer is missing.
    package enum Operation: Sendable {
        case input(Input)
        case convolution(Convolution)
        case dense(Dense)
        case batchNorm(BatchNorm)
        case nonlinearity(Nonlinearity)
        case add(Add)
        case pool(Pool)
        case globalPool(GlobalPool)
        case blur(Blur)
        case upsample(Upsample)
        case channelScale(ChannelScale)
        case branchMean(BranchMean)
        case branchAttention(BranchAttention)
        case dropBlock(DropBlock)
        case concat(Concat)
        case pad(Pad)
        case slice(Slice)
        case affine(Affine)
        case binary(Binary)
        case reduce(Reduce)
        case softmax(Softmax)
        case layerNorm(LayerNorm)
        case localResponseNorm(LocalResponseNorm)
        case resize(Resize)
        case spaceToDepth(SpaceToDepth)
        case depthToSpace(DepthToSpace)
        case reshape(Reshape)
        case product(Product)
        case transpose(Transpose)
        case interleave(Interleave)
        case constant(Constant)
        case join(Join)
        case custom(Custom)
    }
}

extension Node.Operation {
    /// The layer itself.
    package var layer: any Layer {
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
