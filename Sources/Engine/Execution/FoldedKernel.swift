internal import Base
internal import CKernels
internal import COneDNN

/// A kernel with what follows it multiplied in, outputs innermost, and the bias that this leaves.
package struct FoldedKernel {
    /// The kernel in TensorFlow's order, `[…, output]`.
    let kernel: Storage
    /// `[output]`.
    let bias: Storage?

    /// Reads the kernel of a node's convolution, and its bias, and folds what it took in into them.
    package init(
        of node: String,
        _ convolution: Convolution,
        weights: Weights
    ) throws(EngineError) {
        try self.init(
            of: node,
            convolution.kernelShape,
            hasBias: convolution.hasBias,
            convolution.scalings,
            weights: weights
        )
    }

    /// Reads a node's kernel of a shape, and its bias, and folds scales and shifts of channels into them.
    ///
    /// The kernel is multiplied by the scale of its output, and the bias is bias * scale + shift; in float64, rounded once.
    /// With a batch norm, scale = gamma / sqrt(variance + epsilon), and shift = beta - mean * scale.
    init(
        of node: String,
        _ shape: [Int],
        hasBias: Bool,
        _ scalings: [FoldedScaling],
        weights: Weights
    ) throws(EngineError) {
        let outputs = shape[shape.count - 1]
        let values = try weights.tensor(ParameterKey(node: node, role: .kernel), shape: shape)
        let own =
            try hasBias
            ? weights.tensor(ParameterKey(node: node, role: .bias), shape: [outputs]).values : nil
        let storage = Storage(byteCount: values.count * MemoryLayout<Float>.stride)
        kernel = storage
        var affine: (scale: [Double], offset: [Double])?
        for scaling in scalings {
            let (scale, offset) = try scaling.layer.affine(of: scaling.node, weights)
            guard let before = affine else {
                affine = (scale, offset)
                continue
            }
            affine = (
                zip(before.scale, scale).map { $0 * $1 },
                (0..<outputs).map { before.offset[$0] * scale[$0] + offset[$0] }
            )
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

    /// The same convolution in fewer groups, so many of them together; what has no kernel of its own is zero.
    ///
    /// `shape` is the shape that the kernel has, HWIO.
    func merged(from shape: [Int], groups: Int, by count: Int) -> FoldedKernel {
        guard count > 1 else { return self }
        let (area, inputs, outputs) = (shape[0] * shape[1], shape[2], shape[3])
        let target = Storage(
            byteCount: area * inputs * count * outputs * MemoryLayout<Float>.stride
        )
        for place in 0..<area {
            for output in 0..<outputs {
                let first = output / (outputs / groups) % count * inputs
                for input in 0..<inputs {
                    let from = (place * inputs + input) * outputs + output
                    let to = (place * inputs * count + first + input) * outputs + output
                    unsafe target.floats[to] = kernel.floats[from]
                }
            }
        }
        return FoldedKernel(kernel: target, bias: bias)
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
        let constants = try kernelConstants(
            of: node.name,
            layout: wanted.layoutText,
            byteCount: wanted.byteCount,
            biasCount: biasCount,
            fold: fold
        ) { folded throws(EngineError) in
            try folded.kernel(from: layout, as: wanted, on: processor)
        }
        let kernel = Operand.kept(.weights, constants.kernel, wanted)
        guard let biasCount, let bias = constants.bias else { return [kernel] }
        let vector = try wrapped { () throws(OneDNNError) in
            try MemoryDescriptor.vector(biasCount)
        }
        return [kernel, .kept(.bias, bias, vector)]
    }
}
