internal import COneDNN

extension Pool: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let input = try planner.blocked(inputs[0], for: node)
        let result = planner.makeActivation(output, .blocked, input.type)
        let (source, destination, descriptor) = try wrapped { () throws(OneDNNError) in
            let (source, destination) = (try input.descriptor(), try result.descriptor())
            return (
                source, destination,
                try forward(
                    source,
                    destination,
                    for: dnnl_forward_inference,
                    shape: input.shape,
                    on: planner.processor
                )
            )
        }
        try planner.append(
            node,
            descriptor,
            operations: Planner.product(planner.batch, output.count, window.size.area),
            [.reads(.source, input, source), .writes(.destination, result, destination)]
        )
        return result
    }

    var algorithm: dnnl_alg_kind_t {
        switch function {
        case .maximum: dnnl_pooling_max
        case .average:
            countsPadding ? dnnl_pooling_avg_include_padding : dnnl_pooling_avg_exclude_padding
        }
    }

    /// Strides, window, padding before and after, as the library wants them.
    func geometry(
        _ shape: FeatureShape
    ) -> (strides: [dnnl_dim_t], window: [dnnl_dim_t], before: [dnnl_dim_t], after: [dnnl_dim_t]) {
        let padding = window.padding(of: shape)
        return (
            [dnnl_dim_t(window.stride.height), dnnl_dim_t(window.stride.width)],
            [dnnl_dim_t(window.size.height), dnnl_dim_t(window.size.width)],
            [dnnl_dim_t(padding.top), dnnl_dim_t(padding.left)],
            [dnnl_dim_t(padding.bottom), dnnl_dim_t(padding.right)]
        )
    }

    func forward(
        _ source: MemoryDescriptor,
        _ destination: MemoryDescriptor,
        for propagation: dnnl_prop_kind_t,
        shape: FeatureShape,
        on processor: Processor
    ) throws(OneDNNError) -> PrimitiveDescriptor {
        var (source, destination) = (source.raw, destination.raw)
        let geometry = geometry(shape)
        var operation = dnnl_pooling_desc_t()
        try check(
            unsafe dnnl_pooling_forward_desc_init(
                &operation,
                propagation,
                algorithm,
                &source,
                &destination,
                geometry.strides,
                geometry.window,
                geometry.before,
                geometry.after
            ),
            "dnnl_pooling_forward_desc_init"
        )
        return try unsafe PrimitiveDescriptor(&operation, on: processor)
    }
}
