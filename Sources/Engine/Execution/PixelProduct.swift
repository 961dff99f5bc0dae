internal import Base
internal import CKernels

extension Planner {
    /// The matrix of a convolution 1x1, in the order of `pixel_arrange`.
    func pixelMatrix(
        of node: String,
        _ convolution: Convolution,
        inputs: Int,
        outputs: Int
    ) throws(EngineError) -> KernelConstants {
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
    ) throws(EngineError) -> KernelConstants {
        let count = convolution.window.size.area * inputs * outputs
        return try kernelConstants(
            of: node,
            layout: layout,
            byteCount: count * MemoryLayout<Float>.stride,
            biasCount: convolution.addsBias ? outputs : nil
        ) { () throws(EngineError) in
            try FoldedKernel(of: node, convolution, weights: weights)
                .padded(from: convolution.kernelShape, inputs: inputs, outputs: outputs)
        } arrange: {
            arrange($0.kernel)
        }
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
