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
        try unsafe PrimitiveDescriptor(
            "dnnl_eltwise_forward_primitive_desc_create",
            on: processor
        ) {
            unsafe onednn_function(
                &$0,
                processor.engine,
                algorithm,
                alpha,
                beta,
                layout.raw,
                $1
            )
        }
    }
}
