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
        "Squeeze": .one(1...1) { call throws(ReferenceError) in
            let name = call.node["axis"] == nil ? "squeeze_dims" : "axis"
            let numbers = try call.node.integers(name, default: [])
            let shape = try call[0].shape
            var gone: Set<Int> = Set(numbers.isEmpty ? shape.indices.filter { shape[$0] == 1 } : [])
            for number in numbers {
                let axis = try call[0].axis(number)
                guard shape[axis] == 1 else {
                    throw call.node.unfit(name, "axes of one element of the shape \(shape)")
                }
                gone.insert(axis)
            }
            return try call[0].reshaped(
                shape.indices.filter { !gone.contains($0) }.map { shape[$0] }
            )
        },
        "ShapeN": ReferenceOperation(1...(1 << 16)) { call throws(ReferenceError) in
            let type = try call.node.type("out_type", default: .int32)
            var shapes: [ReferenceTensor] = []
            for input in call.inputs {
                shapes.append(try ReferenceTensor([input.rank], integers: input.shape, as: type))
            }
            return shapes
        },
        "Size": .one(1...1) { call throws(ReferenceError) in
            try ReferenceTensor(
                [],
                integers: [call[0].count],
                as: call.node.type("out_type", default: .int32)
            )
        },
        "Rank": .one(1...1) { call throws(ReferenceError) in
            ReferenceTensor(Int32(try call[0].rank))
        },
        "BroadcastArgs": .one(2...2) { call throws(ReferenceError) in
            let shape = try ReferenceTensor.broadcast(call[0].integers(), call[1].integers())
            return try ReferenceTensor([shape.count], integers: shape, as: call[0].type)
        },
        "ConcatOffset": ReferenceOperation(3...(1 << 16)) { call throws(ReferenceError) in
            let rank = try call[1].count
            let number = try call[0].integer()
            let axis = number < 0 ? number + rank : number
            guard (0..<rank).contains(axis) else { throw ReferenceError("axis \(number)") }
            var (offset, offsets): (Int, [ReferenceTensor]) = (0, [])
            for input in call.inputs.dropFirst() {
                let shape = try input.integers()
                guard shape.count == rank else { throw ReferenceError("the shape \(shape)") }
                var place = [Int](repeating: 0, count: rank)
                place[axis] = offset
                offsets.append(try ReferenceTensor([rank], integers: place, as: .int32))
                let (sum, overflow) = offset.addingReportingOverflow(shape[axis])
                guard !overflow else { throw ReferenceError("the shape \(shape)") }
                offset = sum
            }
            return offsets
        },
        "InvertPermutation": .one(1...1) { call throws(ReferenceError) in
            let order = try call[0].integers()
            guard order.sorted() == Array(order.indices) else {
                throw ReferenceError("\(order) is no order")
            }
            var inverse = order
            for (place, number) in order.enumerated() { inverse[number] = place }
            return try ReferenceTensor([order.count], integers: inverse, as: call[0].type)
        },
    ]
}
