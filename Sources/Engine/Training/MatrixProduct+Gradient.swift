internal import Base
internal import CKernels
internal import COneDNN

extension TrainingPlanner {
    /// A matrix, one row for each picture, times a kernel of `[input, output]`, and the gradients.
    ///
    /// The kernel is used and its gradient is written in the master's own order.
    func planMatrixProduct(
        _ node: Node,
        _ input: Activation,
        outputs: Int,
        kernel: TrainedParameter,
        bias: TrainedParameter?,
        isRectified: Bool
    ) throws(EngineError) -> Tape {
        let result = planner.makeVectors(FeatureShape(channels: outputs))
        let product = try wrapped { () throws(OneDNNError) in
            try MatrixProduct(input, result, hasBias: bias != nil)
        }
        let processor = processor
        let operations = 2 * batch * outputs * input.shape.channels
        let forward = try wrapped { () throws(OneDNNError) in
            try product.forward(
                postOperations: PostOperations(isRectified: isRectified),
                on: processor
            )
        }
        var operands: [Operand] = [
            .reads(.source, input, product.source),
            .kept(.weights, kernel.values, product.kernel),
            .writes(.destination, result, product.result),
        ]
        if let bias { operands.append(.kept(.bias, bias.values, product.bias)) }
        try append(node, "matrix product", forward, operations: operations, operands)

        return Tape(output: result) { gradient, wanted throws(EngineError) in
            let slope = try gradient.sum(rectifiedBy: isRectified ? result : nil)
            if kernel.isTrained || bias?.isTrained == true {
                let primitive = try wrapped { () throws(OneDNNError) in
                    try product.weightsGradient(of: forward, on: processor)
                }
                var operands: [Operand] = [
                    .reads(.source, input, product.source),
                    .reads(.destinationGradient, slope, product.result),
                    .kept(
                        .weightsGradient,
                        kernel.isTrained
                            ? kernel.gradient : Storage(byteCount: kernel.values.byteCount),
                        product.kernel
                    ),
                ]
                if let bias {
                    operands.append(
                        .kept(
                            .biasGradient,
                            bias.isTrained
                                ? bias.gradient : Storage(byteCount: bias.values.byteCount),
                            product.bias
                        )
                    )
                }
                try self.append(
                    node,
                    "matrix weights gradient",
                    primitive,
                    operations: operations,
                    operands
                )
            }
            guard wanted[0] else { return [nil] }
            let primitive = try wrapped { () throws(OneDNNError) in
                try product.dataGradient(of: forward, on: processor)
            }
            let back = self.makeGradient(of: input)
            try self.append(
                node,
                "matrix data gradient",
                primitive,
                operations: operations,
                [
                    .reads(.destinationGradient, slope, product.result),
                    .kept(.weights, kernel.values, product.kernel),
                    .writes(.sourceGradient, back, product.source),
                ]
            )
            return [.whole(back)]
        }
    }
}

/// What the three primitives of a matrix product have in common.
private struct MatrixProduct {
    let source: MemoryDescriptor
    let kernel: MemoryDescriptor
    let bias: MemoryDescriptor
    let result: MemoryDescriptor
    let hasBias: Bool

    init(_ input: Activation, _ output: Activation, hasBias: Bool) throws(OneDNNError) {
        let (inputs, outputs) = (input.shape.channels, output.shape.channels)
        source = try input.matrixDescriptor()
        result = try output.matrixDescriptor()
        kernel = try MemoryDescriptor([outputs, inputs], dnnl_io)
        bias = try MemoryDescriptor([outputs], dnnl_x)
        self.hasBias = hasBias
    }

    func forward(
        postOperations: PostOperations,
        on processor: Processor
    ) throws(OneDNNError) -> PrimitiveDescriptor {
        try unsafe PrimitiveDescriptor(
            "dnnl_inner_product_forward_primitive_desc_create",
            postOperations: postOperations,
            on: processor
        ) {
            unsafe onednn_product(
                &$0,
                processor.engine,
                source.raw,
                kernel.raw,
                hasBias ? bias.raw : nil,
                result.raw,
                $1
            )
        }
    }

    func dataGradient(
        of forward: PrimitiveDescriptor,
        on processor: Processor
    ) throws(OneDNNError) -> PrimitiveDescriptor {
        try unsafe PrimitiveDescriptor(
            "dnnl_inner_product_backward_data_primitive_desc_create",
            on: processor
        ) {
            unsafe onednn_product_data_gradient(
                &$0,
                processor.engine,
                source.raw,
                kernel.raw,
                result.raw,
                forward.handle,
                $1
            )
        }
    }

    func weightsGradient(
        of forward: PrimitiveDescriptor,
        on processor: Processor
    ) throws(OneDNNError) -> PrimitiveDescriptor {
        try unsafe PrimitiveDescriptor(
            "dnnl_inner_product_backward_weights_primitive_desc_create",
            on: processor
        ) {
            unsafe onednn_product_weights_gradient(
                &$0,
                processor.engine,
                source.raw,
                kernel.raw,
                hasBias ? bias.raw : nil,
                result.raw,
                forward.handle,
                $1
            )
        }
    }
}
