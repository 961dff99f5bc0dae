internal import Formats
internal import Proto

// Operators on windows; they are computed with the channels last.
extension ONNXOperator {
    static let windows: [String: Operation] = [
        "Conv": { one throws(ReferenceError) in
            [try one.operand(0).rank == 5 ? one.volume() : one.convolution()]
        },
        "ConvTranspose": { one throws(ReferenceError) in [try one.transposedConvolution()] },
        "MaxPool": { one throws(ReferenceError) in
            [try one.operand(0).rank == 5 ? one.volume() : one.pool()]
        },
        "AveragePool": { one throws(ReferenceError) in
            [try one.operand(0).rank == 5 ? one.volume() : one.pool()]
        },
        "Resize": { one throws(ReferenceError) in [try one.resize()] },
        "LRN": { one throws(ReferenceError) in
            let size = one.integer("size") ?? 0
            guard size > 0, !size.isMultiple(of: 2) else {
                throw ReferenceError("\(size) channels")
            }
            let alpha = Float((one.number("alpha") ?? 0.0001) / Double(size))
            let result = try one.computed(
                as: "LRN",
                [
                    .init("depth_radius", .integer(Int64(size / 2))),
                    .init("alpha", .float(alpha)),
                    .init("beta", .float(Float(one.number("beta") ?? 0.75))),
                    .init("bias", .float(Float(one.number("bias") ?? 1))),
                ],
                [one.channelsLast(one.operand(0))]
            )
            return [try one.channelsFirst(result[0])]
        },
    ]

    private func channelsLast(_ tensor: ReferenceTensor) throws(ReferenceError) -> ReferenceTensor {
        guard tensor.rank == 4 else { throw ReferenceError("the shape \(tensor.shape)") }
        return try tensor.transposed([0, 2, 3, 1])
    }

    private func channelsFirst(_ tensor: ReferenceTensor) throws(ReferenceError) -> ReferenceTensor
    {
        try tensor.transposed([0, 3, 1, 2])
    }

    private func geometry(
        _ input: ReferenceTensor,
        _ window: [Int]
    ) throws(ReferenceError) -> WindowGeometry {
        var geometry = WindowGeometry()
        if !integers("strides").isEmpty { geometry.strides = integers("strides") }
        if !integers("dilations").isEmpty { geometry.dilations = integers("dilations") }
        guard integers("kernel_shape") == window, integer("ceil_mode") ?? 0 == 0,
            geometry.strides.count == 2, geometry.dilations.count == 2,
            (geometry.strides + geometry.dilations + window).allSatisfy({ $0 > 0 && $0 < 1 << 20 })
        else { throw ReferenceError("a window \(integers("kernel_shape"))") }
        let pads = integers("pads")
        switch text("auto_pad") {
        case "", "NOTSET":
            guard pads.isEmpty || pads.count == 4 else { throw ReferenceError("pads \(pads)") }
            if pads.count == 4 {
                geometry.rows = [pads[0], pads[2]]
                geometry.columns = [pads[1], pads[3]]
            }
        case "SAME_UPPER":
            geometry.padSame(height: input.shape[1], width: input.shape[2], window: window)
        default: throw ReferenceError("auto_pad \(text("auto_pad"))")
        }
        return geometry
    }

    private func convolution() throws(ReferenceError) -> ReferenceTensor {
        let input = try channelsLast(operand(0))
        let kernel = try operand(1)
        guard kernel.rank == 4 else { throw ReferenceError("a kernel \(kernel.shape)") }
        let geometry = try geometry(input, Array(kernel.shape[2...]))
        let groups = integer("group") ?? 1
        guard groups > 0, input.shape[3] == groups * kernel.shape[1] else {
            throw ReferenceError("\(groups) groups of \(kernel.shape) for \(input.shape)")
        }
        var output: ReferenceTensor
        if groups == input.shape[3], kernel.shape[0].isMultiple(of: groups) {
            // Outputs of one channel lie behind each other.
            let taps = try kernel.transposed([2, 3, 0, 1]).reshaped(
                Array(kernel.shape[2...]) + [groups, kernel.shape[0] / groups]
            )
            output = try input.convolvedByChannel(multiplied: taps, geometry)
        } else {
            output = try input.convolved(inGroups: kernel.transposed([2, 3, 1, 0]), geometry)
        }
        if operands.count > 2 { output = try output.combined(with: operand(2), { $0 + $1 }) }
        return try channelsFirst(output)
    }

    private func transposedConvolution() throws(ReferenceError) -> ReferenceTensor {
        let input = try channelsLast(operand(0))
        let kernel = try operand(1)
        let groups = integer("group") ?? 1
        guard kernel.rank == 4, groups > 0, kernel.shape[0].isMultiple(of: groups),
            operands.count == 2
        else { throw ReferenceError("a kernel \(kernel.shape) in \(groups) groups") }
        let (channels, overflow) = kernel.shape[1].multipliedReportingOverflow(by: groups)
        guard !overflow else { throw ReferenceError("a kernel \(kernel.shape)") }
        let window = Array(kernel.shape[2...])
        let geometry = try geometry(input, window)
        let rest = integers("output_padding").isEmpty ? [0, 0] : integers("output_padding")
        guard rest.count == 2 else { throw ReferenceError("\(rest) at the end") }
        var size = [input.shape[0], 0, 0, channels]
        for (axis, pads) in [geometry.rows, geometry.columns].enumerated() {
            let reach = (window[axis] - 1) * geometry.dilations[axis] + 1
            let span = geometry.strides[axis] * (input.shape[axis + 1] - 1)
            size[axis + 1] = span + rest[axis] + reach - pads[0] - pads[1]
        }
        // [channel, result, row, column] as [row, column, result, channel].
        return try channelsFirst(
            input.spreadBack(inGroups: kernel.transposed([2, 3, 1, 0]), geometry, to: size)
        )
    }

    private func pool() throws(ReferenceError) -> ReferenceTensor {
        let input = try channelsLast(operand(0))
        let window = integers("kernel_shape")
        guard window.count == 2 else { throw ReferenceError("a window \(window)") }
        let geometry = try geometry(input, window)
        return try channelsFirst(
            node.operation == "MaxPool"
                ? input.maximumPooled(window, geometry)
                : input.meanPooled(
                    window,
                    geometry,
                    countsPadding: integer("count_include_pad") == 1
                )
        )
    }

    private func resize() throws(ReferenceError) -> ReferenceTensor {
        let input = try operand(0)
        guard input.rank == 4 else { throw ReferenceError("pictures of \(input.shape)") }
        var size: [Int]
        if operands.count > 3, operands[3] != nil {
            size = try operand(3).integers()
        } else {
            let scales = try operand(2).values
            guard scales.count == 4, scales.allSatisfy({ $0 > 0 }) else {
                throw ReferenceError("resizing by \(scales)")
            }
            size = []
            for (extent, scale) in zip(input.shape, scales) {
                guard let result = Int(exactly: (Float(extent) * scale).rounded(.down)) else {
                    throw ReferenceError("resizing by \(scales)")
                }
                size.append(result)
            }
        }
        guard size.count == 4, size.prefix(2) == input.shape.prefix(2) else {
            throw ReferenceError("resizing to \(size)")
        }
        let pictures = try channelsLast(input)
        let way = text("coordinate_transformation_mode")
        switch (text("mode"), text("nearest_mode"), way) {
        case ("nearest", "floor", "asymmetric"):
            return try channelsFirst(pictures.resizedToNearest(height: size[2], width: size[3]))
        case ("linear", _, "asymmetric"), ("linear", _, "align_corners"),
            ("linear", _, "half_pixel"):
            let rule: ResizeRule =
                way == "asymmetric"
                ? .cornersAtZero : way == "half_pixel" ? .centres : .alignedCorners
            return try channelsFirst(
                pictures.resizedBilinearly(height: size[2], width: size[3], rule)
            )
        default: throw ReferenceError("resizing by \(text("mode")) with \(way)")
        }
    }
}
