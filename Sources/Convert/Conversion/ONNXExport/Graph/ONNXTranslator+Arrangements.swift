internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Operations that move elements.
extension ONNXTranslator {
    static let arrangements: [String: Handler] = [
        "Transpose": transposition, "ConjugateTranspose": transposition,
        "Pad": { one, call throws(ReferenceError) in
            let zero = try one.number(0, one.type(call[0]))
            try padded(&one, call, zero)
        },
        "PadV2": { one, call throws(ReferenceError) in
            let value = try one.own(call[2])
            let scalar =
                try one.shape(call[2]).isEmpty
                ? value : one.reshaped(value, to: [], call.part("value"))
            try padded(&one, call, scalar)
        },
        "MirrorPad": { one, call throws(ReferenceError) in
            let mode = try call.node.word("mode", of: ["REFLECT", "SYMMETRIC"])
            guard mode == "REFLECT" else { return try mirrored(&one, call) }
            try padded(&one, call, nil)
        },
        "Tile": { one, call throws(ReferenceError) in
            guard try one.isPlanar(call[0]) else {
                let name = one.append(
                    "Tile",
                    call.name,
                    [try one.own(call[0]), try one.wide(call[1])]
                )
                return one.set(call, name, planar: false)
            }
            let times = try one.integers(call[1])
            guard times.count == 4 else { throw ReferenceError("\(times) of four axes") }
            let list = one.integers(planarOrder.map { times[$0] })
            let name = one.append("Tile", call.name, [try one.planar(call[0]), list])
            one.set(call, name, planar: true)
        },
        "BroadcastTo": { one, call throws(ReferenceError) in
            try spread(&one, call, call[0], to: call[1])
        },
        "Fill": { one, call throws(ReferenceError) in
            try spread(&one, call, call[1], to: call[0])
        },
        "Empty": { one, call throws(ReferenceError) in
            let zero = try one.number(0, call.node.type("dtype"))
            one.set(
                call,
                one.append("Expand", call.name, [zero, try one.wide(call[0])]),
                planar: false
            )
        },
        "Range": { one, call throws(ReferenceError) in
            var ends: [String] = []
            for (index, place) in call.inputs.enumerated() {
                let value = try one.own(place)
                ends.append(try one.reshaped(value, to: [], call.part("end\(index)")))
            }
            one.set(call, one.append("Range", call.name, ends), planar: false)
        },
        "Reverse": { one, call throws(ReferenceError) in
            let truths = try one.constant(call[1]).truths()
            try reversed(&one, call, truths.indices.filter { truths[$0] })
        },
        "ReverseV2": { one, call throws(ReferenceError) in
            let rank = try one.rank(call[0])
            var axes: [Int] = []
            for number in try one.integers(call[1]) { axes.append(try one.axis(number, of: rank)) }
            try reversed(&one, call, axes)
        },
        "Roll": { one, call throws(ReferenceError) in
            let shape = try one.shape(call[0])
            let (shifts, axes) = (try one.integers(call[1]), try one.integers(call[2]))
            guard shifts.count == axes.count else { throw ReferenceError("\(shifts) of \(axes)") }
            var (value, isPlanar) = try one.kept(call[0])
            for (index, number) in axes.enumerated() {
                let axis = try one.axis(number, of: shape.count)
                guard let extent = shape[axis], extent > 0 else {
                    throw ReferenceError("a shift along an open extent")
                }
                let shift = ((shifts[index] % extent) + extent) % extent
                guard shift > 0 else { continue }
                let place = isPlanar ? planarPlaces[axis] : axis
                let rest = extent - shift
                let part = call.part("part\(index)")
                let end = one.append(
                    "Slice",
                    "\(part)/end",
                    [value, one.integers([rest]), one.integers([extent]), one.integers([place])]
                )
                let start = one.append(
                    "Slice",
                    "\(part)/start",
                    [value, one.integers([0]), one.integers([rest]), one.integers([place])]
                )
                value = one.append("Concat", part, [end, start], ["axis": .integer(place)])
            }
            one.set(call, value, planar: isPlanar)
        },
    ]

    private static let transposition: Handler = { one, call throws(ReferenceError) in
        let order = try one.integers(call[1])
        let place = try call[0]
        let rank = try one.rank(place)
        guard order.sorted() == Array(0..<rank) else {
            throw ReferenceError("the order \(order) of \(rank) axes")
        }
        let wasPlanar = one.isPlanar(place)
        // Where each axis of the result, in its own order and planar, is in what is there.
        let plain = wasPlanar && rank == 4 ? order.map { planarPlaces[$0] } : order
        let input = try one.kept(place).name
        if plain == Array(0..<rank) { return one.set(call, input, planar: false) }
        if rank == 4, planarOrder.map({ plain[$0] }) == [0, 1, 2, 3] {
            return one.set(call, input, planar: true)
        }
        let name = one.append("Transpose", call.name, [input], ["perm": .integers(plain)])
        one.set(call, name, planar: false)
    }

    /// Pads with a value; nil: by reflection.
    private static func padded(
        _ one: inout ONNXTranslator,
        _ call: ONNXCall,
        _ value: String?
    ) throws(ReferenceError) {
        let rank = try one.rank(call[0])
        let sides = try one.integers(call[1])
        guard sides.count == 2 * rank else { throw ReferenceError("\(sides) for \(rank) axes") }
        let (name, isPlanar) = try one.kept(call[0])
        let axes = isPlanar ? planarOrder : Array(0..<rank)
        let pads = one.integers(axes.map { sides[2 * $0] } + axes.map { sides[2 * $0 + 1] })
        let result = one.append(
            "Pad",
            call.name,
            [name, pads] + (value.map { [$0] } ?? []),
            ["mode": .text(value == nil ? "reflect" : "constant")]
        )
        one.set(call, result, planar: isPlanar)
    }

    /// Mirrors with the first and last elements, which ONNX does not know, by choosing.
    private static func mirrored(
        _ one: inout ONNXTranslator,
        _ call: ONNXCall
    ) throws(ReferenceError) {
        let shape = try one.shape(call[0])
        let sides = try one.integers(call[1])
        guard sides.count == 2 * shape.count else { throw ReferenceError("\(sides)") }
        var (value, isPlanar) = try one.kept(call[0])
        for axis in shape.indices where sides[2 * axis] > 0 || sides[2 * axis + 1] > 0 {
            guard let extent = shape[axis], max(sides[2 * axis], sides[2 * axis + 1]) <= extent
            else {
                throw ReferenceError("a border \(sides) of \(shape.map { $0 ?? -1 })")
            }
            let places = (-sides[2 * axis]..<(extent + sides[2 * axis + 1])).map { place in
                place < 0 ? -place - 1 : place < extent ? place : 2 * extent - 1 - place
            }
            value = one.append(
                "Gather",
                call.part("axis\(axis)"),
                [value, one.integers(places)],
                ["axis": .integer(isPlanar ? planarPlaces[axis] : axis)]
            )
        }
        one.set(call, value, planar: isPlanar)
    }

    private static func reversed(
        _ one: inout ONNXTranslator,
        _ call: ONNXCall,
        _ axes: [Int]
    ) throws(ReferenceError) {
        guard !axes.isEmpty else { return try one.pass(call, call[0]) }
        let (value, isPlanar) = try one.kept(call[0])
        let places = axes.map { isPlanar ? planarPlaces[$0] : $0 }
        let name = one.append(
            "Slice",
            call.name,
            [
                value, one.integers(axes.map { _ in -1 }), one.integers(axes.map { _ in farBack }),
                one.integers(places), one.integers(axes.map { _ in -1 }),
            ]
        )
        one.set(call, name, planar: isPlanar)
    }

    /// Before the first element of anything; behind the last.
    static let farBack = -(1 << 40)
    static let farOn = 1 << 40

    /// A tensor repeated until it has a shape, which another tensor tells.
    private static func spread(
        _ one: inout ONNXTranslator,
        _ call: ONNXCall,
        _ value: TensorPlace,
        to shape: TensorPlace
    ) throws(ReferenceError) {
        let name = one.append("Expand", call.name, [try one.own(value), try one.wide(shape)])
        one.set(call, name, planar: false)
    }
}
