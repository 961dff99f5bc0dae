internal import Proto

/// Windows.
extension GraphOperations {
    private static func geometry(
        _ node: NodeDef,
        _ input: ReferenceTensor,
        window: [Int]
    ) throws(ReferenceError) -> WindowGeometry {
        guard text(node, "data_format") == "NHWC", input.rank == 4 else {
            throw ReferenceError("pictures are not in the order NHWC")
        }
        var geometry = WindowGeometry()
        geometry.strides = try middle(node, "strides")
        if node["dilations"] != nil { geometry.dilations = try middle(node, "dilations") }
        switch text(node, "padding") {
        case "VALID": break
        case "SAME":
            geometry.padSame(height: input.shape[1], width: input.shape[2], window: window)
        default: throw ReferenceError("padding is neither VALID nor SAME")
        }
        return geometry
    }

    /// The two inner numbers of four of which the outer ones are 1.
    private static func middle(_ node: NodeDef, _ name: String) throws(ReferenceError) -> [Int] {
        let numbers = integers(node, name)
        guard numbers.count == 4, numbers[0] == 1, numbers[3] == 1,
            (1...(1 << 16)).contains(numbers[1]), (1...(1 << 16)).contains(numbers[2])
        else { throw ReferenceError("\(name) is \(numbers)") }
        return [numbers[1], numbers[2]]
    }

    @Sendable static func convolution(
        _ node: NodeDef,
        _ inputs: [ReferenceTensor]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        guard inputs[1].rank == 4 else { throw ReferenceError("a kernel \(inputs[1].shape)") }
        let window = Array(inputs[1].shape.prefix(2))
        return [try inputs[0].convolved(inputs[1], geometry(node, inputs[0], window: window))]
    }

    @Sendable static func depthwiseConvolution(
        _ node: NodeDef,
        _ inputs: [ReferenceTensor]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        guard inputs[1].rank == 4, inputs[1].shape[3] == 1 else {
            throw ReferenceError("a kernel \(inputs[1].shape)")
        }
        let kernel = try inputs[1].reshaped(Array(inputs[1].shape.prefix(3)))
        let window = Array(kernel.shape.prefix(2))
        return [
            try inputs[0].convolvedByChannel(kernel, geometry(node, inputs[0], window: window))
        ]
    }

    @Sendable static func pool(
        _ node: NodeDef,
        _ inputs: [ReferenceTensor]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        let size = try middle(node, "ksize")
        let geometry = try geometry(node, inputs[0], window: size)
        return [
            node.operation == "MaxPool"
                ? try inputs[0].maximumPooled(size, geometry)
                : try inputs[0].meanPooled(size, geometry, countsPadding: false)
        ]
    }

    @Sendable static func batchNorm(
        _ node: NodeDef,
        _ inputs: [ReferenceTensor]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        guard case .float(let epsilon)? = node["epsilon"], !flag(node, "is_training"),
            text(node, "data_format") == "NHWC"
        else { throw ReferenceError("a batch norm that is not for inference") }
        return [
            try inputs[0].normalized(
                axis: -1,
                scale: inputs[1],
                offset: inputs[2],
                mean: inputs[3],
                variance: inputs[4],
                epsilon: epsilon
            )
        ]
    }
}
