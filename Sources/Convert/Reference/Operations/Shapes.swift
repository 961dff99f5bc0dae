internal import Proto

/// Shapes as values, and values in other shapes.
extension ReferenceOperation {
    static let shapes: [String: ReferenceOperation] = [
        "Reshape": .one(2...2) { call throws(ReferenceError) in
            var shape = try call[1].integers()
            if let open = shape.firstIndex(of: -1) {
                shape[open] = 1
                let rest = try ReferenceTensor.count(shape)
                guard rest > 0, try call[0].count.isMultiple(of: rest) else {
                    throw ReferenceError(
                        "the shape \(try call[0].shape) cannot become \(try call[1].integers())"
                    )
                }
                shape[open] = try call[0].count / rest
            }
            return try call[0].reshaped(shape)
        },
        "Shape": .one(1...1) { call throws(ReferenceError) in
            try ReferenceTensor(
                [call[0].rank],
                integers: call[0].shape,
                as: call.node.type("out_type", default: .int32)
            )
        },
        "StridedSlice": .one(4...4) { call throws(ReferenceError) in
            try StridedSlice(call).result(of: call[0])
        },
        "Pack": .one(1...(1 << 16)) { call throws(ReferenceError) in
            let first = try call[0]
            let number = try call.node.integer("axis", default: 0)
            let axis = number < 0 ? number + first.rank + 1 : number
            guard (0...first.rank).contains(axis) else {
                throw call.node.unfit("axis", "an axis of \(first.rank + 1)")
            }
            var shape = first.shape
            shape.insert(1, at: axis)
            var parts: [ReferenceTensor] = []
            for input in call.inputs {
                guard input.shape == first.shape else {
                    throw ReferenceError("the shapes \(first.shape) and \(input.shape)")
                }
                parts.append(try input.reshaped(shape))
            }
            return try .concatenated(parts, axis: axis)
        },
        "ExpandDims": .one(2...2) { call throws(ReferenceError) in
            var shape = try call[0].shape
            let number = try call[1].integer()
            let axis = number < 0 ? number + shape.count + 1 : number
            guard (0...shape.count).contains(axis) else {
                throw ReferenceError("a new axis \(number) in the shape \(shape)")
            }
            shape.insert(1, at: axis)
            return try call[0].reshaped(shape)
        },
    ]
}
