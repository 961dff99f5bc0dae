internal import Base
internal import CKernels

extension Convolution {
    /// How Winograd's algorithm computes the convolution; nil where it cannot, or gains too little.
    ///
    /// Which it is, and with which tiles, depends on the layer's shape only, never on the batch or on the threads.
    func winogradLayer(from source: FeatureShape, to result: FeatureShape) -> winograd_layer? {
        let padding = window.padding(of: source)
        return winogradLayer(
            from: source,
            to: result,
            top: padding.top,
            left: padding.left,
            adds: addsToInput,
            isRectified: isRectified
        )
    }

    /// How Winograd's algorithm computes the gradient with respect to the input `source` from the one with respect to
    /// the output `result`: a convolution too, with the kernel turned; nil as above.
    func turnedWinogradLayer(
        from result: FeatureShape,
        to source: FeatureShape
    ) -> winograd_layer? {
        let padding = window.padding(of: source)
        return winogradLayer(
            from: result,
            to: source,
            top: window.size.height - 1 - padding.top,
            left: window.size.width - 1 - padding.left,
            adds: false,
            isRectified: false
        )
    }

    private func winogradLayer(
        from source: FeatureShape,
        to result: FeatureShape,
        top: Int,
        left: Int,
        adds: Bool,
        isRectified: Bool
    ) -> winograd_layer? {
        let block = Processor.blockSize
        func blocks(_ channels: Int) -> Int { (channels + block - 1) / block }
        let (ins, outs) = (blocks(source.channels), blocks(result.channels))
        guard suitsWinograd, winograd_suits(block) != 0,
            let extent = Self.tileExtent(inputs: ins * block, outputs: outs * block, on: result)
        else { return nil }
        return winograd_layer(
            extent: extent,
            block: block,
            inputBlocks: ins,
            outputBlocks: outs,
            height: source.height,
            width: source.width,
            outputHeight: result.height,
            outputWidth: result.width,
            top: top,
            left: left,
            adds: adds ? 1 : 0,
            isRectified: isRectified ? 1 : 0
        )
    }

    /// The outputs on an edge of the tiles that take the least work; nil where that is not less than two thirds of what
    /// all products take.
    private static func tileExtent(inputs: Int, outputs: Int, on map: FeatureShape) -> Int? {
        let products = Double(inputs) * Double(outputs)
        // To transform a value, there or back, takes as long as about 16 products: measured with AVX-512.
        let transforms = 16 * Double(inputs + outputs)
        func work(_ extent: Int) -> Double {
            let down = (map.height + extent - 1) / extent
            let across = (map.width + extent - 1) / extent
            let points = (extent + 2) * (extent + 2)
            return Double(down) * Double(across) * Double(points) * (products + transforms)
        }
        // Small tiles are the more exact.
        let extent = work(2) <= work(4) ? 2 : 4
        let direct = Double(map.height) * Double(map.width) * 9 * products
        return 3 * work(extent) <= 2 * direct ? extent : nil
    }
}

extension Planner {
    /// Appends a convolution by Winograd's algorithm.
    ///
    /// Our own kernel and not the library's: that is there for AVX-512 only, and sums up in an order that depends on
    /// the number of pictures.
    ///
    /// `fold` makes the kernel and the bias, with the channels that fill up blocks.
    func appendWinograd(
        _ node: Node,
        _ layer: winograd_layer,
        _ source: Activation,
        _ result: Activation,
        hasBias: Bool,
        operations: Int,
        fold: () throws(EngineError) -> FoldedKernel
    ) throws(EngineError) {
        let (ins, outs) = (source.storedChannels, result.storedChannels)
        let tile = "\(layer.extent)x\(layer.extent)"
        let constants = try kernelConstants(
            of: node.name,
            layout: "float32 \(ins)x\(outs) for tiles of \(tile) in blocks of \(layer.block)",
            byteCount: layer.kernelCount * MemoryLayout<Float>.stride,
            biasCount: hasBias ? outs : nil,
            fold: fold
        ) { folded in
            let storage = Storage(byteCount: layer.kernelCount * MemoryLayout<Float>.stride)
            if let transformed = unsafe storage.floats.baseAddress {
                unsafe layer.transform(
                    winograd_kernel(
                        values: folded.kernel.floats.baseAddress,
                        inputs: ins,
                        outputs: outs,
                        isTurned: 0
                    ),
                    blocks: 0..<layer.outputBlocks,
                    into: transformed
                )
            }
            return storage
        }
        let schedule = WinogradSchedule(layer, batch: batch, threads: ThreadCount.current)
        reserveScratchpad(byteCount: schedule.scratchpadByteCount)
        append(
            node,
            implementation: layer.name,
            operations: operations,
            arithmetic: layer.operationCount(batch: batch),
            reads: [source],
            keptByteCount: constants.byteCount,
            writes: result
        ) { arena in
            let input = unsafe arena.values(of: source)
            let output = unsafe arena.values(of: result)
            let scratchpad = unsafe arena.scratchpadBytes
            return {
                withExtendedLifetime(constants) {
                    guard let values = unsafe constants.kernel.floats.baseAddress else { return }
                    unsafe schedule.run(
                        input,
                        kernel: values,
                        bias: constants.bias?.floats.baseAddress,
                        into: output,
                        scratchpad: scratchpad
                    )
                }
            }
        }
    }
}
