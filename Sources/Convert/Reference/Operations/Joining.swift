internal import Proto

/// Operations that put tensors together or take them apart.
extension ReferenceOperation {
    static let joining: [String: ReferenceOperation] = [
        "ConcatV2": .one(2...(1 << 16)) { call throws(ReferenceError) in
            let axis = try call[call.inputs.count - 1].integer()
            return try .concatenated(Array(call.inputs.dropLast()), axis: axis)
        },
        "Concat": .one(2...(1 << 16)) { call throws(ReferenceError) in
            try .concatenated(Array(call.inputs.dropFirst()), axis: call[0].integer())
        },
        "Split": ReferenceOperation(2...2) { call throws(ReferenceError) in
            let count = try call.node.integer("num_split")
            let axis = try call[1].axis(call[0].integer())
            let extent = try call[1].shape[axis]
            guard (1...(1 << 16)).contains(count), extent.isMultiple(of: count) else {
                throw call.node.unfit("num_split", "a divisor of \(extent)")
            }
            return try call[1].split(
                axis: axis,
                [Int](repeating: extent / count, count: count)
            )
        },
        "SplitV": ReferenceOperation(3...3) { call throws(ReferenceError) in
            let axis = try call[0].axis(call[2].integer())
            let extent = try call[0].shape[axis]
            var extents = try call[1].integers()
            guard try call.node.integer("num_split", default: extents.count) == extents.count else {
                throw call.node.unfit("num_split", "\(extents.count), as many as there are sizes")
            }
            if let open = extents.firstIndex(of: -1) {
                extents[open] = 0
                guard extents.allSatisfy({ (0...extent).contains($0) }) else {
                    throw ReferenceError("parts of \(extents) elements of \(extent)")
                }
                extents[open] = extent - extents.reduce(0, +)
            }
            return try call[0].split(axis: axis, extents)
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
        "Unpack": ReferenceOperation(1...1) { call throws(ReferenceError) in
            let axis = try call[0].axis(call.node.integer("axis", default: 0))
            let extent = try call[0].shape[axis]
            guard try call.node.integer("num", default: extent) == extent else {
                throw call.node.unfit("num", "\(extent), as many as there are")
            }
            var shape = try call[0].shape
            shape.remove(at: axis)
            var parts: [ReferenceTensor] = []
            for part in try call[0].split(axis: axis, [Int](repeating: 1, count: extent)) {
                parts.append(try part.reshaped(shape))
            }
            return parts
        },
    ]
}
