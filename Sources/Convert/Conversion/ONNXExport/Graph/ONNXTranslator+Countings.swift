internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Numbers held against others, and sums at places.
extension ONNXTranslator {
    static let countings: [String: Handler] = [
        "ApproximateEqual": { one, call throws(ReferenceError) in
            let (names, isPlanar) = try one.aligned([call[0], call[1]])
            let room = Double(try call.node.float("tolerance", default: 1e-5))
            let difference = one.append("Sub", call.part("difference"), names)
            let distance = one.append("Abs", call.part("distance"), [difference])
            let limit = try one.number(room, one.type(call[0]))
            one.set(call, one.append("Less", call.name, [distance, limit]), planar: isPlanar)
        },
        "Bucketize": { one, call throws(ReferenceError) in
            guard case .list(let items)? = call.node["boundaries"] else {
                throw ReferenceError("no boundaries")
            }
            var ends: [Double] = []
            for case .float(let end) in items { ends.append(Double(end)) }
            guard !ends.isEmpty, ends.count == items.count else {
                throw ReferenceError("\(items.count) boundaries")
            }
            let rank = try one.rank(call[0])
            let double: [Name: ONNXAttribute] = ["to": .integer(11)]
            let x = one.append("Cast", call.part("double"), [try one.own(call[0])], double)
            let wide = one.append("Unsqueeze", call.part("wide"), [x, one.integers([rank])])
            let limits = one.array(ReferenceTensor(list: ends))
            let test = one.append("GreaterOrEqual", call.part("test"), [wide, limits])
            let numbers = one.append("Cast", call.part("numbers"), [test], ["to": .integer(6)])
            let inputs = [numbers, one.integers([rank])]
            let sum = one.append("ReduceSum", call.name, inputs, ["keepdims": .integer(0)])
            one.set(call, sum, planar: false)
        },
        "TensorScatterAdd": { one, call throws(ReferenceError) in
            try scattered(&one, call, one.own(call[2]))
        },
        "TensorScatterSub": { one, call throws(ReferenceError) in
            let negative = one.append("Neg", call.part("negative"), [try one.own(call[2])])
            try scattered(&one, call, negative)
        },
        "ScatterNdNonAliasingAdd": { one, call throws(ReferenceError) in
            try scattered(&one, call, one.own(call[2]))
        },
    ]

    private static func scattered(
        _ one: inout ONNXTranslator,
        _ call: ONNXCall,
        _ updates: String
    ) throws(ReferenceError) {
        let inputs = [try one.own(call[0]), try one.wide(call[1]), updates]
        let name = one.append("ScatterND", call.name, inputs, ["reduction": .text("add")])
        one.set(call, name, planar: false)
    }
}
