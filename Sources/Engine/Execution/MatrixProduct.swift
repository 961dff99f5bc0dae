internal import COneDNN

extension Planner {
    /// Appends the product of a matrix, one row for each picture, with a kernel of `[input, output]`.
    ///
    /// It is written to, or added to, `target` where that is given.
    func appendMatrixProduct(
        _ node: Node,
        _ input: Activation,
        outputs: Int,
        into target: Activation? = nil,
        hasBias: Bool,
        postOperations: PostOperations,
        operations: Int,
        fold: () throws(EngineError) -> FoldedKernel
    ) throws(EngineError) -> Activation {
        let result = target ?? makeVectors(FeatureShape(channels: outputs))
        let inputs = input.shape.channels
        let processor = processor
        let (source, destination, layout, descriptor) = try wrapped {
            () throws(OneDNNError) in
            let source = try input.matrixDescriptor()
            let destination = try result.matrixDescriptor()
            let layout = try MemoryDescriptor([outputs, inputs], dnnl_io)
            var raw = (source.raw, destination.raw)
            var weights = try MemoryDescriptor([outputs, inputs], dnnl_format_tag_any).raw
            var bias = try MemoryDescriptor([outputs], dnnl_x).raw
            var operation = dnnl_inner_product_desc_t()
            try check(
                unsafe withUnsafePointer(to: &bias) { bias in
                    unsafe dnnl_inner_product_forward_desc_init(
                        &operation,
                        dnnl_forward_inference,
                        &raw.0,
                        &weights,
                        hasBias ? bias : nil,
                        &raw.1
                    )
                },
                "dnnl_inner_product_forward_desc_init"
            )
            let descriptor = try unsafe PrimitiveDescriptor(
                &operation,
                postOperations: postOperations,
                on: processor
            )
            return (source, destination, layout, descriptor)
        }
        try append(
            node,
            descriptor,
            operations: operations,
            [.reads(.source, input, source), .writes(.destination, result, destination)]
                + constants(
                    of: node,
                    for: descriptor,
                    from: layout,
                    biasCount: hasBias ? outputs : nil,
                    fold: fold
                )
        )
        return result
    }
}
