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
        let usesWinograd = planner.options.allowsWinograd && suitsWinograd && fillsBlocks
        let type = usesWinograd ? .float32 : planner.productType
        let source = planner.planner.converted(inputs[0], to: type, for: node)
        let product = planner.planner.makeActivation(output, .blocked, type)
        let master = try MemoryDescriptor.convolutionKernel(kernelShape)
        let layouts = try wrapped { () throws(OneDNNError) in
            (source: try source.descriptor(), result: try product.descriptor())
        }
        // Channels that fill up blocks count for the primitives, and hold zeros.
        let geometry = ConvolutionGeometry(
            self,
            on: source.shape,
            source: layouts.source,
            result: layouts.result,
            type: type
        )
        let exact = [outputChannels, inputChannels, window.size.height, window.size.width]
        let operations = operationCount(batch: planner.batch, output: output)

        let forward = try planner.convolutionPrimitive(preferringWinograd: usesWinograd) {
            algorithm throws(OneDNNError) in
            try geometry.forward(
                algorithm,
                for: dnnl_forward_training,
                postOperations: PostOperations(isRectified: isRectified),
                on: planner.processor
            )
        }
        let weights = try forward.wantedWeights()
        try planner.append(
            node,
            kind,
            forward,
            operations: operations,
            [
                .reads(.source, source, layouts.source),
                .kept(
                    .weights,
                    try planner.kernelCopy(
                        of: kernel,
                        from: master,
                        as: try weights.withDimensions(exact)
                    ),
                    weights
                ),
                .writes(.destination, product, layouts.result),
            ]
        )
        let result = planner.planner.converted(product, to: planner.activationType, for: node)

        return Tape(output: result) { gradient, wanted throws(EngineError) in
            let sum = try gradient.sum(rectifiedBy: isRectified ? result : nil)
            let slope = planner.planner.converted(sum, to: type, for: node)
            if kernel.isTrained {
                // Converted again, so that only what is stored lives from the forward pass to here.
                let source = planner.planner.converted(inputs[0], to: type, for: node)
                let primitive = try planner.convolutionPrimitive(preferringWinograd: usesWinograd) {
                    algorithm throws(OneDNNError) in
                    try geometry.weightsGradient(algorithm, of: forward, on: planner.processor)
                }
                try planner.appendKernelGradient(
                    node,
                    primitive,
                    of: kernel,
                    exact,
                    in: master,
                    operations: operations,
                    [
                        .reads(.source, source, layouts.source),
                        .reads(.destinationGradient, slope, layouts.result),
                    ]
                )
            }
            guard wanted[0] else { return [nil] }
            let primitive = try planner.convolutionPrimitive(preferringWinograd: usesWinograd) {
                algorithm throws(OneDNNError) in
                try geometry.dataGradient(algorithm, of: forward, on: planner.processor)
            }
            let turned = try primitive.wantedWeights()
            let result = planner.makeGradient(of: source)
            try planner.append(
                node,
                "convolution data gradient",
                primitive,
                operations: operations,
                [
                    .reads(.destinationGradient, slope, layouts.result),
                    .kept(
                        .weights,
                        try planner.kernelCopy(
                            of: kernel,
                            from: master,
                            as: try turned.withDimensions(exact)
                        ),
                        turned
                    ),
                    .writes(.sourceGradient, result, layouts.source),
                ]
            )
            return [.whole(planner.planner.converted(result, to: inputs[0].type, for: node))]
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
    /// The primitive for the algorithm to prefer, or for the next one where the library has none.
    fileprivate func convolutionPrimitive(
        preferringWinograd: Bool,
        _ make: (dnnl_alg_kind_t) throws(OneDNNError) -> PrimitiveDescriptor
    ) throws(EngineError) -> PrimitiveDescriptor {
        if preferringWinograd {
            do {
                return try make(dnnl_convolution_winograd)
            } catch {
                guard error.isUnimplemented else { throw .oneDNN(error) }
            }
        }
        return try wrapped { () throws(OneDNNError) in try make(dnnl_convolution_direct) }
    }

    /// Appends the primitive that finds a kernel's gradient, and brings that into the master's order.
    fileprivate func appendKernelGradient(
        _ node: Node,
        _ primitive: PrimitiveDescriptor,
        of kernel: TrainedParameter,
        _ exact: [Int],
        in master: MemoryDescriptor,
        operations: Int,
        _ operands: [Operand]
    ) throws(EngineError) {
        let kind = "convolution weights gradient"
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
                Operand(place: .source, home: .read(buffer: buffer), descriptor: part),
                .kept(.destination, kernel.gradient, master),
            ]
        )
    }
}
