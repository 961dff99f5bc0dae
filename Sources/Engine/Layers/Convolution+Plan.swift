internal import COneDNN

/// A way to compute a convolution.
enum ConvolutionAlgorithm: String, CaseIterable, Sendable {
    /// Every product.
    case direct
    /// Fewer products on transformed tiles; 3x3 with stride 1, float32 only.
    case winograd

    fileprivate var oneDNN: dnnl_alg_kind_t {
        self == .direct ? dnnl_convolution_direct : dnnl_convolution_winograd
    }
}

extension Convolution {
    /// Whether Winograd's algorithm can compute it.
    private var suitsWinograd: Bool { size == 3 && stride == 1 }

    /// The algorithms that a mode allows, the one to prefer first.
    private func algorithms(_ math: MathMode) -> [ConvolutionAlgorithm] {
        switch math {
        case .fast, .mixed: suitsWinograd ? [.winograd, .direct] : [.direct]
        case .exact, .bf16: [.direct]
        }
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
        let folded = try FoldedKernel(
            of: node.name,
            shape: kernelShape,
            outputs: outputChannels,
            normalization: normalization,
            weights: planner.weights
        )
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
                kernel: folded,
                postOperations: postOperations,
                operations: operations
            )
        }
        let math = planner.options.math
        let source = planner.converted(inputs[0], to: productType(math), for: node)
        let type = outputType(wanted: planner.outputType(of: node), math)
        let result =
            addsToInput
            ? planner.converted(inputs[1], to: type, for: node)
            : planner.makeActivation(output, .blocked, type)
        let (ins, outs) = (source.storedChannels, result.storedChannels)
        let descriptors = try wrapped { () throws(OneDNNError) in
            (source: try source.descriptor(), result: try result.descriptor())
        }
        let primitive = try primitiveDescriptor(
            from: descriptors.source,
            to: descriptors.result,
            kernel: [outs, ins, size, size],
            hasBias: folded.bias != nil,
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
                + folded.padded(from: kernelShape, inputs: ins, outputs: outs).constants(
                    from: MemoryDescriptor.convolutionKernel([size, size, ins, outs]),
                    for: primitive,
                    on: planner.processor
                )
        )
        return result
    }

    /// The implementation to use: the one that was measured to be the fastest, else the first that there is.
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
            type: productType(planner.options.math)
        )
        var refusal: OneDNNError?
        var candidates: [(algorithm: ConvolutionAlgorithm, primitive: PrimitiveDescriptor)] = []
        for algorithm in algorithms(planner.options.math) {
            do {
                candidates.append(
                    (
                        algorithm,
                        try geometry.forward(
                            algorithm.oneDNN,
                            for: dnnl_forward_inference,
                            hasBias: hasBias,
                            postOperations: postOperations,
                            on: planner.processor
                        )
                    )
                )
            } catch {
                guard error.isUnimplemented else { throw .oneDNN(error) }
                refusal = error
            }
        }
        guard let first = candidates.first else {
            throw .oneDNN(
                refusal ?? OneDNNError(status: dnnl_unimplemented.rawValue, function: "convolution")
            )
        }
        guard candidates.count > 1, let tuning = planner.options.tuning else {
            return first.primitive
        }
        let key =
            "conv \(size)x\(size)/\(stride) \(source.summary) -> \(destination.summary)"
            + "\(postOperations.addsToDestination ? " add" : "") x\(ThreadCount.current)"
        let choice = try tuning.fastest(for: key, of: candidates, on: planner.processor)
        return choice.primitive
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
