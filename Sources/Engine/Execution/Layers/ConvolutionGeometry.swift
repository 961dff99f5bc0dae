internal import COneDNN

/// What the primitives of a convolution, its forward pass and its two gradients, have in common.
struct ConvolutionGeometry {
    /// `[output, input, height, width]`, or `[group, output, input, height, width]` where there are several groups.
    let kernel: [Int]
    /// Channels with those that fill up blocks, where they count.
    let inputChannels: Int
    let outputChannels: Int
    let source: MemoryDescriptor
    let result: MemoryDescriptor
    /// The type that products are computed in.
    let type: ElementType
    private let strides: [dnnl_dim_t]
    /// Cells left out between two of the window's.
    private let gaps: [dnnl_dim_t]
    private let before: [dnnl_dim_t]
    private let after: [dnnl_dim_t]

    init(
        _ layer: Convolution,
        on shape: FeatureShape,
        source: MemoryDescriptor,
        result: MemoryDescriptor,
        groups: Int? = nil,
        type: ElementType
    ) {
        let window = layer.window
        let padding = window.padding(of: shape)
        inputChannels = source.channels
        outputChannels = result.channels
        let groups = groups ?? layer.groups
        kernel =
            (groups == 1 ? [] : [groups])
            + [
                outputChannels / groups, inputChannels / groups, window.size.height,
                window.size.width,
            ]
        self.source = source
        self.result = result
        self.type = type
        strides = [dnnl_dim_t(window.stride.height), dnnl_dim_t(window.stride.width)]
        gaps = [dnnl_dim_t(window.dilation.height - 1), dnnl_dim_t(window.dilation.width - 1)]
        before = [dnnl_dim_t(padding.top), dnnl_dim_t(padding.left)]
        after = [dnnl_dim_t(padding.bottom), dnnl_dim_t(padding.right)]
    }

    func forward(
        _ algorithm: dnnl_alg_kind_t,
        for propagation: dnnl_prop_kind_t,
        hasBias: Bool = false,
        postOperations: PostOperations,
        on processor: Processor
    ) throws(OneDNNError) -> PrimitiveDescriptor {
        var operation = try forwardOperation(algorithm, for: propagation, hasBias: hasBias)
        return try unsafe PrimitiveDescriptor(
            &operation,
            postOperations: postOperations,
            on: processor
        )
    }

    private func forwardOperation(
        _ algorithm: dnnl_alg_kind_t,
        for propagation: dnnl_prop_kind_t,
        hasBias: Bool
    ) throws(OneDNNError) -> dnnl_convolution_desc_t {
        var (source, result) = (source.raw, result.raw)
        var weights = try MemoryDescriptor(kernel, dnnl_format_tag_any, type).raw
        var bias = try MemoryDescriptor([outputChannels], dnnl_x).raw
        var operation = dnnl_convolution_desc_t()
        try check(
            unsafe withUnsafePointer(to: &bias) { bias in
                unsafe dnnl_dilated_convolution_forward_desc_init(
                    &operation,
                    propagation,
                    algorithm,
                    &source,
                    &weights,
                    hasBias ? bias : nil,
                    &result,
                    strides,
                    gaps,
                    before,
                    after
                )
            },
            "dnnl_dilated_convolution_forward_desc_init"
        )
        return operation
    }

    func dataGradient(
        _ algorithm: dnnl_alg_kind_t,
        of forward: PrimitiveDescriptor,
        on processor: Processor
    ) throws(OneDNNError) -> PrimitiveDescriptor {
        var (source, result) = (source.raw, result.raw)
        var weights = try MemoryDescriptor(kernel, dnnl_format_tag_any, type).raw
        var operation = dnnl_convolution_desc_t()
        try check(
            unsafe dnnl_dilated_convolution_backward_data_desc_init(
                &operation,
                algorithm,
                &source,
                &weights,
                &result,
                strides,
                gaps,
                before,
                after
            ),
            "dnnl_dilated_convolution_backward_data_desc_init"
        )
        return try unsafe PrimitiveDescriptor(&operation, gradientOf: forward, on: processor)
    }

    func weightsGradient(
        _ algorithm: dnnl_alg_kind_t,
        of forward: PrimitiveDescriptor,
        on processor: Processor
    ) throws(OneDNNError) -> PrimitiveDescriptor {
        var (source, result) = (source.raw, result.raw)
        // Products of bfloat16 are summed and left in float32.
        var weights = try MemoryDescriptor(kernel, dnnl_format_tag_any).raw
        var operation = dnnl_convolution_desc_t()
        try check(
            unsafe dnnl_dilated_convolution_backward_weights_desc_init(
                &operation,
                algorithm,
                &source,
                &weights,
                nil,
                &result,
                strides,
                gaps,
                before,
                after
            ),
            "dnnl_dilated_convolution_backward_weights_desc_init"
        )
        return try unsafe PrimitiveDescriptor(&operation, gradientOf: forward, on: processor)
    }
}
