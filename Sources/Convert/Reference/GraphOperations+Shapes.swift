internal import Proto

/// Shapes.
extension GraphOperations {
    static func pad(
        _ inputs: [ReferenceTensor],
        _ border: ReferenceTensor.Border
    ) throws(ReferenceError) -> [ReferenceTensor] {
        let numbers = try inputs[1].integers()
        guard numbers.count == 2 * inputs[0].rank else {
            throw ReferenceError("\(numbers.count) paddings for the shape \(inputs[0].shape)")
        }
        let axes = inputs[0].shape.indices
        return [
            try inputs[0].padded(
                before: axes.map { numbers[2 * $0] },
                after: axes.map { numbers[2 * $0 + 1] },
                border
            )
        ]
    }

    @Sendable static func reshape(
        _ node: NodeDef,
        _ inputs: [ReferenceTensor]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        var shape = try inputs[1].integers()
        if let open = shape.firstIndex(of: -1) {
            shape[open] = 1
            let rest = try ReferenceTensor.count(shape)
            guard rest > 0, inputs[0].values.count.isMultiple(of: rest) else {
                throw ReferenceError("the shape \(inputs[0].shape) cannot become \(shape)")
            }
            shape[open] = inputs[0].values.count / rest
        }
        return [try inputs[0].reshaped(shape)]
    }

    @Sendable static func split(
        _ node: NodeDef,
        _ inputs: [ReferenceTensor]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        let axes = try inputs[0].integers()
        guard case .integer(let count)? = node["num_split"], axes.count == 1, count > 0,
            count <= 1 << 16
        else { throw ReferenceError("parts along the axes \(axes)") }
        let axis = try inputs[1].axis(axes[0])
        let extent = inputs[1].shape[axis]
        guard extent.isMultiple(of: Int(count)) else {
            throw ReferenceError("\(count) parts of \(extent)")
        }
        return try inputs[1].split(
            axis: axis,
            [Int](repeating: extent / Int(count), count: Int(count))
        )
    }

    /// One number of a list.
    @Sendable static func stridedSlice(
        _ node: NodeDef,
        _ inputs: [ReferenceTensor]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        let begin = try inputs[1].integers()
        guard inputs[0].rank == 1, begin.count == 1, node["shrink_axis_mask"] == .integer(1),
            inputs[0].values.indices.contains(begin[0])
        else { throw ReferenceError("only one number of a list is taken") }
        return [ReferenceTensor(inputs[0].values[begin[0]])]
    }

    static func size(
        _ node: NodeDef,
        _ values: ReferenceTensor
    ) throws(ReferenceError) -> (height: Int, width: Int) {
        let size = try values.integers()
        guard size.count == 2, !flag(node, "align_corners"), !flag(node, "half_pixel_centers")
        else {
            throw ReferenceError("pictures are resized by another rule")
        }
        return (size[0], size[1])
    }
}
