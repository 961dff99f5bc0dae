internal import Base
internal import COneDNN

/// A way to compute a convolution.
private enum ConvolutionAlgorithm {
    /// Every product.
    case direct
    /// Fewer products on transformed tiles; 3x3 with stride 1, float32 only.
    case winograd

    var oneDNN: dnnl_alg_kind_t {
        self == .direct ? dnnl_convolution_direct : dnnl_convolution_winograd
    }

    /// How many of the library's implementations are worth a look: behind its first direct one come those for older
    /// processors, but Winograd's with tiles of 2x2 and of 4x4 each have their layers.
    var implementationCount: Int { self == .direct ? 1 : 2 }

    /// Implementations in the order in which they are to be preferred without a measurement.
    ///
    /// The library puts tiles of 2x2 first for small batches. Measured on AVX-512, 4x4 is faster by 1.3 to 1.4 but on
    /// maps of 8x8 and less, where it has too few tiles.
    func sorted(_ found: [PrimitiveDescriptor], outputArea: Int) -> [PrimitiveDescriptor] {
        guard self == .winograd, outputArea >= 256 else { return found }
        let large = found.filter { $0.implementation.contains("wino_4x3") }
        return large + found.filter { !$0.implementation.contains("wino_4x3") }
    }
}

extension Convolution {
    /// Whether Winograd's algorithm can compute it.
    var suitsWinograd: Bool { size == 3 && stride == 1 }

    /// Whether its channels fill whole blocks, so that none are computed that are not there.
    var fillsBlocks: Bool {
        inputChannels.isMultiple(of: Processor.blockSize)
            && outputChannels.isMultiple(of: Processor.blockSize)
    }

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

    /// The implementation to use: the one that was measured to be the fastest, else the one to prefer.
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
        var refusal = OneDNNError(status: dnnl_unimplemented.rawValue, function: "convolution")
        var candidates: [PrimitiveDescriptor] = []
        for algorithm in algorithms(planner.math) {
            do {
                let found = try geometry.inferenceImplementations(
                    algorithm.oneDNN,
                    hasBias: hasBias,
                    postOperations: postOperations,
                    limit: algorithm.implementationCount,
                    on: planner.processor
                )
                candidates += algorithm.sorted(found, outputArea: destination.area)
            } catch {
                guard error.isUnimplemented else { throw .oneDNN(error) }
                refusal = error
            }
        }
        guard let first = candidates.first else { throw .oneDNN(refusal) }
        guard candidates.count > 1, let tuning = planner.options.tuning else { return first }
        let key =
            "conv \(size)x\(size)/\(stride) \(source.summary) -> \(destination.summary)"
            + "\(postOperations.addsToDestination ? " add" : "") x\(ThreadCount.current)"
        return try tuning.fastest(for: key, of: candidates, on: planner.processor)
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
