internal import COneDNN

/// Zeros around a picture, the same on both axes.
package struct Padding: Hashable, Sendable {
    package var before: Int
    package var after: Int
}

/// A batch norm that a convolution has taken in.
package struct FoldedNorm: Sendable {
    /// The node that owns the parameters.
    package let node: String
    package let norm: BatchNorm
}

/// A square convolution without bias, cross-correlation as everywhere in this field.
///
/// Input `[batch, height, width, inputChannels]`, kernel HWIO, output
/// `[batch, (height + padding - size) / stride + 1, …, outputChannels]`. Passes let it take in a batch norm, add to a
/// second input, and rectify; in this order.
package struct Convolution: Layer, Rectifiable {
    package static let kind = "convolution"
    package let size: Int
    package let stride: Int
    package let padding: Padding
    package let inputChannels: Int
    package let outputChannels: Int
    package let unit: Unit
    /// A batch norm applied to the result.
    package var normalization: FoldedNorm?
    /// The result is added to the second input, in its memory.
    package var addsToInput = false
    package var isRectified = false

    package init(
        size: Int, stride: Int, padding: Padding, inputChannels: Int, outputChannels: Int,
        unit: Unit
    ) {
        self.size = size
        self.stride = stride
        self.padding = padding
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.unit = unit
    }

    /// Whether the result may still be changed before it is written.
    var acceptsFusion: Bool { !addsToInput && !isRectified }

    /// HWIO.
    package var kernelShape: [Int] { [size, size, inputChannels, outputChannels] }

    package var parameterShapes: [(role: ParameterRole, shape: [Int])] {
        [(.kernel, kernelShape)]
    }

    package func outputShape(
        for inputs: [FeatureShape], at node: String
    ) throws(GraphError) -> FeatureShape {
        precondition(
            inputs[0].channels == inputChannels,
            "\(node): \(inputs[0].channels) channels, not \(inputChannels)")
        func extent(_ count: Int) -> Int {
            let room = count + padding.before + padding.after - size
            return room < 0 ? 0 : room / stride + 1
        }
        let output = FeatureShape(
            height: extent(inputs[0].height), width: extent(inputs[0].width),
            channels: outputChannels)
        guard output.area > 0 else {
            throw .tooSmall(node: node, height: inputs[0].height, width: inputs[0].width)
        }
        return output
    }

    package func plan(
        _ node: Node, inputs: [Activation], output: FeatureShape, in planner: Planner
    ) throws(EngineError) -> Activation {
        let folded = try FoldedKernel(
            of: node.name, shape: kernelShape, outputs: outputChannels,
            normalization: normalization, weights: planner.weights)
        let operations = 2 * planner.batch * output.count * size * size * inputChannels
        let postOperations = PostOperations(
            addsToDestination: addsToInput, isRectified: isRectified)
        if size == 1, inputs[0].isMatrix {
            return try planner.appendMatrixProduct(
                node, inputs[0], outputs: outputChannels, kernel: folded,
                postOperations: postOperations, operations: operations)
        }
        let result = addsToInput ? inputs[1] : planner.makeActivation(output, .blocked)
        let descriptor = try wrapped { () throws(OneDNNError) in
            try primitiveDescriptor(
                from: inputs[0].descriptor(), to: result.descriptor(),
                hasBias: folded.bias != nil, postOperations, on: planner.processor)
        }
        let constants = try folded.constants(
            from: MemoryDescriptor.convolutionKernel(kernelShape), for: descriptor,
            on: planner.processor)
        let (source, destination) = try wrapped { () throws(OneDNNError) in
            (try inputs[0].descriptor(), try result.descriptor())
        }
        try planner.append(
            node, descriptor, operations: operations,
            reads: [
                PlannedArgument(place: .source, activation: inputs[0], descriptor: source)
            ],
            writes: PlannedArgument(
                place: .destination, activation: result, descriptor: destination),
            constants: constants)
        return result
    }

    private func primitiveDescriptor(
        from source: MemoryDescriptor, to destination: MemoryDescriptor, hasBias: Bool,
        _ postOperations: PostOperations, on processor: Processor
    ) throws(OneDNNError) -> PrimitiveDescriptor {
        var source = source.raw
        var destination = destination.raw
        var kernel = try MemoryDescriptor(
            [outputChannels, inputChannels, size, size], dnnl_format_tag_any
        ).raw
        var bias = try MemoryDescriptor([outputChannels], dnnl_x).raw
        var operation = dnnl_convolution_desc_t()
        let strides = [dnnl_dim_t](repeating: dnnl_dim_t(stride), count: 2)
        let before = [dnnl_dim_t](repeating: dnnl_dim_t(padding.before), count: 2)
        let after = [dnnl_dim_t](repeating: dnnl_dim_t(padding.after), count: 2)
        try check(
            unsafe withUnsafePointer(to: &bias) { bias in
                unsafe dnnl_convolution_forward_desc_init(
                    &operation, dnnl_forward_inference, dnnl_convolution_direct, &source, &kernel,
                    hasBias ? bias : nil, &destination, strides, before, after)
            },
            "dnnl_convolution_forward_desc_init")
        return try unsafe PrimitiveDescriptor(
            &operation, postOperations: postOperations, on: processor)
    }
}

extension MemoryDescriptor {
    /// A kernel in TensorFlow's order, HWIO.
    static func convolutionKernel(_ shape: [Int]) throws(EngineError) -> MemoryDescriptor {
        try wrapped { () throws(OneDNNError) in
            try MemoryDescriptor([shape[3], shape[2], shape[0], shape[1]], dnnl_hwio)
        }
    }
}
