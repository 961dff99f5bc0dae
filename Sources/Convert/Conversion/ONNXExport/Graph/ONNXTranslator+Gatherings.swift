internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Operations that take elements by their indices.
extension ONNXTranslator {
    static let gatherings: [String: Handler] = [
        "Gather": { one, call throws(ReferenceError) in
            try gathered(&one, call, axis: 0, batch: 0)
        },
        "ResourceGather": { one, call throws(ReferenceError) in
            let batch = try call.node.integer("batch_dims", default: 0)
            try gathered(&one, call, axis: batch, batch: batch)
        },
        "GatherV2": { one, call throws(ReferenceError) in
            let number = try call.node.integer("batch_dims", default: 0)
            try gathered(
                &one,
                call,
                axis: one.axis(one.integer(call[2]), of: one.rank(call[0])),
                batch: number < 0 ? number + one.rank(call[1]) : number
            )
        },
        "GatherNd": { one, call throws(ReferenceError) in
            let inputs = [try one.own(call[0]), try one.wide(call[1])]
            one.set(call, one.append("GatherND", call.name, inputs), planar: false)
        },
        "ScatterNd": { one, call throws(ReferenceError) in
            let zero = try one.number(0, one.type(call[1]))
            let blank = one.append("Expand", call.part("blank"), [zero, try one.wide(call[2])])
            let inputs = [blank, try one.wide(call[0]), try one.own(call[1])]
            let name = one.append("ScatterND", call.name, inputs, ["reduction": .text("add")])
            one.set(call, name, planar: false)
        },
        "TensorScatterUpdate": { one, call throws(ReferenceError) in
            let inputs = [try one.own(call[0]), try one.wide(call[1]), try one.own(call[2])]
            one.set(call, one.append("ScatterND", call.name, inputs), planar: false)
        },
        "OneHot": { one, call throws(ReferenceError) in
            let shape = try one.shape(call[0])
            let depth = try one.integer(call[1])
            let number = try call.node.integer("axis", default: -1)
            let axis = try one.axis(number, of: shape.count + 1)
            guard (1...(1 << 24)).contains(depth) else { throw ReferenceError("\(depth) places") }
            var line = [Int](repeating: 1, count: shape.count + 1)
            line[axis] = depth
            let places = one.array(try ReferenceTensor(line, (0..<depth).map { Int64($0) }))
            let indices = one.append(
                "Unsqueeze",
                call.part("indices"),
                [try one.wide(call[0]), one.integers([axis])]
            )
            let test = one.append("Equal", call.part("test"), [indices, places])
            let values = [test, try one.own(call[2]), try one.own(call[3])]
            one.set(call, one.append("Where", call.name, values), planar: false)
        },
    ]

    private static func gathered(
        _ one: inout ONNXTranslator,
        _ call: ONNXCall,
        axis: Int,
        batch: Int
    ) throws(ReferenceError) {
        guard batch > 0 else {
            let places = try one.own(call[1])
            // One list of indices keeps the number of axes.
            let source = try call[0]
            let isKept = try one.rank(call[1]) == 1 && one.isPlanar(source)
            let value = isKept ? try one.planar(source) : try one.own(source)
            let place = isKept ? planarPlaces[axis] : axis
            let name = one.append("Gather", call.name, [value, places], ["axis": .integer(place)])
            return one.set(call, name, planar: isKept)
        }
        guard batch == axis else {
            throw ReferenceError("the axis \(axis) behind a batch of \(batch)")
        }
        let last = try one.rank(call[1])
        let places = one.append(
            "Unsqueeze",
            call.part("places"),
            [try one.wide(call[1]), one.integers([last])]
        )
        let name = one.append(
            "GatherND",
            call.name,
            [try one.own(call[0]), places],
            ["batch_dims": .integer(batch)]
        )
        one.set(call, name, planar: false)
    }
}
