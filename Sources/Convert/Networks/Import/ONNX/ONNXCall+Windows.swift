internal import Formats
internal import Proto
internal import Reference

// Convolutions and pools over pictures with their channels second.
extension ONNXCall {
    static let windows: [String: Operator] = [
        "Conv": { importer, call throws(ImportProblem) in
            let result = try importer.convolution(call)
            return [result]
        },
        "ConvTranspose": { importer, call throws(ImportProblem) in
            let result = try importer.spreading(call)
            return [result]
        },
        "MaxPool": { importer, call throws(ImportProblem) in
            guard call.node.outputs.count < 2 else {
                throw call.unfit("it says where the maxima are")
            }
            guard (call.integers("dilations") ?? []).allSatisfy({ $0 == 1 }) else {
                throw call.unfit("its window has gaps")
            }
            let window = try importer.window(call, size: call.integers("kernel_shape"))
            let input = try call.input(0)
            return [importer.pool("MaxPool", input, window)]
        },
        "AveragePool": { importer, call throws(ImportProblem) in
            guard (call.integers("dilations") ?? []).allSatisfy({ $0 == 1 }) else {
                throw call.unfit("its window has gaps")
            }
            var window = try importer.window(call, size: call.integers("kernel_shape"))
            var input = try call.input(0)
            if call.integer("count_include_pad") == 1, window.isPadded {
                guard window.rest == [0, 0] else {
                    throw call.unfit("it counts cells behind the padding")
                }
                let sides = [[0, 0], [0, 0]] + [0, 1].map { window.sides[$0] }
                input = importer.padded(input, sides)
                window.sides = [[0, 0], [0, 0]]
            }
            return [importer.pool("AvgPool", input, window)]
        },
        "GlobalAveragePool": { importer, call throws(ImportProblem) in
            let result = try importer.overPixels("Mean", call)
            return [result]
        },
        "GlobalMaxPool": { importer, call throws(ImportProblem) in
            let result = try importer.overPixels("Max", call)
            return [result]
        },
    ]
}

/// How an operator's window goes over pictures.
private struct ONNXWindow {
    var size: [Int]
    var strides: [Int]
    var dilations: [Int]
    /// Before and behind, for rows and columns.
    var sides: [[Int]]
    /// How much of what is behind is not stated, but only makes room for a last window.
    var rest = [0, 0]

    var isPadded: Bool { sides.contains { $0 != [0, 0] } }

    /// What TensorFlow calls it, the channels second.
    var attributes: [NodeDef.Attribute] {
        var attributes: [NodeDef.Attribute] = [
            .init("data_format", ONNXImporter.text("NCHW")),
            .init("strides", ONNXImporter.list([1, 1] + strides)),
        ]
        if isPadded {
            attributes.append(.init("padding", ONNXImporter.text("EXPLICIT")))
            attributes.append(
                .init("explicit_paddings", ONNXImporter.list([0, 0, 0, 0] + sides[0] + sides[1]))
            )
        } else {
            attributes.append(.init("padding", ONNXImporter.text("VALID")))
        }
        return attributes
    }
}

extension ONNXImporter {
    /// The window that an operator states.
    ///
    /// What `auto_pad` says of a window that spreads pixels hangs on what comes out: it is not heeded here.
    fileprivate func window(
        _ call: ONNXCall,
        size: [Int]?,
        spreads: Bool = false
    ) throws(ImportProblem) -> ONNXWindow {
        guard let size, size.count == 2, size.allSatisfy({ $0 > 0 }) else {
            throw call.unfit("its window is \(size ?? []), expected rows and columns")
        }
        let strides = call.integers("strides") ?? [1, 1]
        let dilations = call.integers("dilations") ?? [1, 1]
        let limit = 1...(1 << 20)
        guard strides.count == 2, dilations.count == 2,
            (size + strides + dilations).allSatisfy({ limit.contains($0) })
        else { throw call.unfit("it goes by \(strides) with gaps \(dilations)") }
        let pads = call.integers("pads") ?? [0, 0, 0, 0]
        guard pads.count == 4, pads.allSatisfy({ (0...(1 << 20)).contains($0) }) else {
            throw call.unfit("its padding is \(pads)")
        }
        var window = ONNXWindow(
            size: size,
            strides: strides,
            dilations: dilations,
            sides: [[pads[0], pads[2]], [pads[1], pads[3]]]
        )
        if spreads { return window }
        let spans = zip(size, dilations).map { ($0 - 1) * $1 + 1 }
        switch call.text("auto_pad") ?? "NOTSET" {
        case "NOTSET", "": break
        case "VALID": window.sides = [[0, 0], [0, 0]]
        case let way where way == "SAME_UPPER" || way == "SAME_LOWER":
            let extents = try pixels(call)
            for axis in 0..<2 {
                let places = (extents[axis] + strides[axis] - 1) / strides[axis]
                let needed = max(0, (places - 1) * strides[axis] + spans[axis] - extents[axis])
                let less = needed / 2
                window.sides[axis] =
                    way == "SAME_UPPER" ? [less, needed - less] : [needed - less, less]
            }
        case let other: throw call.unfit("its auto_pad is \(other)")
        }
        if call.integer("ceil_mode") == 1 {
            let extents = try pixels(call)
            for axis in 0..<2 {
                let (before, behind) = (window.sides[axis][0], window.sides[axis][1])
                let room = extents[axis] + before + behind - spans[axis]
                guard room >= 0 else { throw call.unfit("its window is larger than pictures") }
                var places = (room + strides[axis] - 1) / strides[axis] + 1
                // A window that begins behind the picture is none.
                if (places - 1) * strides[axis] >= extents[axis] + before { places -= 1 }
                let more = max(0, (places - 1) * strides[axis] - room)
                window.rest[axis] = more
                window.sides[axis][1] = behind + more
            }
        }
        return window
    }

    /// The rows and columns of what an operator takes.
    fileprivate func pixels(_ call: ONNXCall) throws(ImportProblem) -> [Int] {
        guard let shape = shape(try call.input(0)), shape.count == 4, let height = shape[2],
            let width = shape[3]
        else {
            throw call.unfit(
                "its padding hangs on the size of pictures, which is open; say --image-size"
            )
        }
        return [height, width]
    }

    fileprivate mutating func convolution(_ call: ONNXCall) throws(ImportProblem) -> Value {
        let (input, weights) = (try call.input(0), try call.input(1))
        guard let shapes = form(weights)?.shapes, let extents = shapes.first, extents.count == 4
        else { throw call.unfit("its kernel has not rows, columns and channels") }
        let groups = call.integer("group") ?? 1
        let window = try window(call, size: Array(extents[2...]))
        guard groups > 0, extents[0] % groups == 0 else {
            throw call.unfit("\(extents[0]) channels in \(groups) groups")
        }
        if let shape = shape(input), shape.count == 4, let channels = shape[1] {
            let (needed, overflow) = extents[1].multipliedReportingOverflow(by: groups)
            guard !overflow, needed == channels else {
                throw call.unfit("its kernel \(extents) in \(groups) groups is not for \(channels)")
            }
        }
        // Rows, columns, inputs, outputs.
        var kernel = moved(weights, [2, 3, 1, 0])
        let isDepthwise = groups > 1 && extents[1] == 1
        if isDepthwise {
            let shape = [extents[2], extents[3], groups, extents[0] / groups]
            kernel = add("Reshape", [kernel, list(shape)], form: form(kernel, shape))
        }
        var attributes = window.attributes
        attributes.append(.init("dilations", Self.list([1, 1] + window.dilations)))
        let result = add(
            isDepthwise ? "DepthwiseConv2dNative" : "Conv2D",
            [input, kernel],
            attributes
        )
        return try biased(result, call)
    }

    /// A convolution's way back: each pixel spread over a window.
    fileprivate mutating func spreading(_ call: ONNXCall) throws(ImportProblem) -> Value {
        let (input, weights) = (try call.input(0), try call.input(1))
        guard let extents = form(weights)?.shapes.first, extents.count == 4 else {
            throw call.unfit("its kernel has not rows, columns and channels")
        }
        let groups = call.integer("group") ?? 1
        let (outputs, overflow) = extents[1].multipliedReportingOverflow(by: groups)
        guard groups > 0, extents[0] % groups == 0, !overflow else {
            throw call.unfit("\(extents[0]) channels in \(groups) groups")
        }
        if let shape = shape(input), shape.count == 4, let channels = shape[1] {
            guard channels == extents[0] else {
                throw call.unfit("its kernel \(extents) is not for \(channels) channels")
            }
        }
        var window = try window(call, size: Array(extents[2...]), spreads: true)
        let sides = try spread(call, &window)
        let pictures = part(self.extents(input), 0..<1)
        let size = joined([pictures, list([outputs] + sides)], axis: 0)
        let kernel = moved(weights, [2, 3, 1, 0])
        var attributes = window.attributes
        if window.dilations != [1, 1] {
            attributes.append(.init("dilations", Self.list([1, 1] + window.dilations)))
        }
        let result = add("Conv2DBackpropInput", [size, kernel, input], attributes)
        return try biased(result, call)
    }

    /// The rows and columns that come of a window that spreads pixels; its sides become what is cut off.
    private func spread(
        _ call: ONNXCall,
        _ window: inout ONNXWindow
    ) throws(ImportProblem) -> [Int] {
        let pixels = try pixels(call)
        let more = call.integers("output_padding") ?? [0, 0]
        let limit = 0...(1 << 20)
        guard more.count == 2, more.allSatisfy({ limit.contains($0) }) else {
            throw call.unfit("its output_padding is \(more)")
        }
        let way = call.text("auto_pad") ?? ""
        guard ["", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"].contains(way) else {
            throw call.unfit("its auto_pad is \(way)")
        }
        let stated = call.integers("output_shape").map { Array($0.suffix(2)) } ?? []
        guard stated.isEmpty || stated.count == 2 && stated.allSatisfy({ $0 > 0 && $0 <= 1 << 40 })
        else { throw call.unfit("its output_shape is \(stated)") }
        if way == "VALID" { window.sides = [[0, 0], [0, 0]] }
        var result: [Int] = []
        for axis in 0..<2 {
            let (extent, stride) = (pixels[axis], window.strides[axis])
            guard (1...(1 << 30)).contains(extent) else { throw call.unfit("of \(pixels) pixels") }
            let span = (window.size[axis] - 1) * window.dilations[axis] + 1
            let whole = (extent - 1) * stride + span + more[axis]
            var wanted = stated.isEmpty ? nil : stated[axis]
            if wanted == nil, way.hasPrefix("SAME") { wanted = min(extent * stride, whole) }
            if let wanted {
                let cut = max(0, whole - wanted)
                // The odd one is cut off behind where that is said, else before.
                let before = way == "SAME_UPPER" ? cut / 2 : cut - cut / 2
                window.sides[axis] = [before, cut - before]
            }
            let cut = window.sides[axis][0] + window.sides[axis][1]
            let count = wanted ?? whole - cut
            let room = count + cut - span
            guard count > 0, room >= 0, room / stride == extent - 1 else {
                throw call.unfit("it gives \(count) of \(extent) by strides of \(stride)")
            }
            result.append(count)
        }
        return result
    }

    fileprivate mutating func biased(
        _ value: Value,
        _ call: ONNXCall
    ) throws(ImportProblem) -> Value {
        guard let bias = call.optional(2) else { return value }
        return add("BiasAdd", [value, bias], [.init("data_format", Self.text("NCHW"))])
    }

    fileprivate mutating func pool(
        _ operation: String,
        _ input: Value,
        _ window: ONNXWindow
    ) -> Value {
        add(
            operation,
            [input],
            window.attributes + [.init("ksize", Self.list([1, 1] + window.size))]
        )
    }

    fileprivate mutating func overPixels(
        _ operation: String,
        _ call: ONNXCall
    ) throws(ImportProblem) -> Value {
        let input = try call.input(0)
        let rank = try rank(input, call)
        guard rank > 2 else { throw call.unfit("there are no pixels") }
        let pixels = list(Array(2..<rank))
        return add(operation, [input, pixels], [.init("keep_dims", .bool(true))])
    }

    /// Zeros around a tensor.
    mutating func padded(_ value: Value, _ sides: [[Int]]) -> Value {
        let numbers = sides.flatMap { $0 }.map { Int64($0) }
        let flat = ReferenceTensor(list: numbers)
        return add("Pad", [value, constant((try? flat.reshaped([sides.count, 2])) ?? flat)])
    }

    /// Weights with their axes in another order: not computed here, but once where they are needed.
    mutating func moved(_ weights: Value, _ order: [Int]) -> Value {
        let extents = form(weights)?.shapes.first ?? []
        guard extents.count == order.count, form(weights)?.isConstant == true else {
            return transposed(weights, order)
        }
        let form = form(weights, order.map { extents[$0] })
        return add("Transpose", [weights, list(order)], form: form)
    }

    /// The form of a constant's values in another shape.
    fileprivate func form(_ value: Value, _ shape: [Int]) -> TensorForm? {
        guard let form = form(value), form.isConstant else { return nil }
        return TensorForm(
            type: form.type,
            shapes: form.shapes.map { _ in shape },
            isConstant: true
        )
    }
}
