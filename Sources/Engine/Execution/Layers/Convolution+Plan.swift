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
        guard index == 0 else {
            return isGated && index == inputCount - 1 ? nil : outputType(wanted: output, math)
        }
        if case .expanded(_, let layer) = preparation { return layer.productType(math) }
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
        if let result = try planPixels(node, inputs, output, in: planner) { return result }
        var layer = self
        var inputs = inputs
        if isGated, let gates = inputs.popLast() {
            layer.isGated = false
            inputs[0] = try planner.gated(inputs[0], by: gates, for: node)
        }
        if let preparation {
            layer.preparation = nil
            inputs[0] = try planner.prepared(inputs[0], by: preparation, of: node)
        }
        guard !isGated, preparation == nil else {
            return try layer.plan(node, inputs: inputs, output: output, in: planner)
        }
        if isMatrixProduct(of: inputs[0]) {
            return try planMatrixProduct(node, inputs, operations, in: planner, fold: fold)
        }
        let math = planner.math
        var input = inputs[0].isMatrix ? try planner.blocked(inputs[0], for: node) : inputs[0]
        let plan = ConvolutionGroups(self)
        if groups > 1 { input = try planner.blocked(input, for: node) }
        var source = planner.converted(input, to: productType(math), for: node)
        if plan.repeats > 1 {
            source = planner.repeated(source, plan.repeats, for: node)
        }
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
            if let function {
                try planner.appendFunctions(function, node, from: result, to: result)
            }
            return result
        }
        var product = try product(of: source, into: result, plan, in: planner)
        if source.layout == .planar, product.primitive.isReference {
            source = try planner.blocked(source, for: node)
            product = try self.product(of: source, into: result, plan, in: planner)
        }
        let (geometry, primitive) = product
        let count = plan.isDepthwise ? geometry.outputChannels : plan.count
        let (ins, outs) = (geometry.inputChannels / count, geometry.outputChannels)
        let (size, shape) = (window.size, kernelShape)
        let (groups, merged) = (groups, plan.merged)
        try planner.append(
            node,
            primitive,
            operations: operations,
            [
                .reads(.source, source, geometry.source),
                .writes(.destination, result, geometry.result),
            ]
                + planner.constants(
                    of: node,
                    for: primitive,
                    from: MemoryDescriptor.convolutionKernel(
                        [size.height, size.width, ins, outs],
                        groups: count
                    ),
                    biasCount: addsBias ? outs : nil
                ) { () throws(EngineError) in
                    try fold().merged(from: shape, groups: groups, by: merged).padded(
                        from: [shape[0], shape[1], shape[2] * merged, shape[3]],
                        inputs: ins,
                        outputs: outs
                    )
                }
        )
        if function?.keepsZero == false { planner.appendZeroFilling(node, result) }
        return result
    }

    /// By kernels of our own that multiply pixels; nil where those cannot.
    private func planPixels(
        _ node: Node,
        _ inputs: [Activation],
        _ output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation? {
        guard suitsDepthwise || suitsGated, productType(planner.math) == .float32 else {
            return nil
        }
        let source = planner.converted(
            try planner.blocked(inputs[0], for: node),
            to: .float32,
            for: node
        )
        let result =
            addsToInput
            ? planner.converted(try planner.blocked(inputs[1], for: node), to: .float32, for: node)
            : planner.makeActivation(output, .blocked, .float32)
        if suitsDepthwise {
            try planner.appendDepthwise(node, self, from: source, to: result)
        } else {
            let gates = try planner.matrix(inputs[inputs.count - 1], for: node)
            try planner.appendGated(node, self, from: source, gates: gates, to: result)
        }
        return result
    }

    /// Of vectors: by the product of a matrix.
    private func planMatrixProduct(
        _ node: Node,
        _ inputs: [Activation],
        _ operations: Int,
        in planner: Planner,
        fold: () throws(EngineError) -> FoldedKernel
    ) throws(EngineError) -> Activation {
        var result = try planner.appendMatrixProduct(
            node,
            inputs[0],
            outputs: outputChannels,
            hasBias: addsBias,
            isRectified: isRectified && !addsToInput,
            operations: operations,
            fold: fold
        )
        if addsToInput {
            result = try planner.appendSum(node, result, inputs[1], isRectified: isRectified)
        }
        if let function {
            try planner.appendFunctions(function, node, from: result, to: result)
        }
        return result
    }

    /// The library's first implementation, which computes every product.
    private func product(
        of source: Activation,
        into result: Activation,
        _ plan: ConvolutionGroups,
        in planner: Planner
    ) throws(EngineError) -> (geometry: ConvolutionGeometry, primitive: PrimitiveDescriptor) {
        try wrapped { () throws(OneDNNError) in
            let (from, to) =
                plan.isPadded
                ? (try source.descriptor(), try result.descriptor())
                : (try source.exactDescriptor(), try result.exactDescriptor())
            let geometry = ConvolutionGeometry(
                self,
                on: source.shape,
                source: from,
                result: to,
                groups: plan.isDepthwise ? to.channels : plan.count,
                type: productType(planner.math)
            )
            let primitive = try geometry.forward(
                dnnl_convolution_direct,
                for: dnnl_forward_inference,
                hasBias: addsBias,
                postOperations: PostOperations(
                    addsToDestination: addsToInput,
                    isRectified: isRectified,
                    functions: function?.elementSteps ?? []
                ),
                on: planner.processor
            )
            return (geometry, primitive)
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
