internal import Base
internal import CKernels

extension Convolution {
    /// Whether our own kernel computes it: a depthwise convolution of cells that lie side by side.
    var suitsDepthwise: Bool {
        isDepthwise && window.dilation == Axes(1) && inputCount == 1
            && window.size.height <= depthwise_largest_window
            && outputFunction != nil && expandedFunction != nil
            && depthwise_suits(Processor.blockSize) != 0
    }

    /// What becomes of expanded values; nil if our kernel does not know it.
    private var expandedFunction: pixel_function? {
        guard case .expanded(_, let layer) = preparation else { return .identity }
        return layer.outputFunction
    }

    /// The layer as our kernel wants it.
    fileprivate func depthwiseLayer(
        of node: Node,
        from source: Activation,
        to result: Activation
    ) -> depthwise_layer {
        guard let expandedFunction, let outputFunction else {
            preconditionFailure("\(node.name): a function that the kernel does not know")
        }
        let padding = window.padding(of: source.shape)
        return depthwise_layer(
            block: Processor.blockSize,
            inputBlocks: source.blockCount,
            outputBlocks: result.blockCount,
            height: source.shape.height,
            width: source.shape.width,
            outputHeight: result.shape.height,
            outputWidth: result.shape.width,
            windowHeight: window.size.height,
            windowWidth: window.size.width,
            strideHeight: window.stride.height,
            strideWidth: window.stride.width,
            top: padding.top,
            left: padding.left,
            preparation: kernelPreparation,
            expandedFunction: expandedFunction,
            function: outputFunction
        )
    }

    private var kernelPreparation: depthwise_preparation {
        switch preparation {
        case nil: depthwise_as_it_is
        case .rectified: depthwise_rectified
        case .expanded: depthwise_expanded
        }
    }
}

extension Planner {
    /// The layer's input as its window wants it, made by steps of its own.
    func prepared(
        _ input: Activation,
        by preparation: Preparation,
        of node: Node
    ) throws(EngineError) -> Activation {
        switch preparation {
        case .rectified:
            return unsafe appendElementwise(node, input, to: input.type) { source, target, count in
                unsafe kernel_relu(source, target, input.type.kernel, count)
            }
        case .expanded(let name, let layer):
            var expansion = node
            (expansion.name, expansion.operation) = (name, layer.operation)
            return try layer.plan(
                expansion,
                inputs: [input],
                output: input.shape.withChannels(layer.outputChannels),
                in: self
            )
        }
    }

    /// Appends a depthwise convolution by our own kernel.
    ///
    /// - Precondition: ``Convolution/suitsDepthwise``, and float32 in blocks of channels.
    func appendDepthwise(
        _ node: Node,
        _ convolution: Convolution,
        from source: Activation,
        to result: Activation
    ) throws(EngineError) {
        var layer = convolution.depthwiseLayer(of: node, from: source, to: result)
        let channels = result.storedChannels
        var operations = convolution.operationCount(batch: batch, output: result.shape)
        var matrix: KernelConstants?
        if case .expanded(let name, let expansion) = convolution.preparation {
            operations += expansion.operationCount(
                batch: batch,
                output: source.shape.withChannels(expansion.outputChannels)
            )
            matrix = try pixelMatrix(
                of: name,
                expansion,
                inputs: source.storedChannels,
                outputs: channels
            )
        }
        let area = convolution.window.size
        let kernel = try pixelConstants(
            of: node.name,
            convolution,
            inputs: 1,
            outputs: channels,
            layout: "float32 \(area)x\(channels)"
        ) { $0 }
        let finished = layer
        let ringCount = unsafe depthwise_ring_count(&layer)
        unsafe appendGroups(
            node,
            implementation: matrix == nil ? "depthwise" : "expanded depthwise",
            operations: operations,
            reads: [source],
            keptByteCount: kernel.byteCount + (matrix?.byteCount ?? 0),
            writes: result,
            rows: layer.outputHeight,
            least: 2 * layer.windowHeight,
            scratchCount: ringCount
        ) { arena in
            let input = unsafe arena.values(of: source)
            let output = unsafe arena.values(of: result)
            return { part, rings in
                var layer = finished
                unsafe depthwise_rows(
                    &layer,
                    input,
                    matrix?.kernel.floats.baseAddress,
                    matrix?.bias?.floats.baseAddress,
                    kernel.kernel.floats.baseAddress,
                    kernel.bias?.floats.baseAddress,
                    output,
                    rings,
                    part.plane,
                    part.group,
                    part.rows.lowerBound,
                    part.rows.upperBound
                )
            }
        }
    }
}
