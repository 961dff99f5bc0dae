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
    private let window: onednn_window

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
        self.window = onednn_window(window, padding: padding, gap: window.dilation)
    }

    func forward(
        _ algorithm: dnnl_alg_kind_t,
        for propagation: dnnl_prop_kind_t,
        hasBias: Bool = false,
        postOperations: PostOperations,
        on processor: Processor
    ) throws(OneDNNError) -> PrimitiveDescriptor {
        let weights = try MemoryDescriptor(kernel, dnnl_format_tag_any, type)
        let bias = try MemoryDescriptor([outputChannels], dnnl_x)
        var window = window
        return try unsafe PrimitiveDescriptor(
            "dnnl_convolution_forward_primitive_desc_create",
            postOperations: postOperations,
            on: processor
        ) {
            unsafe onednn_convolution(
                &$0,
                processor.engine,
                propagation,
                algorithm,
                source.raw,
                weights.raw,
                hasBias ? bias.raw : nil,
                result.raw,
                &window,
                $1
            )
        }
    }

    func dataGradient(
        _ algorithm: dnnl_alg_kind_t,
        of forward: PrimitiveDescriptor,
        on processor: Processor
    ) throws(OneDNNError) -> PrimitiveDescriptor {
        let weights = try MemoryDescriptor(kernel, dnnl_format_tag_any, type)
        var window = window
        return try unsafe PrimitiveDescriptor(
            "dnnl_convolution_backward_data_primitive_desc_create",
            on: processor
        ) {
            unsafe onednn_convolution_data_gradient(
                &$0,
                processor.engine,
                algorithm,
                source.raw,
                weights.raw,
                result.raw,
                &window,
                forward.handle,
                $1
            )
        }
    }

    func weightsGradient(
        _ algorithm: dnnl_alg_kind_t,
        of forward: PrimitiveDescriptor,
        on processor: Processor
    ) throws(OneDNNError) -> PrimitiveDescriptor {
        // Products of bfloat16 are summed and left in float32.
        let weights = try MemoryDescriptor(kernel, dnnl_format_tag_any)
        var window = window
        return try unsafe PrimitiveDescriptor(
            "dnnl_convolution_backward_weights_primitive_desc_create",
            on: processor
        ) {
            unsafe onednn_convolution_weights_gradient(
                &$0,
                processor.engine,
                algorithm,
                source.raw,
                weights.raw,
                result.raw,
                &window,
                forward.handle,
                $1
            )
        }
    }
}
