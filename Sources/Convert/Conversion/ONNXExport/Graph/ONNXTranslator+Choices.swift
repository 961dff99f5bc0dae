internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Comparisons, and operations that choose between elements.
extension ONNXTranslator {
    static let comparisons: [String: Handler] = [
        "Equal": comparison("Equal"), "Less": comparison("Less"),
        "LessEqual": comparison("LessOrEqual"), "Greater": comparison("Greater"),
        "GreaterEqual": comparison("GreaterOrEqual"), "LogicalAnd": comparison("And"),
        "LogicalOr": comparison("Or"),
        "NotEqual": combining { one, call, x, y, _ in
            let equal = one.append("Equal", call.part("equal"), [x, y])
            return one.append("Not", call.name, [equal])
        },
    ]

    private static func comparison(_ name: String) -> Handler {
        combining { one, call, x, y, _ in one.append(name, call.name, [x, y]) }
    }

    static let selections: [String: Handler] = [
        "Select": { one, call throws(ReferenceError) in
            let (choice, shape) = (try one.shape(call[0]), try one.shape(call[1]))
            // A list of truths chooses whole rows.
            if choice.count == 1, shape.count > 1 {
                let rows = choice + [Int?](repeating: 1, count: shape.count - 1)
                let truths = try one.reshaped(one.own(call[0]), to: rows, call.part("rows"))
                let parts = [truths, try one.own(call[1]), try one.own(call[2])]
                return one.set(call, one.append("Where", call.name, parts), planar: false)
            }
            try chosen(&one, call)
        },
        "SelectV2": chosen,
        "Where": { one, call throws(ReferenceError) in
            let found = one.append("NonZero", call.part("found"), [try one.own(call[0])])
            let name = one.append("Transpose", call.name, [found], ["perm": .integers([1, 0])])
            one.set(call, name, planar: false)
        },
        "TopKV2": { one, call throws(ReferenceError) in
            let count = try one.wide(call[1])
            let list = try one.reshaped(count, to: [1], call.part("count"))
            try largest(&one, call, list)
        },
        "TopK": { one, call throws(ReferenceError) in
            try largest(&one, call, one.integers([call.node.integer("k")]))
        },
        "Cumsum": { one, call throws(ReferenceError) in
            let axis = try one.axis(one.integer(call[1]), of: one.rank(call[0]))
            let place = one.array(ReferenceTensor(Int64(axis)))
            let name = one.append(
                "CumSum",
                call.name,
                [try one.own(call[0]), place],
                [
                    "exclusive": .integer(try call.node.bool("exclusive", default: false) ? 1 : 0),
                    "reverse": .integer(try call.node.bool("reverse", default: false) ? 1 : 0),
                ]
            )
            one.set(call, name, planar: false)
        },
        "Unique": { one, call throws(ReferenceError) in
            let found = one.append(
                "Unique",
                call.name,
                [try one.own(call[0])],
                ["sorted": .integer(0)],
                outputs: 3
            )
            let type = try call.node.type("out_idx", default: .int32)
            one.set(call, found[0], planar: false)
            one.set(call, output: 1, one.cast(found[2], to: type, call.part("places")), planar: false)
        },
    ]

    private static let chosen: Handler = { one, call throws(ReferenceError) in
        let (names, isPlanar) = try one.aligned([call[0], call[1], call[2]])
        one.set(call, one.append("Where", call.name, names), planar: isPlanar)
    }

    private static func largest(
        _ one: inout ONNXTranslator,
        _ call: ONNXCall,
        _ count: String
    ) throws(ReferenceError) {
        let found = one.append(
            "TopK",
            call.name,
            [try one.own(call[0]), count],
            ["axis": .integer(-1), "largest": .integer(1), "sorted": .integer(1)],
            outputs: 2
        )
        one.set(call, found[0], planar: false)
        one.set(call, output: 1, one.cast(found[1], to: .int32, call.part("places")), planar: false)
    }
}
