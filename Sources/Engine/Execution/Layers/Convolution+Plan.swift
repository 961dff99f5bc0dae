internal import Base
internal import COneDNN

extension Convolution: ExecutableLayer {
    /// Whether Winograd's algorithm can compute it.
    var suitsWinograd: Bool {
        window.size == Axes(3) && window.stride == Axes(1) && window.dilation == Axes(1)
            && groups == 1
    }

    /// Whether it is the product of a matrix, one row for each picture, with its kernel.
    func isMatrixProduct(of input: Activation) -> Bool {
        input.isMatrix && window.size == Axes(1) && groups == 1
            && window.padding(of: input.shape) == .none
    }

    /// Multiplications and additions.
    func operationCount(batch: Int, output: FeatureShape) -> Int {
        Planner.product(2, batch, output.count, window.size.area, inputChannels / groups)
    }

    /// Whether its channels fill whole blocks, so that none are computed that are not there.
    var fillsBlocks: Bool {
        inputChannels.isMultiple(of: Processor.blockSize)
            && outputChannels.isMultiple(of: Processor.blockSize)
    }

    /// The type that products are computed in.
    private func productType(_ math: MathMode) -> ElementType {
        switch math {
        case .exact, .fast: .float32
        case .bf16: .bfloat16
        // A few channels, as the first layer has, are no work worth rounding for.
        case .mixed: suitsWinograd || inputChannels / groups < 8 ? .float32 : .bfloat16
        }
    }

    func inputType(at index: Int, output: ElementType, math: MathMode) -> ElementType? {
        guard index == 0 else { return outputType(wanted: output, math) }
        return productType(math)
    }

    /// The type that the result is written in: float32 products are not rounded on the way out.
    private func outputType(wanted: ElementType, _ math: MathMode) -> ElementType {
        productType(math) == .float32 ? .float32 : wanted
    }

    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        func fold() throws(EngineError) -> FoldedKernel {
            try FoldedKernel(of: node.name, self, weights: planner.weights)
        }
        let operations = operationCount(batch: planner.batch, output: output)
        if isMatrixProduct(of: inputs[0]) {
            let product = try planner.appendMatrixProduct(
                node,
                inputs[0],
                outputs: outputChannels,
                hasBias: addsBias,
                isRectified: isRectified && !addsToInput,
                operations: operations,
                fold: fold
            )
            guard addsToInput else { return product }
            return try planner.appendSum(node, product, inputs[1], isRectified: isRectified)
        }
        let postOperations = PostOperations(
            addsToDestination: addsToInput,
            isRectified: isRectified
        )
        let math = planner.math
        let input = inputs[0].isMatrix ? try planner.blocked(inputs[0], for: node) : inputs[0]
        let source = planner.converted(input, to: productType(math), for: node)
        let type = outputType(wanted: planner.outputType(of: node), math)
        let result =
            addsToInput
            ? planner.converted(try planner.blocked(inputs[1], for: node), to: type, for: node)
            : planner.makeActivation(output, .blocked, type)
        if math == .fast || math == .mixed, let layer = winogradLayer(from: source, to: result) {
            try planner.appendWinograd(
                node,
                layer,
                source,
                result,
                hasBias: addsBias,
                operations: operations
            ) { () throws(EngineError) in
                try fold().padded(
                    from: kernelShape,
                    inputs: source.storedChannels,
                    outputs: result.storedChannels
                )
            }
            return result
        }
        // Channels that fill up blocks would belong to groups of their own.
        let isPadded = groups == 1
        let descriptors = try wrapped { () throws(OneDNNError) in
            isPadded
                ? (source: try source.descriptor(), result: try result.descriptor())
                : (source: try source.exactDescriptor(), result: try result.exactDescriptor())
        }
        let geometry = ConvolutionGeometry(
            self,
            on: source.shape,
            source: descriptors.source,
            result: descriptors.result,
            type: productType(math)
        )
        let primitive = try primitiveDescriptor(geometry, postOperations, in: planner)
        let (ins, outs) = (geometry.inputChannels, geometry.outputChannels)
        let (size, shape) = (window.size, kernelShape)
        try planner.append(
            node,
            primitive,
            operations: operations,
            [
                .reads(.source, source, descriptors.source),
                .writes(.destination, result, descriptors.result),
            ]
                + planner.constants(
                    of: node,
                    for: primitive,
                    from: MemoryDescriptor.convolutionKernel(
                        [size.height, size.width, ins / groups, outs],
                        groups: groups
                    ),
                    biasCount: addsBias ? outs : nil
                ) { () throws(EngineError) in
                    guard isPadded else { return try fold() }
                    return try fold().padded(from: shape, inputs: ins, outputs: outs)
                }
        )
        return result
    }

    /// The library's first implementation, which computes every product.
    private func primitiveDescriptor(
        _ geometry: ConvolutionGeometry,
        _ postOperations: PostOperations,
        in planner: Planner
    ) throws(EngineError) -> PrimitiveDescriptor {
        try wrapped { () throws(OneDNNError) in
            try geometry.forward(
                dnnl_convolution_direct,
                for: dnnl_forward_inference,
                hasBias: addsBias,
                postOperations: postOperations,
                on: planner.processor
            )
        }
    }
}

extension MemoryDescriptor {
    /// A kernel in TensorFlow's order, HWIO, the outputs of each group beside each other.
    static func convolutionKernel(
        _ shape: [Int],
        groups: Int = 1
    ) throws(EngineError) -> MemoryDescriptor {
        try wrapped { () throws(OneDNNError) in
            groups == 1
                ? try MemoryDescriptor([shape[3], shape[2], shape[0], shape[1]], dnnl_hwio)
                : try MemoryDescriptor(
                    [groups, shape[3] / groups, shape[2], shape[0], shape[1]],
                    dnnl_hwigo
                )
        }
    }
}
