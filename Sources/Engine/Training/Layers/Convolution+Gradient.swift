internal import COneDNN

extension Convolution: TrainableLayer {
    func planTraining(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: TrainingPlanner
    ) throws(EngineError) -> Tape {
        precondition(
            scalings.isEmpty && !addsToInput && function == nil,
            "\(node.name): fused for inference"
        )
        guard groups == 1, !hasBias else {
            throw .graph(
                .untrainable(
                    node: node.name,
                    reason: "a convolution with "
                        + (hasBias ? "a bias" : "\(groups) groups") + " has no gradient yet"
                )
            )
        }
        let kernel = planner.parameter(node.name, .kernel)
        if isMatrixProduct(of: inputs[0]) {
            return try planner.planMatrixProduct(
                node,
                inputs[0],
                outputs: outputChannels,
                kernel: kernel,
                bias: nil,
                isRectified: isRectified
            )
        }
        let allowsWinograd = planner.options.allowsWinograd && inputs[0].layout == .blocked
        let tiles =
            allowsWinograd ? winogradLayer(from: inputs[0].shape, to: output) : nil
        let type = tiles != nil ? .float32 : planner.productType
        let source = planner.planner.converted(inputs[0], to: type, for: node)
        let product = planner.planner.makeActivation(output, .blocked, type)
        let primitives = try ConvolutionPrimitives(
            self,
            source: source,
            result: product,
            on: planner.processor
        )
        let operations = operationCount(batch: planner.batch, output: output)
        if let tiles {
            planner.appendWinograd(
                node,
                kind,
                tiles,
                of: kernel,
                isTurned: false,
                from: source,
                to: product,
                operations: operations
            )
        } else {
            try planner.appendForward(
                node,
                primitives,
                of: kernel,
                from: source,
                to: product,
                operations: operations
            )
        }
        let result = planner.planner.converted(product, to: planner.activationType, for: node)

        return Tape(output: result) { gradient, wanted throws(EngineError) in
            let sum = try gradient.sum(rectifiedBy: isRectified ? result : nil)
            let slope = planner.planner.converted(sum, to: type, for: node)
            if kernel.isTrained {
                // Converted again, so that only what is stored lives from the forward pass to here.
                let source = planner.planner.converted(inputs[0], to: type, for: node)
                if let tiles {
                    planner.appendWinogradWeights(
                        node,
                        tiles,
                        of: kernel,
                        source: source,
                        slope: slope,
                        operations: operations
                    )
                } else {
                    try planner.appendKernelGradient(
                        node,
                        primitives,
                        of: kernel,
                        source: source,
                        slope: slope,
                        operations: operations
                    )
                }
            }
            guard wanted[0] else { return [nil] }
            let result = planner.makeGradient(of: source)
            if tiles != nil,
                let turned = turnedWinogradLayer(from: slope.shape, to: source.shape)
            {
                planner.appendWinograd(
                    node,
                    "convolution data gradient",
                    turned,
                    of: kernel,
                    isTurned: true,
                    from: slope,
                    to: result,
                    operations: operations
                )
            } else {
                try planner.appendDataGradient(
                    node,
                    primitives,
                    of: kernel,
                    from: slope,
                    to: result,
                    operations: operations
                )
            }
            return [.whole(planner.planner.converted(result, to: inputs[0].type, for: node))]
        }
    }
}

/// The library's primitives of a convolution in training, which compute every product.
private struct ConvolutionPrimitives {
    let geometry: ConvolutionGeometry
    let source: MemoryDescriptor
    let result: MemoryDescriptor
    /// The kernel as it is kept, and its dimensions as the library counts them.
    let master: MemoryDescriptor
    let exact: [Int]
    let isRectified: Bool

    init(
        _ layer: Convolution,
        source: Activation,
        result: Activation,
        on processor: Processor
    ) throws(EngineError) {
        master = try MemoryDescriptor.convolutionKernel(layer.kernelShape)
        // Channels that fill up blocks count for the primitives, and hold zeros.
        (self.source, self.result) = try wrapped { () throws(OneDNNError) in
            (try source.descriptor(), try result.descriptor())
        }
        geometry = ConvolutionGeometry(
            layer,
            on: source.shape,
            source: self.source,
            result: self.result,
            type: source.type
        )
        let size = layer.window.size
        exact = [layer.outputChannels, layer.inputChannels, size.height, size.width]
        isRectified = layer.isRectified
    }

    /// The forward pass.
    func forward(on processor: Processor) throws(EngineError) -> PrimitiveDescriptor {
        try wrapped { () throws(OneDNNError) in
            try geometry.forward(
                dnnl_convolution_direct,
                for: dnnl_forward_training,
                postOperations: PostOperations(isRectified: isRectified),
                on: processor
            )
        }
    }

    /// The gradient with respect to the kernel.
    func weightsGradient(on processor: Processor) throws(EngineError) -> PrimitiveDescriptor {
        let forward = try forward(on: processor)
        return try wrapped { () throws(OneDNNError) in
            try geometry.weightsGradient(dnnl_convolution_direct, of: forward, on: processor)
        }
    }

    /// The gradient with respect to the input.
    func dataGradient(on processor: Processor) throws(EngineError) -> PrimitiveDescriptor {
        let forward = try forward(on: processor)
        return try wrapped { () throws(OneDNNError) in
            try geometry.dataGradient(dnnl_convolution_direct, of: forward, on: processor)
        }
    }
}

extension PrimitiveDescriptor {
    /// The layout that the implementation wants of its weights, which it has.
    func wantedWeights() throws(EngineError) -> MemoryDescriptor {
        guard let weights else { preconditionFailure("a primitive without weights") }
        return weights
    }
}

extension TrainingPlanner {
    /// A kernel's values as a primitive wants them.
    private func weights(
        _ primitive: PrimitiveDescriptor,
        _ primitives: ConvolutionPrimitives,
        of kernel: TrainedParameter
    ) throws(EngineError) -> Operand {
        let wanted = try primitive.wantedWeights()
        return .kept(
            .weights,
            try kernelCopy(
                of: kernel,
                from: primitives.master,
                as: try wanted.withDimensions(primitives.exact),
                byteCount: wanted.byteCount
            ),
            wanted
        )
    }

    fileprivate func appendForward(
        _ node: Node,
        _ primitives: ConvolutionPrimitives,
        of kernel: TrainedParameter,
        from source: Activation,
        to result: Activation,
        operations: Int
    ) throws(EngineError) {
        let primitive = try primitives.forward(on: processor)
        try append(
            node,
            node.layer.kind,
            primitive,
            operations: operations,
            [
                .reads(.source, source, primitives.source),
                try weights(primitive, primitives, of: kernel),
                .writes(.destination, result, primitives.result),
            ]
        )
    }

    fileprivate func appendDataGradient(
        _ node: Node,
        _ primitives: ConvolutionPrimitives,
        of kernel: TrainedParameter,
        from slope: Activation,
        to result: Activation,
        operations: Int
    ) throws(EngineError) {
        let primitive = try primitives.dataGradient(on: processor)
        try append(
            node,
            "convolution data gradient",
            primitive,
            operations: operations,
            [
                .reads(.destinationGradient, slope, primitives.result),
                try weights(primitive, primitives, of: kernel),
                .writes(.sourceGradient, result, primitives.source),
            ]
        )
    }

    /// Appends the primitive that finds a kernel's gradient, and brings that into the master's order.
    fileprivate func appendKernelGradient(
        _ node: Node,
        _ primitives: ConvolutionPrimitives,
        of kernel: TrainedParameter,
        source: Activation,
        slope: Activation,
        operations: Int
    ) throws(EngineError) {
        let kind = "convolution weights gradient"
        let primitive = try primitives.weightsGradient(on: processor)
        let (master, exact) = (primitives.master, primitives.exact)
        let operands: [Operand] = [
            .reads(.source, source, primitives.source),
            .reads(.destinationGradient, slope, primitives.result),
        ]
        guard let layout = primitive.descriptor(dnnl_query_diff_weights_md) else {
            preconditionFailure("a weights gradient without weights")
        }
        if layout == master {
            try append(
                node,
                kind,
                primitive,
                operations: operations,
                operands + [.kept(.weightsGradient, kernel.gradient, layout)]
            )
            return
        }
        let buffer = planner.makeBuffer(byteCount: layout.byteCount)
        try append(
            node,
            kind,
            primitive,
            operations: operations,
            operands + [
                Operand(
                    place: .weightsGradient,
                    home: .written(buffer: buffer),
                    descriptor: layout
                )
            ]
        )
        let part = try layout.withDimensions(exact)
        let copy = try wrapped { () throws(OneDNNError) in
            try PrimitiveDescriptor(copying: part, to: master, on: processor)
        }
        try append(
            node,
            "reorder weights gradient",
            copy,
            operations: 0,
            [
                Operand(
                    place: .source,
                    home: .read(buffer: buffer),
                    descriptor: part
                ),
                .kept(.destination, kernel.gradient, master),
            ]
        )
    }
}
