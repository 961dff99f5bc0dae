internal import COneDNN

/// One of the library's functions of elements, with its two numbers.
struct ElementFunction {
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
