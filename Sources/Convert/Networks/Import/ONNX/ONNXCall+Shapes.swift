internal import Proto
internal import Reference

// Shapes, and tensors under other ones.
extension ONNXCall {
    static let shapes: [String: Operator] = [
        "Shape": { importer, call throws(ImportProblem) in
            let input = try call.input(0)
            let extents = importer.extents(input)
            let (start, end) = (call.integer("start"), call.integer("end"))
            guard start != nil || end != nil else { return [extents] }
            let rank = try importer.rank(input, call)
            func place(_ number: Int) -> Int {
                min(max(number < 0 ? number + rank : number, 0), rank)
            }
            let first = place(start ?? 0)
            return [importer.part(extents, first..<max(first, place(end ?? rank)))]
        },
        "Size": { importer, call throws(ImportProblem) in
            let type = NodeDef.Attribute("out_type", .type(DataType.int64.rawValue))
            let input = try call.input(0)
            return [importer.add("Size", [input], [type])]
        },
        "Reshape": { importer, call throws(ImportProblem) in
            let result = try importer.reshaped(call)
            return [result]
        },
        "Flatten": { importer, call throws(ImportProblem) in
            let input = try call.input(0)
            let rank = try importer.rank(input, call)
            let stated = call.integer("axis") ?? 1
            let axis = stated < 0 ? stated + rank : stated
            guard (0...rank).contains(axis) else { throw call.unfit("axis \(stated) of \(rank)") }
            let result = try importer.flattened(input, axis, call)
            return [result]
        },
        "Squeeze": { importer, call throws(ImportProblem) in
            let input = try call.input(0)
            let shape = importer.shape(input)
            var axes = try importer.integers(call, "axes", input: 1)
            if axes == nil {
                guard let shape else { throw call.unfit("the shape of what it takes is open") }
                axes = shape.indices.filter { shape[$0] == 1 }
            }
            return [
                importer.add(
                    "Squeeze",
                    [input],
                    [.init("squeeze_dims", ONNXImporter.list(axes ?? []))]
                )
            ]
        },
        "Unsqueeze": { importer, call throws(ImportProblem) in
            var value = try call.input(0)
            guard let axes = try importer.integers(call, "axes", input: 1) else {
                throw call.unfit("its axes are missing")
            }
            let rank = try importer.rank(value, call) + axes.count
            var places: [Int] = []
            for axis in axes { places.append(try importer.axis(axis, of: rank, call)) }
            for axis in places.sorted() {
                value = importer.add("ExpandDims", [value, importer.scalar(axis)])
            }
            return [value]
        },
        "Expand": { importer, call throws(ImportProblem) in
            let (input, wanted) = (try call.input(0), try call.input(1))
            let shape = importer.add("BroadcastArgs", [importer.extents(input), wanted])
            return [importer.add("BroadcastTo", [input, shape])]
        },
        "ConstantOfShape": { importer, call throws(ImportProblem) in
            let shape = try call.input(0)
            guard let value = call.optional(1) else {
                let zero = importer.constant(ReferenceTensor(Float(0)))
                return [importer.add("Fill", [shape, zero])]
            }
            let single = importer.add("Reshape", [value, importer.list([])])
            return [importer.add("Fill", [shape, single])]
        },
        "Range": { importer, call throws(ImportProblem) in
            var ends: [Value] = []
            for index in 0..<3 { ends.append(try call.input(index)) }
            return [importer.add("Range", ends)]
        },
    ]
}

extension ONNXImporter {
    fileprivate mutating func reshaped(_ call: ONNXCall) throws(ImportProblem) -> Value {
        let input = try call.input(0)
        if let stated = call.integers("shape") {
            return try reshaped(input, stated, call)
        }
        let shape = try call.input(1)
        guard let numbers = integers(shape) else { return add("Reshape", [input, shape]) }
        return try reshaped(input, numbers, call)
    }

    /// A tensor under a shape in which 0 stands for the extent that it has there.
    fileprivate mutating func reshaped(
        _ input: Value,
        _ numbers: [Int],
        _ call: ONNXCall
    ) throws(ImportProblem) -> Value {
        guard numbers.contains(0), call.integer("allowzero") ?? 0 == 0 else {
            return add("Reshape", [input, list(numbers)])
        }
        let rank = try rank(input, call)
        let extents = extents(input)
        var parts: [Value] = []
        for (axis, number) in numbers.enumerated() {
            guard number != 0 || axis < rank else { throw call.unfit("axis \(axis) of \(rank)") }
            parts.append(number == 0 ? part(extents, axis..<(axis + 1)) : list([number]))
        }
        return add("Reshape", [input, joined(parts, axis: 0)])
    }

    /// A tensor as rows: the axes before one, and those from it on.
    mutating func flattened(
        _ input: Value,
        _ axis: Int,
        _ call: ONNXCall
    ) throws(ImportProblem) -> Value {
        guard let shape = shape(input) else {
            throw call.unfit("the shape of what it takes is open")
        }
        func count(_ extents: ArraySlice<Int?>) throws(ImportProblem) -> Int? {
            var product = 1
            for extent in extents {
                guard let extent else { return nil }
                let (next, overflow) = product.multipliedReportingOverflow(by: extent)
                guard !overflow else { throw call.unfit("the shape \(shape)") }
                product = next
            }
            return product
        }
        if let columns = try count(shape[axis...]) {
            return add("Reshape", [input, list([-1, columns])])
        }
        if let rows = try count(shape[..<axis]) {
            return add("Reshape", [input, list([rows, -1])])
        }
        guard axis == 1 else { throw call.unfit("its extents are open") }
        let rows = part(extents(input), 0..<1)
        return add("Reshape", [input, joined([rows, list([-1])], axis: 0)])
    }
}
