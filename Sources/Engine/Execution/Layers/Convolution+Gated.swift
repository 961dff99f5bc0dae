internal import Base
internal import CKernels

extension Convolution {
    /// Whether our own kernel computes it: a convolution 1x1 of gated channels.
    var suitsGated: Bool {
        isGated && isPointwise && preparation == nil && outputFunction != nil
            && gated_suits(Processor.blockSize) != 0
    }
}

extension Planner {
    /// The layer's input, each channel times its picture's gate, made by a step of its own.
    func gated(
        _ input: Activation,
        by gates: Activation,
        for node: Node
    ) throws(EngineError) -> Activation {
        var scale = node
        scale.operation = .channelScale(ChannelScale())
        return try ChannelScale()
            .plan(scale, inputs: [input, gates], output: input.shape, in: self)
    }

    /// Appends a convolution 1x1 of gated channels by our own kernel.
    ///
    /// - Precondition: ``Convolution/suitsGated``, and float32 in blocks of channels.
    func appendGated(
        _ node: Node,
        _ convolution: Convolution,
        from source: Activation,
        gates: Activation,
        to result: Activation
    ) throws(EngineError) {
        guard let function = convolution.outputFunction else {
            preconditionFailure("\(node.name): a function that the kernel does not know")
        }
        var layer = gated_layer(
            block: Processor.blockSize,
            inputChannels: convolution.inputChannels,
            inputBlocks: source.blockCount,
            outputBlocks: result.blockCount,
            area: source.shape.area,
            adds: convolution.addsToInput ? 1 : 0,
            function: function
        )
        let matrix = try pixelMatrix(
            of: node.name,
            convolution,
            inputs: source.storedChannels,
            outputs: result.storedChannels
        )
        let finished = layer
        let gatedCount = unsafe gated_count(&layer)
        unsafe appendGroups(
            node,
            implementation: "gated 1x1",
            operations: convolution.operationCount(batch: batch, output: result.shape),
            reads: [source, gates] + (convolution.addsToInput ? [result] : []),
            keptByteCount: matrix.byteCount,
            writes: result,
            rows: layer.area,
            least: Self.gatedPixels,
            scratchCount: gatedCount
        ) { arena in
            let input = unsafe arena.values(of: source)
            let numbers = unsafe arena.values(of: gates)
            let output = unsafe arena.values(of: result)
            return { part, gated in
                var layer = finished
                unsafe gated_pixels(
                    &layer,
                    input,
                    numbers,
                    matrix.kernel.floats.baseAddress,
                    matrix.bias?.floats.baseAddress,
                    output,
                    gated,
                    part.plane,
                    part.group,
                    part.rows.lowerBound,
                    part.rows.upperBound
                )
            }
        }
    }

    /// Pixels that are worth a gated matrix of their own.
    private static let gatedPixels = 42
}
