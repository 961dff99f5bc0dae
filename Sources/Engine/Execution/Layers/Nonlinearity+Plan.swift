internal import CKernels
internal import COneDNN

extension Nonlinearity: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let input = inputs[0]
        let type = input.type
        switch function {
        case .relu:
            return unsafe planner.appendElementwise(node, input, to: type) {
                source,
                target,
                count in
                unsafe kernel_relu(source, target, type.kernel, count)
            }
        case .sigmoid where input.isMatrix:
            return unsafe planner.appendElementwise(node, input, to: .float32) {
                source,
                target,
                count in
                unsafe kernel_sigmoid(
                    source.assumingMemoryBound(to: Float.self),
                    target.assumingMemoryBound(to: Float.self),
                    count
                )
            }
        default: return try planElements(node, input, in: planner)
        }
    }

    /// By the library's functions of elements, the second in the memory of the first's result.
    ///
    /// Channels that fill up the last block are none of its channels; it leaves zeros there.
    private func planElements(
        _ node: Node,
        _ input: Activation,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let result = planner.makeActivation(input.shape, input.layout, input.type)
        let processor = planner.processor
        let layout = try wrapped { () throws(OneDNNError) in try input.exactDescriptor() }
        var source = input
        for step in elementSteps {
            let descriptor = try wrapped { () throws(OneDNNError) in
                try step.forward(layout, on: processor)
            }
            try planner.append(
                node,
                descriptor,
                operations: input.elementCount,
                [.reads(.source, source, layout), .writes(.destination, result, layout)]
            )
            source = result
        }
        return result
    }

    /// The functions of the library that make up this one.
    private var elementSteps: [ElementFunction] {
        switch function {
        case .relu: [ElementFunction(dnnl_eltwise_relu)]
        case .clip(let lower, let upper): [ElementFunction(dnnl_eltwise_clip, lower, upper)]
        case .leakyRelu(let slope): [ElementFunction(dnnl_eltwise_relu, slope)]
        case .elu(let alpha): [ElementFunction(dnnl_eltwise_elu, alpha)]
        case .selu:
            [
                ElementFunction(dnnl_eltwise_elu, 1.673_263_2),
                ElementFunction(dnnl_eltwise_linear, 1.050_701),
            ]
        case .sigmoid: [ElementFunction(dnnl_eltwise_logistic)]
        case .hardSigmoid(let slope, let offset):
            [
                ElementFunction(dnnl_eltwise_linear, slope, offset),
                ElementFunction(dnnl_eltwise_clip, 0, 1),
            ]
        case .tanh: [ElementFunction(dnnl_eltwise_tanh)]
        case .softplus: [ElementFunction(dnnl_eltwise_soft_relu)]
        case .swish(let beta): [ElementFunction(dnnl_eltwise_swish, beta)]
        case .hardSwish: [ElementFunction(dnnl_eltwise_hardswish)]
        case .gelu: [ElementFunction(dnnl_eltwise_gelu_erf)]
        case .geluByTanh: [ElementFunction(dnnl_eltwise_gelu_tanh)]
        case .mish: [ElementFunction(dnnl_eltwise_mish)]
        }
    }
}

/// One of the library's functions of elements, with its two numbers.
private struct ElementFunction {
    let algorithm: dnnl_alg_kind_t
    let alpha: Float
    let beta: Float

    init(_ algorithm: dnnl_alg_kind_t, _ alpha: Float = 0, _ beta: Float = 0) {
        self.algorithm = algorithm
        self.alpha = alpha
        self.beta = beta
    }

    func forward(
        _ layout: MemoryDescriptor,
        on processor: Processor
    ) throws(OneDNNError) -> PrimitiveDescriptor {
        var layout = layout.raw
        var operation = dnnl_eltwise_desc_t()
        try check(
            unsafe dnnl_eltwise_forward_desc_init(
                &operation,
                dnnl_forward_inference,
                algorithm,
                &layout,
                alpha,
                beta
            ),
            "dnnl_eltwise_forward_desc_init"
        )
        return try unsafe PrimitiveDescriptor(&operation, on: processor)
    }
}
