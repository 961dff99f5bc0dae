internal import COneDNN

extension Pool: TrainableLayer {
    func planTraining(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: TrainingPlanner
    ) throws(EngineError) -> Tape {
        let input = inputs[0]
        let result = planner.planner.makeActivation(output, .blocked, input.type)
        let processor = planner.processor
        let operations = Planner.product(planner.batch, output.count, window.size.area)
        let (source, destination, forward) = try wrapped { () throws(OneDNNError) in
            let source = try input.descriptor()
            let destination = try result.descriptor()
            return (
                source, destination,
                try self.forward(
                    source,
                    destination,
                    for: dnnl_forward_training,
                    shape: input.shape,
                    on: processor
                )
            )
        }
        var operands: [Operand] = [
            .reads(.source, input, source), .writes(.destination, result, destination),
        ]
        var workspace: (buffer: Int, descriptor: MemoryDescriptor)?
        if let descriptor = forward.descriptor(dnnl_query_workspace_md), descriptor.byteCount > 0 {
            let buffer = planner.planner.makeBuffer(byteCount: descriptor.byteCount)
            workspace = (buffer, descriptor)
            operands.append(
                Operand(
                    place: .workspace,
                    home: .written(buffer: buffer),
                    descriptor: descriptor
                )
            )
        }
        try planner.append(node, kind, forward, operations: operations, operands)
        return Tape(output: result) { [workspace] gradient, wanted throws(EngineError) in
            guard wanted[0] else { return [nil] }
            let slope = try gradient.sum()
            let back = planner.makeGradient(of: input)
            let backward = try wrapped { () throws(OneDNNError) in
                try self.backward(
                    source,
                    destination,
                    shape: input.shape,
                    of: forward,
                    on: processor
                )
            }
            var operands: [Operand] = [
                .reads(.destinationGradient, slope, destination),
                .writes(.sourceGradient, back, source),
            ]
            if let workspace {
                operands.append(
                    Operand(
                        place: .workspace,
                        home: .read(buffer: workspace.buffer),
                        descriptor: workspace.descriptor
                    )
                )
            }
            try planner.append(
                node,
                "pool gradient",
                backward,
                operations: operations,
                operands
            )
            return [.whole(back)]
        }
    }

    private func backward(
        _ source: MemoryDescriptor,
        _ destination: MemoryDescriptor,
        shape: FeatureShape,
        of forward: PrimitiveDescriptor,
        on processor: Processor
    ) throws(OneDNNError) -> PrimitiveDescriptor {
        var window = onednn_window(window, padding: window.padding(of: shape))
        return try unsafe PrimitiveDescriptor(
            "dnnl_pooling_backward_primitive_desc_create",
            on: processor
        ) {
            unsafe onednn_pool_gradient(
                &$0,
                processor.engine,
                algorithm,
                source.raw,
                destination.raw,
                &window,
                forward.handle,
                $1
            )
        }
    }
}
