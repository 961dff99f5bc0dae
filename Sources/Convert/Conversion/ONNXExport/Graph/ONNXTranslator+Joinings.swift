internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Operations that put tensors together or take them apart.
extension ONNXTranslator {
    static let joinings: [String: Handler] = [
        "ConcatV2": { one, call throws(ReferenceError) in
            guard let last = call.inputs.last else { throw ReferenceError("nothing to join") }
            try joined(&one, call, Array(call.inputs.dropLast()), axis: one.integer(last))
        },
        "Concat": { one, call throws(ReferenceError) in
            try joined(&one, call, Array(call.inputs.dropFirst()), axis: one.integer(call[0]))
        },
        "Pack": { one, call throws(ReferenceError) in
            let rank = try one.rank(call[0]) + 1
            let axis = try one.axis(call.node.integer("axis", default: 0), of: rank)
            var parts: [String] = []
            for (index, place) in call.inputs.enumerated() {
                let part = [try one.own(place), one.integers([axis])]
                parts.append(one.append("Unsqueeze", call.part("part\(index)"), part))
            }
            let name = one.append("Concat", call.name, parts, ["axis": .integer(axis)])
            one.set(call, name, planar: false)
        },
        "Unpack": { one, call throws(ReferenceError) in
            let shape = try one.shape(call[0])
            let axis = try one.axis(call.node.integer("axis", default: 0), of: shape.count)
            guard let count = shape[axis], count > 0 else {
                throw ReferenceError("parts of an open extent")
            }
            let value = try one.own(call[0])
            let parts =
                count == 1
                ? [value]
                : one.append(
                    "Split",
                    call.part("parts"),
                    [value],
                    ["axis": .integer(axis)],
                    outputs: count
                )
            for (output, part) in parts.enumerated() {
                let place = TensorPlace(node: call.number, output: output)
                let name = one.append("Squeeze", one.title(place), [part, one.integers([axis])])
                one.set(place, name, planar: false)
            }
        },
        "Split": { one, call throws(ReferenceError) in
            let count = try call.node.integer("num_split")
            guard (1...(1 << 16)).contains(count) else { throw ReferenceError("\(count) parts") }
            try split(&one, call, call[1], axis: one.integer(call[0]), count, nil)
        },
        "SplitV": { one, call throws(ReferenceError) in
            let axis = try one.integer(call[2])
            let shape = try one.shape(call[0])
            var extents = try one.integers(call[1])
            if let open = extents.firstIndex(of: -1) {
                guard let extent = shape[try one.axis(axis, of: shape.count)] else {
                    throw ReferenceError("a part of an open extent")
                }
                extents[open] = 0
                extents[open] = extent - extents.reduce(0, +)
            }
            try split(&one, call, call[0], axis: axis, extents.count, extents)
        },
    ]

    private static func joined(
        _ one: inout ONNXTranslator,
        _ call: ONNXCall,
        _ places: [TensorPlace],
        axis number: Int
    ) throws(ReferenceError) {
        guard let first = places.first else { throw ReferenceError("nothing to join") }
        let axis = try one.axis(number, of: one.rank(first))
        let (names, isPlanar) = try one.aligned(places)
        guard names.count > 1 else { return try one.pass(call, first) }
        let name = one.append(
            "Concat",
            call.name,
            names,
            ["axis": .integer(isPlanar ? planarPlaces[axis] : axis)]
        )
        one.set(call, name, planar: isPlanar)
    }

    private static func split(
        _ one: inout ONNXTranslator,
        _ call: ONNXCall,
        _ place: TensorPlace,
        axis number: Int,
        _ count: Int,
        _ extents: [Int]?
    ) throws(ReferenceError) {
        let axis = try one.axis(number, of: one.rank(place))
        guard count > 1 else { return try one.pass(call, place) }
        let (value, isPlanar) = try one.kept(place)
        let parts = one.append(
            "Split",
            call.name,
            [value] + (extents.map { [one.integers($0)] } ?? []),
            ["axis": .integer(isPlanar ? planarPlaces[axis] : axis)],
            outputs: count
        )
        for (output, part) in parts.enumerated() {
            one.set(call, output: output, part, planar: isPlanar)
        }
    }
}
