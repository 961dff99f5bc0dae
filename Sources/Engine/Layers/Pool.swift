internal import COneDNN

/// A maximum or a mean over small windows.
///
/// The maximum pads as TensorFlow's SAME does. The mean pads a strided window by `size - 1` zeros in all, which count
/// in the mean; with stride 1 it pads as SAME and counts real cells only.
package struct Pool: Layer {
    package enum Kind: Hashable, Sendable {
        case maximum
        case average
    }

    package static let kind = "pool"
    package let function: Kind
    package let size: Int
    package let stride: Int

    package init(_ function: Kind, size: Int, stride: Int) {
        self.function = function
        self.size = size
        self.stride = stride
    }

    /// Rows or columns added before and after `extent`.
    package func padding(of extent: Int) -> Padding {
        if function == .average, stride > 1 {
            return Padding(before: (size - 1) / 2, after: size - 1 - (size - 1) / 2)
        }
        let outputs = (extent + stride - 1) / stride
        let total = max((outputs - 1) * stride + size - extent, 0)
        return Padding(before: total / 2, after: total - total / 2)
    }

    /// Whether cells outside count in the mean, as zeros.
    package var countsPadding: Bool { function == .average && stride > 1 }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        func extent(_ count: Int) -> Int {
            let padding = padding(of: count)
            let room = count + padding.before + padding.after - size
            return room < 0 ? 0 : room / stride + 1
        }
        let output = FeatureShape(
            height: extent(inputs[0].height),
            width: extent(inputs[0].width),
            channels: inputs[0].channels
        )
        guard output.area > 0 else {
            throw .tooSmall(node: node, height: inputs[0].height, width: inputs[0].width)
        }
        return output
    }

    package func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let result = planner.makeActivation(output, .blocked, inputs[0].type)
        let (source, destination, descriptor) = try wrapped { () throws(OneDNNError) in
            let (source, destination) = (try inputs[0].descriptor(), try result.descriptor())
            return (
                source, destination,
                try forward(
                    source,
                    destination,
                    for: dnnl_forward_inference,
                    shape: inputs[0].shape,
                    on: planner.processor
                )
            )
        }
        try planner.append(
            node,
            descriptor,
            operations: planner.batch * output.count * size * size,
            [.reads(.source, inputs[0], source), .writes(.destination, result, destination)]
        )
        return result
    }
}

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
        let operations = planner.batch * output.count * size * size
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
        try planner.append(node, Self.kind, forward, operations: operations, operands)
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

    private var algorithm: dnnl_alg_kind_t {
        switch function {
        case .maximum: dnnl_pooling_max
        case .average:
            countsPadding ? dnnl_pooling_avg_include_padding : dnnl_pooling_avg_exclude_padding
        }
    }

    /// Strides, window, padding before and after, as the library wants them.
    private func geometry(
        _ shape: FeatureShape
    ) -> (strides: [dnnl_dim_t], window: [dnnl_dim_t], before: [dnnl_dim_t], after: [dnnl_dim_t]) {
        let (rows, columns) = (padding(of: shape.height), padding(of: shape.width))
        return (
            [dnnl_dim_t](repeating: dnnl_dim_t(stride), count: 2),
            [dnnl_dim_t](repeating: dnnl_dim_t(size), count: 2),
            [dnnl_dim_t(rows.before), dnnl_dim_t(columns.before)],
            [dnnl_dim_t(rows.after), dnnl_dim_t(columns.after)]
        )
    }

    private func forward(
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

    private func backward(
        _ source: MemoryDescriptor,
        _ destination: MemoryDescriptor,
        shape: FeatureShape,
        of forward: PrimitiveDescriptor,
        on processor: Processor
    ) throws(OneDNNError) -> PrimitiveDescriptor {
        var (source, destination) = (source.raw, destination.raw)
        let geometry = geometry(shape)
        var operation = dnnl_pooling_desc_t()
        try check(
            unsafe dnnl_pooling_backward_desc_init(
                &operation,
                algorithm,
                &source,
                &destination,
                geometry.strides,
                geometry.window,
                geometry.before,
                geometry.after
            ),
            "dnnl_pooling_backward_desc_init"
        )
        return try unsafe PrimitiveDescriptor(&operation, gradientOf: forward, on: processor)
    }
}
