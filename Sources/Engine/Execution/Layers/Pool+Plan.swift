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

    func forward(
        _ source: MemoryDescriptor,
        _ destination: MemoryDescriptor,
        for propagation: dnnl_prop_kind_t,
        shape: FeatureShape,
        on processor: Processor
    ) throws(OneDNNError) -> PrimitiveDescriptor {
        var window = onednn_window(window, padding: window.padding(of: shape))
        return try unsafe PrimitiveDescriptor(
            "dnnl_pooling_forward_primitive_desc_create",
            on: processor
        ) {
            unsafe onednn_pool(
                &$0,
                processor.engine,
                propagation,
                algorithm,
                source.raw,
                destination.raw,
                &window,
                $1
            )
        }
    }
}
