internal import Formats
internal import Glibc
internal import Proto

/// One operator with its operands.
struct ONNXOperator {
    let node: ONNXNode
    let operands: [ReferenceTensor?]

    /// Computes the outputs.
    ///
    /// - Throws: ``ReferenceError`` if the operator is not known here, or its operands do not fit.
    func run() throws(ReferenceError) -> [ReferenceTensor] {
        guard let operation = Self.operations[node.operation] else {
            throw ReferenceError("an operator that is not known here")
        }
        return try operation(self)
    }

    private typealias Operation =
        @Sendable (ONNXOperator) throws(ReferenceError) -> [ReferenceTensor]

    /// Every operator that our models have.
    private static let operations: [String: Operation] = [
        "Add": { one throws(ReferenceError) in try one.combined({ $0 + $1 }, { $0 &+ $1 }) },
        "Sub": { one throws(ReferenceError) in try one.combined({ $0 - $1 }, { $0 &- $1 }) },
        "Mul": { one throws(ReferenceError) in try one.combined({ $0 * $1 }, { $0 &* $1 }) },
        "Div": { one throws(ReferenceError) in
            try one.combined({ $0 / $1 }) { left, right throws(ReferenceError) in
                guard right != 0 else { throw ReferenceError("\(left) over zero") }
                return left.dividedReportingOverflow(by: right).partialValue
            }
        },
        "Min": { one throws(ReferenceError) in
            try one.combined(Real.smaller, { min($0, $1) })
        },
        "Max": { one throws(ReferenceError) in
            try one.combined(Real.larger, { max($0, $1) })
        },
        "Pow": { one throws(ReferenceError) in try one.combined({ pow($0, $1) }, nil) },
        "Relu": { one throws(ReferenceError) in [try one.operand(0).mapped(Real.relu)] },
        "Sigmoid": { one throws(ReferenceError) in [try one.operand(0).mapped(Real.sigmoid)] },
        "Floor": { one throws(ReferenceError) in
            [try one.operand(0).mapped { $0.rounded(.down) }]
        },
        "Identity": { one throws(ReferenceError) in [try one.operand(0)] },
        "Softmax": { one throws(ReferenceError) in
            [try one.operand(0).softmax(axis: one.integer("axis") ?? -1)]
        },
        "ArgMax": { one throws(ReferenceError) in
            let found = try one.operand(0).indexOfExtreme(
                axis: one.integer("axis") ?? 0,
                keepsAxis: one.integer("keepdims") != 0
            )
            return [try ReferenceTensor(found.shape, integers: found.indices, as: .int64)]
        },
        "Clip": { one throws(ReferenceError) in
            let (least, most) = (try one.scalar(1), try one.scalar(2))
            return [try one.operand(0).mapped { min(max($0, least), most) }]
        },
        "ReduceSum": { one throws(ReferenceError) in
            let axes = try one.operand(1).integers()
            return [
                try one.operand(0).reduced(
                    .sum,
                    axes: axes,
                    keepsAxes: one.integer("keepdims") != 0
                )
            ]
        },
        "ReduceProd": { one throws(ReferenceError) in
            let numbers = try one.operand(0).integers()
            guard one.integers("axes") == [0], one.integer("keepdims") == 0 else {
                throw ReferenceError("another product than that of a list")
            }
            var product = 1
            for number in numbers {
                guard let next = whole(product.multipliedReportingOverflow(by: number)) else {
                    throw ReferenceError("the product of \(numbers)")
                }
                product = next
            }
            return [ReferenceTensor(Int64(product))]
        },
        "Shape": { one throws(ReferenceError) in
            let shape = try one.operand(0).shape
            let start = one.integer("start") ?? 0
            let end = one.integer("end") ?? shape.count
            guard start >= 0, start <= end, end <= shape.count else {
                throw ReferenceError("extents \(start) to \(end) of \(shape)")
            }
            return [
                try ReferenceTensor(
                    [end - start],
                    integers: Array(shape[start..<end]),
                    as: .int64
                )
            ]
        },
        "Cast": { one throws(ReferenceError) in [try one.cast()] },
        "BatchNormalization": { one throws(ReferenceError) in
            guard case .float(let epsilon)? = one.node.attributes["epsilon"] else {
                throw ReferenceError("there is no epsilon")
            }
            return [
                try one.operand(0).normalized(
                    axis: 1,
                    scale: one.operand(1),
                    offset: one.operand(2),
                    mean: one.operand(3),
                    variance: one.operand(4),
                    epsilon: epsilon
                )
            ]
        },
        "Conv": { one throws(ReferenceError) in [try one.convolution()] },
        "MaxPool": { one throws(ReferenceError) in [try one.pool()] },
        "AveragePool": { one throws(ReferenceError) in [try one.pool()] },
        "GlobalAveragePool": { one throws(ReferenceError) in
            [try one.operand(0).reduced(.mean, axes: [2, 3], keepsAxes: true)]
        },
        "Resize": { one throws(ReferenceError) in [try one.resize()] },
        "Gemm": { one throws(ReferenceError) in
            guard one.node.attributes.isEmpty else { throw ReferenceError("attributes") }
            let product = try one.operand(0).product(one.operand(1))
            return [try product.combined(with: one.operand(2), { $0 + $1 })]
        },
        "Flatten": { one throws(ReferenceError) in
            let input = try one.operand(0)
            let axis = one.integer("axis") ?? 1
            guard axis >= 0, axis <= input.shape.count else { throw ReferenceError("axis \(axis)") }
            let rows = input.shape[..<axis].reduce(1, *)
            return [try input.reshaped([rows, input.shape[axis...].reduce(1, *)])]
        },
        "Reshape": { one throws(ReferenceError) in [try one.reshape()] },
        "Squeeze": { one throws(ReferenceError) in
            let input = try one.operand(0)
            let axes = try one.operand(1).integers()
            guard axes.allSatisfy({ input.shape.indices.contains($0) && input.shape[$0] == 1 })
            else { throw ReferenceError("axes \(axes) of \(input.shape)") }
            let kept = input.shape.indices.filter { !axes.contains($0) }
            return [try input.reshaped(kept.map { input.shape[$0] })]
        },
        "Transpose": { one throws(ReferenceError) in
            [try one.operand(0).transposed(one.integers("perm"))]
        },
        "Split": { one throws(ReferenceError) in
            let input = try one.operand(0)
            let axis = try input.axis(one.integer("axis") ?? 0)
            let count = one.node.outputs.count
            guard one.operands.count == 1, count > 0, input.shape[axis] % count == 0 else {
                throw ReferenceError("\(count) parts of \(input.shape)")
            }
            let extents = [Int](repeating: input.shape[axis] / count, count: count)
            return try input.split(axis: axis, extents).map { $0 }
        },
        "Pad": { one throws(ReferenceError) in
            let input = try one.operand(0)
            let pads = try one.operand(1).integers()
            guard pads.count == 2 * input.rank, one.text("mode") == "reflect" else {
                throw ReferenceError("padding \(pads) of \(input.shape)")
            }
            return [
                try input.padded(
                    before: Array(pads.prefix(input.rank)),
                    after: Array(pads.suffix(input.rank)),
                    .reflected
                )
            ]
        },
        "Gather": { one throws(ReferenceError) in
            let places = try one.operand(1)
            guard places.shape.count == 1 else { throw ReferenceError("indices \(places.shape)") }
            return [
                try one.operand(0).taken(
                    try places.integers(),
                    axis: one.integer("axis") ?? 0
                )
            ]
        },
    ]
}

// What operators ask for.
extension ONNXOperator {
    func operand(_ index: Int) throws(ReferenceError) -> ReferenceTensor {
        guard operands.indices.contains(index), let operand = operands[index] else {
            throw ReferenceError("input \(index) is missing")
        }
        return operand
    }

    func scalar(_ index: Int) throws(ReferenceError) -> Double { try operand(index).float() }

    func integer(_ name: String) -> Int? {
        if case .integer(let value)? = node.attributes[name] { value } else { nil }
    }

    func integers(_ name: String) -> [Int] {
        if case .integers(let values)? = node.attributes[name] { values } else { [] }
    }

    func text(_ name: String) -> String {
        if case .text(let value)? = node.attributes[name] { value } else { "" }
    }

    private func combined(
        _ floats: (Double, Double) -> Double,
        _ integers: ((Int64, Int64) throws(ReferenceError) -> Int64)?
    ) throws(ReferenceError) -> [ReferenceTensor] {
        [try operand(0).combined(with: operand(1), floats, integers: integers)]
    }

    private func cast() throws(ReferenceError) -> ReferenceTensor {
        let types: [Int: DataType] = [
            1: .float32, 2: .uint8, 3: .int8, 6: .int32, 7: .int64, 9: .bool, 10: .float16,
            11: .float64, 16: .bfloat16,
        ]
        guard let number = integer("to"), let type = types[number] else {
            throw ReferenceError("a cast to the type \(integer("to") ?? 0)")
        }
        return try operand(0).cast(to: type)
    }

    private func reshape() throws(ReferenceError) -> ReferenceTensor {
        let input = try operand(0)
        var shape = try operand(1).integers()
        for (axis, extent) in shape.enumerated() where extent == 0 {
            guard input.shape.indices.contains(axis) else { throw ReferenceError("axis \(axis)") }
            shape[axis] = input.shape[axis]
        }
        if let open = shape.firstIndex(of: -1) {
            shape[open] = 1
            let known = try ReferenceTensor.count(shape)
            let count = try ReferenceTensor.count(input.shape)
            guard known > 0, count % known == 0 else {
                throw ReferenceError("the shape \(input.shape) cannot become \(shape)")
            }
            shape[open] = count / known
        }
        return try input.reshaped(shape)
    }
}

// Operators on windows; they are computed with the channels last.
extension ONNXOperator {
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
        var output: ReferenceTensor
        if groups == 1 {
            output = try input.convolved(kernel.transposed([2, 3, 1, 0]), geometry)
        } else {
            guard groups == input.shape[3], kernel.shape[1] == 1, kernel.shape[0] == groups else {
                throw ReferenceError("\(groups) groups of \(kernel.shape)")
            }
            let taps = try kernel.transposed([2, 3, 0, 1]).reshaped(
                Array(kernel.shape[2...]) + [groups]
            )
            output = try input.convolvedByChannel(taps, geometry)
        }
        if operands.count > 2 { output = try output.combined(with: operand(2), { $0 + $1 }) }
        return try channelsFirst(output)
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
        let scales = try operand(2).values
        guard text("mode") == "nearest", text("nearest_mode") == "floor",
            text("coordinate_transformation_mode") == "asymmetric",
            scales.count == 4, scales[0] == 1, scales[1] == 1,
            scales[2] > 0, scales[3] > 0, input.rank == 4
        else { throw ReferenceError("resizing by \(scales) in another way") }
        func extent(_ axis: Int) throws(ReferenceError) -> Int {
            let extent = (Float(input.shape[axis]) * scales[axis]).rounded(.down)
            guard let result = Int(exactly: extent) else {
                throw ReferenceError("\(extent) pixels")
            }
            return result
        }
        return try channelsFirst(
            channelsLast(input).resizedToNearest(height: extent(2), width: extent(3))
        )
    }
}

/// A result that did not overflow.
private func whole(_ result: (partialValue: Int, overflow: Bool)) -> Int? {
    result.overflow ? nil : result.partialValue
}
