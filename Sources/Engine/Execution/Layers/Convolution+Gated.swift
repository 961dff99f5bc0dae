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
        let gatedCount = unsafe gated_count(&layer)
        let threads = ThreadCount.current
        reserveScratchpad(byteCount: threads * gatedCount * MemoryLayout<Float>.stride)
        let groups = result.pixelGroupCount
        let (count, constantLayer) = (batch * groups, layer)
        let pixels = Bands(layer.area, of: count, least: Self.gatedPixels)
        append(
            node,
            implementation: "gated 1x1",
            operations: convolution.operationCount(batch: batch, output: result.shape),
            reads: [source, gates] + (convolution.addsToInput ? [result] : []),
            writes: result
        ) { arena in
            let input = unsafe arena.values(of: source)
            let numbers = unsafe arena.values(of: gates)
            let output = unsafe arena.values(of: result)
            let scratchpad = unsafe arena.scratchpadBytes.assumingMemoryBound(to: Float.self)
            return {
                precondition(
                    ThreadCount.current <= threads,
                    "\(ThreadCount.current) threads, and memory for \(threads)"
                )
                var layer = constantLayer
                unsafe withUnsafePointer(to: &layer) { layer in
                    parallel(count * pixels.count) { index in
                        let part = index / pixels.count
                        let piece = pixels[index % pixels.count]
                        unsafe gated_pixels(
                            layer,
                            input,
                            numbers,
                            matrix.kernel.floats.baseAddress,
                            matrix.bias?.floats.baseAddress,
                            output,
                            scratchpad + ThreadCount.place * gatedCount,
                            part / groups,
                            part % groups,
                            piece.lowerBound,
                            piece.upperBound
                        )
                    }
                }
            }
        }
    }

    /// Pixels that are worth a gated matrix of their own.
    private static let gatedPixels = 42
}
