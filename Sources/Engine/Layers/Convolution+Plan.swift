internal import COneDNN

extension Convolution {
    /// Whether Winograd's algorithm can compute it.
    var suitsWinograd: Bool { size == 3 && stride == 1 }

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
        // The first layer's three channels are no work worth rounding for.
        case .mixed: suitsWinograd || inputChannels < 8 ? .float32 : .bfloat16
        }
    }

    package func inputType(at index: Int, output: ElementType, math: MathMode) -> ElementType? {
        guard index == 0 else { return outputType(wanted: output, math) }
        return productType(math)
    }

    /// The type that the result is written in: float32 products are not rounded on the way out.
    private func outputType(wanted: ElementType, _ math: MathMode) -> ElementType {
        productType(math) == .float32 ? .float32 : wanted
    }

    package func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        func fold() throws(EngineError) -> FoldedKernel {
            try FoldedKernel(
                of: node.name,
                shape: kernelShape,
                outputs: outputChannels,
                normalization: normalization,
                weights: planner.weights
            )
        }
        let operations = 2 * planner.batch * output.count * size * size * inputChannels
        let postOperations = PostOperations(
            addsToDestination: addsToInput,
            isRectified: isRectified
        )
        if size == 1, inputs[0].isMatrix {
            return try planner.appendMatrixProduct(
                node,
                inputs[0],
                outputs: outputChannels,
                hasBias: normalization != nil,
                postOperations: postOperations,
                operations: operations,
                fold: fold
            )
        }
        let math = planner.math
        let source = planner.converted(inputs[0], to: productType(math), for: node)
        let type = outputType(wanted: planner.outputType(of: node), math)
        let result =
            addsToInput
            ? planner.converted(inputs[1], to: type, for: node)
            : planner.makeActivation(output, .blocked, type)
        if math == .fast || math == .mixed,
            let layer = winogradLayer(from: source, to: result)
        {
            try planner.appendWinograd(
                node,
                layer,
                source,
                result,
                hasBias: normalization != nil,
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
        let (ins, outs) = (source.storedChannels, result.storedChannels)
        let descriptors = try wrapped { () throws(OneDNNError) in
            (source: try source.descriptor(), result: try result.descriptor())
        }
        let primitive = try primitiveDescriptor(
            from: descriptors.source,
            to: descriptors.result,
            kernel: [outs, ins, size, size],
            hasBias: normalization != nil,
            postOperations,
            in: planner
        )
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
                    from: MemoryDescriptor.convolutionKernel([size, size, ins, outs]),
                    biasCount: normalization == nil ? nil : outs
                ) { () throws(EngineError) in
                    try fold().padded(from: kernelShape, inputs: ins, outputs: outs)
                }
        )
        return result
    }

    /// The library's first implementation, which computes every product.
    private func primitiveDescriptor(
        from source: MemoryDescriptor,
        to destination: MemoryDescriptor,
        kernel: [Int],
        hasBias: Bool,
        _ postOperations: PostOperations,
        in planner: Planner
    ) throws(EngineError) -> PrimitiveDescriptor {
        let geometry = ConvolutionGeometry(
            self,
            kernel: kernel,
            source: source,
            result: destination,
            type: productType(planner.math)
        )
        return try wrapped { () throws(OneDNNError) in
            try geometry.forward(
                dnnl_convolution_direct,
                for: dnnl_forward_inference,
                hasBias: hasBias,
                postOperations: postOperations,
                on: planner.processor
            )
        }
    }
}

extension MemoryDescriptor {
    /// A kernel in TensorFlow's order, HWIO.
    static func convolutionKernel(_ shape: [Int]) throws(EngineError) -> MemoryDescriptor {
        try wrapped { () throws(OneDNNError) in
            try MemoryDescriptor([shape[3], shape[2], shape[0], shape[1]], dnnl_hwio)
        }
    }
}
