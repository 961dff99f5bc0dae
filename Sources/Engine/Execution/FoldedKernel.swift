internal import Base
internal import CKernels
internal import COneDNN

/// A kernel with what follows it multiplied in, outputs innermost, and the bias that this leaves.
package struct FoldedKernel {
    /// The kernel in TensorFlow's order, `[…, output]`.
    let kernel: Storage
    /// `[output]`.
    let bias: Storage?

    /// Reads the kernel of a node's convolution, and its bias, and folds a batch norm into them.
    ///
    /// With scale = gamma / sqrt(variance + epsilon), the kernel is multiplied by the scale of its output and the bias
    /// is beta + (bias - mean) * scale; in float64, rounded once.
    package init(
        of node: String,
        _ convolution: Convolution,
        weights: Weights
    ) throws(EngineError) {
        let outputs = convolution.outputChannels
        let values = try weights.tensor(
            ParameterKey(node: node, role: .kernel),
            shape: convolution.kernelShape
        )
        let own =
            try convolution.hasBias
            ? weights.tensor(ParameterKey(node: node, role: .bias), shape: [outputs]).values : nil
        let storage = Storage(byteCount: values.count * MemoryLayout<Float>.stride)
        kernel = storage
        let affine = try convolution.normalization.map { folded throws(EngineError) in
            try folded.norm.affine(of: folded.node, weights)
        }
        let rows = values.count / outputs
        let piece = max(1, Self.pieceCount / outputs)
        parallel((rows + piece - 1) / piece) { index in
            let first = index * piece
            let count = min(piece, rows - first)
            let target = unsafe UnsafeMutableBufferPointer(
                rebasing: storage.floats[(first * outputs)..<((first + count) * outputs)]
            )
            unsafe values.copy(to: target, from: first * outputs)
            guard let affine else { return }
            unsafe affine.scale.withUnsafeBufferPointer { scale in
                unsafe kernel_scale_columns(target.baseAddress, scale.baseAddress, count, outputs)
            }
        }
        guard affine != nil || own != nil else {
            bias = nil
            return
        }
        let offsets = Storage(byteCount: outputs * MemoryLayout<Float>.stride)
        for channel in 0..<outputs {
            var offset = affine?.offset[channel] ?? 0
            if let own { offset += Double(own[channel]) * (affine?.scale[channel] ?? 1) }
            unsafe offsets.floats[channel] = Float(offset)
        }
        bias = offsets
    }

    /// The values of the kernel, in TensorFlow's order.
    package var kernelValues: [Float] { unsafe [Float](kernel.floats) }

    /// The values of the bias.
    package var biasValues: [Float]? { bias.map { unsafe [Float]($0.floats) } }

    /// Values that a thread copies and scales at a time.
    private static let pieceCount = 1 << 16

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
    init(kernel: WeightTensor, bias: WeightTensor?) {
        self.kernel = Storage(byteCount: kernel.count * MemoryLayout<Float>.stride)
        unsafe kernel.copy(to: self.kernel.floats)
        self.bias = bias.map { bias in
            let offsets = Storage(byteCount: bias.count * MemoryLayout<Float>.stride)
            unsafe bias.copy(to: offsets.floats)
            return offsets
        }
    }

    /// The kernel in the layout that a primitive wants.
    func kernel(
        from layout: MemoryDescriptor,
        as wanted: MemoryDescriptor,
        on processor: Processor
    ) throws(EngineError) -> Storage {
        guard wanted != layout else { return kernel }
        return try wrapped { () throws(OneDNNError) in
            let storage = Storage(byteCount: wanted.byteCount)
            try unsafe reorder(
                Memory(layout, at: kernel.bytes, on: processor),
                layout,
                to: Memory(wanted, at: storage.bytes, on: processor),
                wanted,
                on: processor
            )
            return storage
        }
    }
}

extension Planner {
    /// The weights of a node as a primitive wants them: from an earlier plan, else of the kernel that `fold` makes.
    ///
    /// `layout` is the layout of what `fold` makes; `biasCount` is nil where there is no bias.
    func constants(
        of node: Node,
        for descriptor: PrimitiveDescriptor,
        from layout: MemoryDescriptor,
        biasCount: Int?,
        fold: () throws(EngineError) -> FoldedKernel
    ) throws(EngineError) -> [Operand] {
        guard let wanted = descriptor.weights else {
            preconditionFailure("a primitive without weights")
        }
        var made: FoldedKernel?
        func folded() throws(EngineError) -> FoldedKernel {
            if let made { return made }
            let kernel = try fold()
            made = kernel
            return kernel
        }
        let kernel = try prepared(node.name, "kernel", as: wanted) { () throws(EngineError) in
            try folded().kernel(from: layout, as: wanted, on: processor)
        }
        guard let biasCount else { return [.kept(.weights, kernel, wanted)] }
        let vector = try wrapped { () throws(OneDNNError) in
            try MemoryDescriptor.vector(biasCount)
        }
        let bias = try prepared(node.name, "bias", as: vector) { () throws(EngineError) in
            guard let bias = try folded().bias else {
                preconditionFailure("\(node.name): a kernel without bias")
            }
            return bias
        }
        return [.kept(.weights, kernel, wanted), .kept(.bias, bias, vector)]
    }
}
