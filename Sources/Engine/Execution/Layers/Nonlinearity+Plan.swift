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
        case .linear(let slope, let offset):
            return unsafe planFilled(node, input, in: planner) { source, target, count in
                unsafe kernel_linear(source, target, type.kernel, slope, offset, count)
            }
        case .power(let exponent):
            return unsafe planFilled(node, input, in: planner) { source, target, count in
                unsafe kernel_power(source, target, type.kernel, exponent, count)
            }
        default:
            if let kernel = function.kernel {
                return unsafe planFilled(node, input, in: planner) { source, target, count in
                    unsafe kernel_map(kernel, source, target, type.kernel, count)
                }
            }
            return try planElements(node, input, in: planner)
        }
    }

    /// By a kernel of our own.
    private func planFilled(
        _ node: Node,
        _ input: Activation,
        in planner: Planner,
        _ map: @escaping (UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void
    ) -> Activation {
        let result = unsafe planner.appendElementwise(node, input, to: input.type, map)
        if !function.keepsZero { planner.appendZeroFilling(node, result) }
        return result
    }

    /// By the library's functions of elements, the second in the memory of the first's result.
    private func planElements(
        _ node: Node,
        _ input: Activation,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let result = planner.makeActivation(input.shape, input.layout, input.type)
        try planner.appendFunctions(function, node, from: input, to: result)
        return result
    }
}

extension Planner {
    /// Appends the library's functions of elements that make up a function; it may be in place.
    ///
    /// Channels that fill up the last block count for the library, which has no fast implementation otherwise; they are
    /// made zero again.
    func appendFunctions(
        _ function: Nonlinearity.Function,
        _ node: Node,
        from input: Activation,
        to result: Activation
    ) throws(EngineError) {
        let processor = processor
        let layout = try wrapped { () throws(OneDNNError) in try input.descriptor() }
        var source = input
        for step in function.elementSteps {
            let descriptor = try wrapped { () throws(OneDNNError) in
                try step.forward(layout, on: processor)
            }
            try append(
                node,
                descriptor,
                operations: input.elementCount,
                [.reads(.source, source, layout), .writes(.destination, result, layout)]
            )
            source = result
        }
        if !function.keepsZero { appendZeroFilling(node, result) }
    }
}

extension Nonlinearity.Function {
    /// Whether zero becomes zero, so that what fills up blocks of channels stays what it is.
    var keepsZero: Bool {
        switch self {
        case .relu, .leakyRelu, .elu, .selu, .tanh, .swish, .hardSwish, .gelu, .geluByTanh, .mish,
            .softsign, .square, .sqrt, .abs, .negate:
            true
        case .clip(let lower, let upper): lower <= 0 && upper >= 0
        case .linear(_, let offset): offset == 0
        case .power(let exponent): exponent > 0
        case .sigmoid, .hardSigmoid, .softplus, .exp, .log, .rsqrt, .reciprocal: false
        }
    }

    /// Our own kernel of it, if it has one.
    fileprivate var kernel: kernel_function? {
        switch self {
        case .softsign: kernel_softsign
        case .square: kernel_square
        case .sqrt: kernel_sqrt
        case .rsqrt: kernel_rsqrt
        case .reciprocal: kernel_reciprocal
        case .abs: kernel_abs
        case .negate: kernel_negate
        default: nil
        }
    }

    /// The functions of the library that make up this one.
    var elementSteps: [ElementFunction] {
        switch self {
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
        case .exp: [ElementFunction(dnnl_eltwise_exp)]
        case .log: [ElementFunction(dnnl_eltwise_log)]
        case .square: [ElementFunction(dnnl_eltwise_square)]
        case .sqrt: [ElementFunction(dnnl_eltwise_sqrt)]
        case .abs: [ElementFunction(dnnl_eltwise_abs)]
        case .negate: [ElementFunction(dnnl_eltwise_linear, -1)]
        case .linear(let slope, let offset): [ElementFunction(dnnl_eltwise_linear, slope, offset)]
        // These have kernels of our own.
        case .softsign, .rsqrt, .reciprocal, .power: []
        }
    }
}
