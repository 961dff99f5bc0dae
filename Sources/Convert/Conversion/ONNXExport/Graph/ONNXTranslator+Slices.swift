internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Parts of tensors.
extension ONNXTranslator {
    static let slices: [String: Handler] = [
        "Slice": { one, call throws(ReferenceError) in
            let shape = try one.shape(call[0])
            let (start, size) = (try one.numbers(call[1]), try one.numbers(call[2]))
            guard start.count == shape.count, size.count == shape.count else {
                throw ReferenceError("a slice of \(shape.count) axes")
            }
            let result = try one.shape(call.place)
            var ranges: [SliceRange] = []
            for axis in shape.indices {
                guard !one.isWhole(call, axis, axis) || start[axis] != 0 else { continue }
                guard let first = start[axis], let count = size[axis] else {
                    throw ReferenceError("a slice that hangs on the number of pictures")
                }
                let end = count == -1 ? farOn : first + count
                ranges.append(SliceRange(axis: axis, start: first, end: end, step: 1))
            }
            guard result.count == shape.count else { throw ReferenceError("a slice") }
            let (value, isPlanar) = try one.sliced(call[0], ranges, call.name)
            one.set(call, value, planar: isPlanar)
        },
        "StridedSlice": { one, call throws(ReferenceError) in
            try one.stridedSlice(call)
        },
    ]

    /// A range of an axis.
    private struct SliceRange {
        let axis: Int
        let start: Int
        let end: Int
        let step: Int
    }

    /// Whether an axis is as long in a node's result as in its first input, for any number of pictures.
    private func isWhole(_ call: ONNXCall, _ axis: Int, _ resultAxis: Int) -> Bool {
        guard let place = call.inputs.first, let input = graph.form(place),
            let result = graph.form(call.place)
        else { return false }
        return zip(input.shapes, result.shapes).allSatisfy { given, made in
            given.indices.contains(axis) && made.indices.contains(resultAxis)
                && given[axis] == made[resultAxis]
        }
    }

    private mutating func sliced(
        _ place: TensorPlace,
        _ ranges: [SliceRange],
        _ name: String,
        own isOwn: Bool = false
    ) throws(ReferenceError) -> (name: String, isPlanar: Bool) {
        let (value, isPlanar) = isOwn ? (try own(place), false) : try kept(place)
        guard !ranges.isEmpty else { return (value, isPlanar) }
        let axes = ranges.map { isPlanar ? Self.planarPlaces[$0.axis] : $0.axis }
        var inputs = [
            value, integers(ranges.map(\.start)), integers(ranges.map(\.end)), integers(axes),
        ]
        if ranges.contains(where: { $0.step != 1 }) { inputs.append(integers(ranges.map(\.step))) }
        return (append("Slice", name, inputs), isPlanar)
    }

    private mutating func stridedSlice(_ call: ONNXCall) throws(ReferenceError) {
        let shape = try shape(call[0])
        let (begin, end) = (try numbers(call[1]), try numbers(call[2]))
        let strides = try integers(call[3])
        guard begin.count == end.count, end.count == strides.count, begin.count < 64 else {
            throw ReferenceError("a slice of \(strides.count) axes")
        }
        func mask(_ name: String) throws(ReferenceError) -> Int {
            try call.node.integer(name, default: 0)
        }
        let (beginMask, endMask) = (try mask("begin_mask"), try mask("end_mask"))
        let (newMask, shrinkMask) = (try mask("new_axis_mask"), try mask("shrink_axis_mask"))
        let ellipsisMask = try mask("ellipsis_mask")
        let ellipsis = strides.indices.first { ellipsisMask >> $0 & 1 == 1 }
        func isNew(_ entry: Int) -> Bool { entry != ellipsis && newMask >> entry & 1 == 1 }
        let taken = strides.indices.filter { $0 != ellipsis && !isNew($0) }.count
        guard taken <= shape.count else { throw ReferenceError("a slice of \(taken) axes") }
        var ranges: [SliceRange] = []
        var (shrunk, added): ([Int], [Int]) = ([], [])
        var (axis, resultAxis) = (0, 0)
        for entry in strides.indices {
            if entry == ellipsis {
                axis += shape.count - taken
                resultAxis += shape.count - taken
                continue
            }
            if isNew(entry) {
                added.append(resultAxis)
                resultAxis += 1
                continue
            }
            let isOpen = (beginMask >> entry & 1 == 1, endMask >> entry & 1 == 1)
            let step = strides[entry]
            guard step != 0 else { throw ReferenceError("a slice by nothing") }
            if shrinkMask >> entry & 1 == 1 {
                guard let place = begin[entry] else {
                    throw ReferenceError("a slice that hangs on the number of pictures")
                }
                let last = place == -1 ? Self.farOn : place + 1
                ranges.append(SliceRange(axis: axis, start: place, end: last, step: 1))
                shrunk.append(axis)
            } else {
                let isFirst = isOpen.0 || begin[entry] == 0
                if !(step == 1 && isFirst && isWhole(call, axis, resultAxis)) {
                    let start = isOpen.0 ? (step > 0 ? 0 : Self.farOn) : begin[entry]
                    let stop = isOpen.1 ? (step > 0 ? Self.farOn : Self.farBack) : end[entry]
                    guard let start, let stop else {
                        throw ReferenceError("a slice that hangs on the number of pictures")
                    }
                    ranges.append(SliceRange(axis: axis, start: start, end: stop, step: step))
                }
                resultAxis += 1
            }
            axis += 1
        }
        let changesAxes = !shrunk.isEmpty || !added.isEmpty
        let part = changesAxes ? call.part("slice") : call.name
        var (value, isPlanar) = try sliced(call[0], ranges, part, own: changesAxes)
        if !shrunk.isEmpty {
            let name = added.isEmpty ? call.name : call.part("squeezed")
            value = append("Squeeze", name, [value, integers(shrunk)])
        }
        if !added.isEmpty { value = append("Unsqueeze", call.name, [value, integers(added)]) }
        if ranges.isEmpty, !changesAxes { return try pass(call, call[0]) }
        isPlanar = isPlanar && !changesAxes
        set(call, value, planar: isPlanar)
    }
}
