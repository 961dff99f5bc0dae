internal import Base
internal import CKernels

/// A convolution's kernel as our own kernels of pixels want it, and the numbers added to its outputs.
struct PixelConstants {
    let kernel: Storage
    let bias: Storage?
}

extension Planner {
    /// The matrix of a convolution 1x1, in the order of `pixel_arrange`.
    func pixelMatrix(
        of node: String,
        _ convolution: Convolution,
        inputs: Int,
        outputs: Int
    ) throws(EngineError) -> PixelConstants {
        try pixelConstants(
            of: node,
            convolution,
            inputs: inputs,
            outputs: outputs,
            layout: "float32 \(inputs)x\(outputs) in columns of \(pixel_group)"
        ) { values in
            let arranged = Storage(byteCount: values.byteCount)
            unsafe pixel_arrange(
                values.floats.baseAddress,
                arranged.floats.baseAddress,
                inputs,
                outputs
            )
            return arranged
        }
    }

    /// A convolution's kernel and bias with the channels that fill up blocks, from an earlier plan or made.
    func pixelConstants(
        of node: String,
        _ convolution: Convolution,
        inputs: Int,
        outputs: Int,
        layout: String,
        arrange: (Storage) -> Storage
    ) throws(EngineError) -> PixelConstants {
        let shape = convolution.kernelShape
        var made: FoldedKernel?
        func folded() throws(EngineError) -> FoldedKernel {
            if let made { return made }
            let kernel = try FoldedKernel(of: node, convolution, weights: weights)
                .padded(from: shape, inputs: inputs, outputs: outputs)
            made = kernel
            return kernel
        }
        let count = convolution.window.size.area * inputs * outputs
        let kernel = try prepared(
            node,
            "kernel",
            layout: layout,
            byteCount: count * MemoryLayout<Float>.stride
        ) { _ throws(EngineError) in arrange(try folded().kernel) }
        let bias =
            convolution.addsBias
            ? try preparedVector(node, "bias", count: outputs) { () throws(EngineError) in
                guard let bias = try folded().bias else {
                    preconditionFailure("\(node): a kernel without bias")
                }
                return unsafe Array(bias.floats)
            } : nil
        return PixelConstants(kernel: kernel, bias: bias)
    }
}

extension Convolution {
    /// What becomes of each output at last; nil if our kernel does not know it.
    var outputFunction: pixel_function? {
        var result = pixel_function.identity
        if isRectified { result.low = 0 }
        switch function {
        case nil: break
        case .relu: result.low = 0
        case .clip(let lower, let upper) where lower <= 0 && upper >= 0:
            (result.low, result.high) = (lower, upper)
        case .swish(let beta): (result.kind, result.slope) = (pixel_swish, beta)
        case .hardSwish: result.kind = pixel_hard_swish
        default: return nil
        }
        return result
    }
}

extension pixel_function {
    static let identity = pixel_function(
        kind: pixel_clip,
        low: -.infinity,
        high: .infinity,
        slope: 1
    )
}
