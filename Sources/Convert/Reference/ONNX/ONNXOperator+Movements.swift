internal import Formats
internal import Proto

// Operators that move elements, and that make some.
extension ONNXOperator {
    static let movements: [String: Operation] = [
        "Size": { one throws(ReferenceError) in
            [ReferenceTensor(Int64(try one.operand(0).count))]
        },
        "Unsqueeze": { one throws(ReferenceError) in
            let input = try one.operand(0)
            let axes = try one.operand(1).integers().sorted()
            var shape = input.shape
            for axis in axes {
                guard (0...shape.count).contains(axis) else { throw ReferenceError("axis \(axis)") }
                shape.insert(1, at: axis)
            }
            return [try input.reshaped(shape)]
        },
        "Concat": { one throws(ReferenceError) in
            var parts: [ReferenceTensor] = []
            for index in one.operands.indices { parts.append(try one.operand(index)) }
            return [try .concatenated(parts, axis: one.integer("axis") ?? 0)]
        },
        "Split": { one throws(ReferenceError) in
            let input = try one.operand(0)
            let axis = try input.axis(one.integer("axis") ?? 0)
            let count = one.node.outputs.count
            if one.operands.count > 1 {
                return try input.split(axis: axis, one.operand(1).integers())
            }
            guard count > 0, input.shape[axis] % count == 0 else {
                throw ReferenceError("\(count) parts of \(input.shape)")
            }
            let extents = [Int](repeating: input.shape[axis] / count, count: count)
            return try input.split(axis: axis, extents)
        },
        "Slice": { one throws(ReferenceError) in [try one.slice()] },
        "Tile": { one throws(ReferenceError) in
            try one.computed(as: "Tile", [], [one.operand(0), one.operand(1)])
        },
        "Expand": { one throws(ReferenceError) in
            let input = try one.operand(0)
            let shape = try ReferenceTensor.broadcast(input.shape, one.operand(1).integers())
            return [try input.spread(over: shape)]
        },
        "Range": { one throws(ReferenceError) in
            try one.computed(as: "Range", [], [one.operand(0), one.operand(1), one.operand(2)])
        },
        "Pad": { one throws(ReferenceError) in
            let input = try one.operand(0)
            let pads = try one.operand(1).integers()
            guard pads.count == 2 * input.rank else {
                throw ReferenceError("padding \(pads) of \(input.shape)")
            }
            let border: ReferenceTensor.Border
            switch one.text("mode") {
            case "reflect": border = .reflected
            case "", "constant":
                let zero = try ReferenceTensor(Float(0)).cast(to: input.type)
                border = .constant(one.operands.count > 2 ? try one.operand(2) : zero)
            default: throw ReferenceError("padding by \(one.text("mode"))")
            }
            return [
                try input.padded(
                    before: Array(pads.prefix(input.rank)),
                    after: Array(pads.suffix(input.rank)),
                    border
                )
            ]
        },
        "SpaceToDepth": { one throws(ReferenceError) in try one.blocks("SpaceToDepth") },
        "DepthToSpace": { one throws(ReferenceError) in
            guard ["", "DCR"].contains(one.text("mode")) else {
                throw ReferenceError("the mode \(one.text("mode"))")
            }
            return try one.blocks("DepthToSpace")
        },
    ]

    /// TensorFlow's operation of this name has the same order of blocks.
    private func blocks(_ operation: String) throws(ReferenceError) -> [ReferenceTensor] {
        try computed(
            as: operation,
            [
                .init("block_size", .integer(Int64(integer("blocksize") ?? 0))),
                .init("data_format", .bytes(Array("NCHW".utf8))),
            ],
            [operand(0)]
        )
    }

    private func slice() throws(ReferenceError) -> ReferenceTensor {
        var result = try operand(0)
        let (starts, ends) = (try operand(1).integers(), try operand(2).integers())
        let axes = operands.count > 3 ? try operand(3).integers() : Array(starts.indices)
        let steps =
            operands.count > 4
            ? try operand(4).integers() : [Int](repeating: 1, count: starts.count)
        guard starts.count == ends.count, axes.count == starts.count, steps.count == starts.count
        else { throw ReferenceError("a slice from \(starts) to \(ends)") }
        for index in starts.indices {
            let axis = try result.axis(axes[index])
            let (extent, step) = (result.shape[axis], steps[index])
            guard step != 0, step != .min else { throw ReferenceError("a slice by \(step)") }
            func place(_ number: Int) -> Int {
                let sum = number < 0 ? number.addingReportingOverflow(extent).partialValue : number
                return step > 0 ? min(max(sum, 0), extent) : min(max(sum, -1), extent - 1)
            }
            let (first, last) = (place(starts[index]), place(ends[index]))
            result = try result.taken(
                stride(from: first, to: last, by: step).map { $0 },
                axis: axis
            )
        }
        return result
    }
}
