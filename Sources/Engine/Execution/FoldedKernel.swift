internal import CKernels
internal import COneDNN

/// A kernel with what follows it multiplied in, outputs innermost, and the bias that this leaves.
package struct FoldedKernel {
    /// The kernel in TensorFlow's order, `[…, output]`.
    let kernel: Storage
    /// `[output]`.
    let bias: Storage?

    /// Reads a node's kernel and folds a batch norm into it.
    ///
    /// With scale = gamma / sqrt(variance + epsilon), the kernel is multiplied by the scale of its output and the bias
    /// is beta - mean * scale; in float64, rounded once.
    package init(
        of node: String,
        shape: [Int],
        outputs: Int,
        normalization: FoldedNorm?,
        weights: Weights
    ) throws(EngineError) {
        let values = try weights.tensor(ParameterKey(node: node, role: .kernel), shape: shape)
        kernel = Storage(byteCount: values.count * MemoryLayout<Float>.stride)
        unsafe values.copy(to: kernel.floats)
        guard let normalization else {
            bias = nil
            return
        }
        let affine = try normalization.norm.affine(of: normalization.node, weights)
        let rows = values.count / outputs
        let target = unsafe kernel.bytes.assumingMemoryBound(to: Float.self)
        unsafe affine.scale.withUnsafeBufferPointer { scale in
            unsafe kernel_scale_columns(target, scale.baseAddress, rows, outputs)
        }
        let offsets = Storage(byteCount: outputs * MemoryLayout<Float>.stride)
        for channel in 0..<outputs {
            unsafe offsets.floats[channel] = Float(affine.offset[channel])
        }
        bias = offsets
    }

    /// The values of the kernel, in TensorFlow's order.
    package var kernelValues: [Float] { unsafe [Float](kernel.floats) }

    /// The values of the bias.
    package var biasValues: [Float]? { bias.map { unsafe [Float]($0.floats) } }

    /// The same kernel for more inputs and outputs, which count nothing.
    ///
    /// `shape` is the shape that it has, HWIO.
    func padded(from shape: [Int], inputs: Int, outputs: Int) -> FoldedKernel {
        guard inputs != shape[2] || outputs != shape[3] else { return self }
        let area = shape[0] * shape[1]
        let target = Storage(
            byteCount: area * inputs * outputs * MemoryLayout<Float>.stride
        )
        for place in 0..<area {
            for input in 0..<shape[2] {
                let from = (place * shape[2] + input) * shape[3]
                let to = (place * inputs + input) * outputs
                for output in 0..<shape[3] {
                    unsafe target.floats[to + output] = kernel.floats[from + output]
                }
            }
        }
        let offsets = bias.map { bias in
            let longer = Storage(byteCount: outputs * MemoryLayout<Float>.stride)
            for output in 0..<shape[3] {
                unsafe longer.floats[output] = bias.floats[output]
            }
            return longer
        }
        return FoldedKernel(kernel: target, bias: offsets)
    }

    private init(kernel: Storage, bias: Storage?) {
        self.kernel = kernel
        self.bias = bias
    }

    /// A kernel and a bias as they are.
    init(kernel: WeightTensor, bias: WeightTensor) {
        self.kernel = Storage(byteCount: kernel.count * MemoryLayout<Float>.stride)
        unsafe kernel.copy(to: self.kernel.floats)
        let offsets = Storage(byteCount: bias.count * MemoryLayout<Float>.stride)
        unsafe bias.copy(to: offsets.floats)
        self.bias = offsets
    }

    /// The weights in the layout that a primitive wants.
    func constants(
        from layout: MemoryDescriptor,
        for descriptor: PrimitiveDescriptor,
        on processor: Processor
    ) throws(EngineError) -> [Operand] {
        guard let wanted = descriptor.weights else {
            preconditionFailure("a primitive without weights")
        }
        return try wrapped { () throws(OneDNNError) in
            var constants: [Operand] = []
            var storage = kernel
            if wanted != layout {
                storage = Storage(byteCount: wanted.byteCount)
                try unsafe reorder(
                    Memory(layout, at: kernel.bytes, on: processor),
                    layout,
                    to: Memory(wanted, at: storage.bytes, on: processor),
                    wanted,
                    on: processor
                )
            }
            constants.append(.kept(.weights, storage, wanted))
            if let bias {
                let count = bias.byteCount / MemoryLayout<Float>.stride
                constants.append(.kept(.bias, bias, try MemoryDescriptor([count], dnnl_x)))
            }
            return constants
        }
    }
}
