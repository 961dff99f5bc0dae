internal import Formats
internal import Proto
internal import Reference

// Operators that move elements.
extension ONNXCall {
    static let movements: [String: Operator] = [
        "Transpose": { importer, call throws(ImportProblem) in
            let input = try call.input(0)
            if let order = call.integers("perm") {
                let axes = importer.list(order)
                return [importer.add("Transpose", [input, axes])]
            }
            let rank = try importer.rank(input, call)
            let order = importer.list(Array((0..<rank).reversed()))
            return [importer.add("Transpose", [input, order])]
        },
        "Concat": { importer, call throws(ImportProblem) in
            let values = try call.all()
            guard let axis = call.integer("axis") else { throw call.unfit("its axis is missing") }
            return [importer.joined(values, axis: axis)]
        },
        "Split": { importer, call throws(ImportProblem) in try importer.split(call) },
        "Slice": { importer, call throws(ImportProblem) in
            let result = try importer.sliced(call)
            return [result]
        },
        "Tile": { importer, call throws(ImportProblem) in
            let (input, counts) = (try call.input(0), try call.input(1))
            return [importer.add("Tile", [input, counts])]
        },
        "Pad": { importer, call throws(ImportProblem) in
            let result = try importer.padded(call)
            return [result]
        },
        "DepthToSpace": { importer, call throws(ImportProblem) in
            guard call.text("mode") ?? "DCR" == "DCR" else {
                throw call.unfit("its mode is \(call.text("mode") ?? "")")
            }
            let result = try importer.blocks("DepthToSpace", call)
            return [result]
        },
        "SpaceToDepth": { importer, call throws(ImportProblem) in
            let result = try importer.blocks("SpaceToDepth", call)
            return [result]
        },
    ]
}

extension ONNXImporter {
    fileprivate mutating func split(_ call: ONNXCall) throws(ImportProblem) -> [Value] {
        let input = try call.input(0)
        let rank = try rank(input, call)
        let axis = try axis(call.integer("axis") ?? 0, of: rank, call)
        var sizes = try integers(call, "split", input: 1)
        let count = sizes?.count ?? call.integer("num_outputs") ?? call.node.outputs.count
        guard (1...(1 << 16)).contains(count) else { throw call.unfit("\(count) parts") }
        if sizes == nil {
            guard let extent = shape(input)?[axis] else { throw call.unfit("axis \(axis) is open") }
            // The last part may be smaller.
            let part = (extent + count - 1) / count
            sizes = (0..<count).map { max(0, min(part, extent - $0 * part)) }
        }
        let value = add(
            "SplitV",
            [input, list(sizes ?? []), scalar(axis)],
            [.init("num_split", .integer(Int64(count)))]
        )
        return (0..<count).map { Value(place: TensorPlace(node: value.place.node, output: $0)) }
    }

    fileprivate mutating func sliced(_ call: ONNXCall) throws(ImportProblem) -> Value {
        let input = try call.input(0)
        let rank = try rank(input, call)
        guard let starts = try integers(call, "starts", input: 1),
            let ends = try integers(call, "ends", input: 2), starts.count == ends.count
        else { throw call.unfit("its places are missing") }
        let axes = try integers(call, "axes", input: 3) ?? Array(starts.indices)
        let steps = try integers(call, "steps", input: 4) ?? starts.map { _ in 1 }
        guard axes.count == starts.count, steps.count == starts.count else {
            throw call.unfit("its places are \(starts), \(ends), \(axes), \(steps)")
        }
        var (begins, stops) = ([Int](repeating: 0, count: rank), [Int](repeating: 0, count: rank))
        var strides = [Int](repeating: 1, count: rank)
        var (openBegins, openEnds) = ((1 << rank) - 1, (1 << rank) - 1)
        guard rank < 32 else { throw call.unfit("\(rank) axes") }
        let limit = Int(Int32.max)
        for (index, stated) in axes.enumerated() {
            let axis = try axis(stated, of: rank, call)
            guard steps[index] != 0, abs(steps[index]) < limit else {
                throw call.unfit("it goes by \(steps[index])")
            }
            strides[axis] = steps[index]
            let (start, end) = (starts[index], ends[index])
            let goesOn = steps[index] > 0
            // Numbers beyond all pictures stand for the ends.
            if goesOn ? start > -limit : start < limit {
                begins[axis] = min(max(start, -limit), limit)
                openBegins &= ~(1 << axis)
            }
            if goesOn ? end < limit : end > -limit {
                stops[axis] = min(max(end, -limit), limit)
                openEnds &= ~(1 << axis)
            }
        }
        return add(
            "StridedSlice",
            [input, list(begins), list(stops), list(strides)],
            [
                .init("begin_mask", .integer(Int64(openBegins))),
                .init("end_mask", .integer(Int64(openEnds))),
            ]
        )
    }

    fileprivate mutating func padded(_ call: ONNXCall) throws(ImportProblem) -> Value {
        let input = try call.input(0)
        let rank = try rank(input, call)
        guard
            let stated = try integers(
                call,
                call.integers("paddings") == nil ? "pads" : "paddings",
                input: 1
            )
        else { throw call.unfit("its pads are missing") }
        let axes = try integers(call, "axes", input: 3) ?? Array(0..<rank)
        guard stated.count == 2 * axes.count,
            stated.allSatisfy({ (0...(1 << 20)).contains($0) })
        else { throw call.unfit("its pads are \(stated)") }
        var sides = [[Int]](repeating: [0, 0], count: rank)
        for (index, axis) in axes.enumerated() {
            sides[try self.axis(axis, of: rank, call)] = [
                stated[index], stated[axes.count + index],
            ]
        }
        switch call.text("mode") ?? "constant" {
        case "constant":
            let value = call.float("value").map { number(Double($0), like: input) }
            guard let filler = value ?? call.optional(2), number(filler) != 0 else {
                return padded(input, sides)
            }
            let flat = list(sides.flatMap { $0 })
            let single = add("Reshape", [filler, list([])])
            return add("PadV2", [input, add("Reshape", [flat, list([rank, 2])]), single])
        case "reflect":
            let flat = list(sides.flatMap { $0 })
            return add(
                "MirrorPad",
                [input, add("Reshape", [flat, list([rank, 2])])],
                [.init("mode", Self.text("REFLECT"))]
            )
        case let other: throw call.unfit("its mode is \(other)")
        }
    }

    fileprivate mutating func blocks(
        _ operation: String,
        _ call: ONNXCall
    ) throws(ImportProblem) -> Value {
        guard let size = call.integer("blocksize"), (1...(1 << 10)).contains(size) else {
            throw call.unfit("blocks of \(call.integer("blocksize") ?? 0)")
        }
        let input = try call.input(0)
        let last = transposed(input, [0, 2, 3, 1])
        let result = add(operation, [last], [.init("block_size", .integer(Int64(size)))])
        return transposed(result, [0, 3, 1, 2])
    }
}
