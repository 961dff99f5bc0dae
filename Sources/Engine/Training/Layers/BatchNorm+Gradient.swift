internal import Base
internal import CKernels
internal import COneDNN

extension BatchNorm: TrainableLayer {
    func planTraining(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: TrainingPlanner
    ) throws(EngineError) -> Tape {
        let input = inputs[0]
        let training = TrainingNorm(
            node: node,
            epsilon: epsilon,
            isRectified: isRectified,
            isFixed: !planner.options.usesBatchStatistics,
            input: input,
            gamma: planner.parameter(node.name, .gamma),
            beta: planner.parameter(node.name, .beta),
            statistics: planner.statistics(
                of: node,
                self,
                count: planner.batch * output.area
            )
        )
        return input.isMatrix
            ? training.planVectors(in: planner) : try training.planPictures(in: planner)
    }
}

/// A batch norm in training, with the relu that may end it.
private struct TrainingNorm {
    let node: Node
    let epsilon: Double
    let isRectified: Bool
    /// Whether the moving statistics are used, and stay.
    let isFixed: Bool
    let input: Activation
    let gamma: TrainedParameter
    let beta: TrainedParameter
    let statistics: BatchStatistics

    private var mean: Storage { isFixed ? statistics.movingMean.values : statistics.mean }
    private var variance: Storage {
        isFixed ? statistics.movingVariance.values : statistics.variance
    }

    /// Where a gradient goes: to the parameter, or nowhere.
    private func target(_ parameter: TrainedParameter) -> Storage {
        parameter.isTrained ? parameter.gradient : Storage(byteCount: parameter.values.byteCount)
    }

    /// Of one row for each picture.
    func planVectors(in planner: TrainingPlanner) -> Tape {
        let result = planner.makeGradient(of: input)
        let (rows, columns) = (planner.batch, input.shape.channels)
        planner.append(
            node,
            node.layer.kind,
            operations: 5 * rows * columns,
            reads: [input],
            writes: [result]
        ) { arena in
            let source = unsafe arena.values(of: input)
            let target = unsafe arena.values(of: result)
            return {
                unsafe training_rows_norm(
                    source,
                    gamma.values.floats.baseAddress,
                    beta.values.floats.baseAddress,
                    mean.floats.baseAddress,
                    variance.floats.baseAddress,
                    target,
                    rows,
                    columns,
                    epsilon,
                    isFixed ? 1 : 0,
                    isRectified ? 1 : 0
                )
            }
        }
        return Tape(output: result) { gradient, wanted throws(EngineError) in
            let slope = try gradient.sum()
            let back = planner.makeGradient(of: input)
            let (gammaGradient, betaGradient) = (target(gamma), target(beta))
            planner.append(
                node,
                "batch norm gradient",
                operations: 10 * rows * columns,
                reads: [input, slope] + (isRectified ? [result] : []),
                writes: [back]
            ) { arena in
                let source = unsafe arena.values(of: input)
                let slopes = unsafe arena.values(of: slope)
                let positive = unsafe isRectified ? arena.values(of: result) : nil
                let target = unsafe arena.values(of: back)
                return {
                    unsafe training_rows_norm_gradient(
                        source,
                        gamma.values.floats.baseAddress,
                        mean.floats.baseAddress,
                        variance.floats.baseAddress,
                        slopes,
                        positive,
                        target,
                        gammaGradient.floats.baseAddress,
                        betaGradient.floats.baseAddress,
                        rows,
                        columns,
                        epsilon,
                        isFixed ? 1 : 0
                    )
                }
            }
            return [wanted[0] ? .whole(back) : nil]
        }
    }

    /// Of blocked pictures, by oneDNN.
    func planPictures(in planner: TrainingPlanner) throws(EngineError) -> Tape {
        let result = planner.makeGradient(of: input)
        let processor = planner.processor
        let (layout, vector, forward) = try wrapped { () throws(OneDNNError) in
            let layout = try input.exactDescriptor()
            let vector = try MemoryDescriptor([input.shape.channels], dnnl_x)
            return (layout, vector, try self.forward(layout, on: processor))
        }
        var operands: [Operand] = [
            .reads(.source, input, layout),
            .kept(.mean, mean, vector),
            .kept(.variance, variance, vector),
            .kept(.scale, gamma.values, vector),
            .kept(.shift, beta.values, vector),
            .writes(.destination, result, layout),
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
        let operations = 5 * input.elementCount
        try planner.append(node, node.layer.kind, forward, operations: operations, operands)

        return Tape(output: result) { [workspace] gradient, wanted throws(EngineError) in
            let slope = try gradient.sum()
            let back = planner.makeGradient(of: input)
            let backward = try wrapped { () throws(OneDNNError) in
                try self.backward(layout, of: forward, on: processor)
            }
            var operands: [Operand] = [
                .reads(.source, input, layout),
                .reads(.destinationGradient, slope, layout),
                .kept(.mean, mean, vector),
                .kept(.variance, variance, vector),
                .kept(.scale, gamma.values, vector),
                .writes(.sourceGradient, back, layout),
                .kept(.scaleGradient, target(gamma), vector),
                .kept(.shiftGradient, target(beta), vector),
            ]
            if onednn_norm_gradient_takes_shift() != 0 {
                operands.append(.kept(.shift, beta.values, vector))
            }
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
                "batch norm gradient",
                backward,
                operations: 2 * operations,
                operands
            )
            return [wanted[0] ? .whole(back) : nil]
        }
    }

    private var flags: UInt32 {
        dnnl_use_scale.rawValue | dnnl_use_shift.rawValue
            | (isRectified ? dnnl_fuse_norm_relu.rawValue : 0)
            | (isFixed ? dnnl_use_global_stats.rawValue : 0)
    }

    private func forward(
        _ layout: MemoryDescriptor,
        on processor: Processor
    ) throws(OneDNNError) -> PrimitiveDescriptor {
        try unsafe PrimitiveDescriptor(
            "dnnl_batch_normalization_forward_primitive_desc_create",
            on: processor
        ) {
            unsafe onednn_norm(&$0, processor.engine, layout.raw, Float(epsilon), flags, $1)
        }
    }

    private func backward(
        _ layout: MemoryDescriptor,
        of forward: PrimitiveDescriptor,
        on processor: Processor
    ) throws(OneDNNError) -> PrimitiveDescriptor {
        try unsafe PrimitiveDescriptor(
            "dnnl_batch_normalization_backward_primitive_desc_create",
            on: processor
        ) {
            unsafe onednn_norm_gradient(
                &$0,
                processor.engine,
                layout.raw,
                Float(epsilon),
                flags,
                forward.handle,
                $1
            )
        }
    }
}
