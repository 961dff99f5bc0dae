internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Values in other shapes, and shapes as values.
extension ONNXTranslator {
    static let shapes: [String: Handler] = [
        "Reshape": { one, call throws(ReferenceError) in
            let value = try one.inSequence(call[0])
            if let shape = one.graph.shape(call.place), !shape.contains(0),
                shape.filter({ $0 == nil }).count <= 1
            {
                one.set(call, try one.reshaped(value, to: shape, call.name), planar: false)
            } else {
                let name = one.append("Reshape", call.name, [value, try one.wide(call[1])])
                one.set(call, name, planar: false)
            }
        },
        "Squeeze": { one, call throws(ReferenceError) in
            let shape = try one.shape(call[0])
            let name = call.node["axis"] == nil ? "squeeze_dims" : "axis"
            var axes: [Int] = []
            for number in try call.node.integers(name, default: []) {
                axes.append(try one.axis(number, of: shape.count))
            }
            if axes.isEmpty { axes = shape.indices.filter { shape[$0] == 1 } }
            guard !axes.isEmpty else { return try one.pass(call, call[0]) }
            var value: String
            if try one.isPlanar(call[0]) {
                let left = (0..<4).filter { !axes.contains($0) }.map { planarPlaces[$0] }
                if left == left.sorted() {
                    value = try one.planar(call[0])
                    axes = axes.map { planarPlaces[$0] }.sorted()
                } else {
                    value = try one.own(call[0])
                }
            } else {
                value = try one.own(call[0])
            }
            value = one.append("Squeeze", call.name, [value, one.integers(axes.sorted())])
            one.set(call, value, planar: false)
        },
        "ExpandDims": { one, call throws(ReferenceError) in
            let axis = try one.axis(one.integer(call[1]), of: one.rank(call[0]) + 1)
            let value = try one.own(call[0])
            let name = one.append("Unsqueeze", call.name, [value, one.integers([axis])])
            one.set(call, name, planar: false)
        },
        "Shape": { one, call throws(ReferenceError) in
            let type = try call.node.type("out_type", default: .int32)
            let extents = try one.lengths(call[0], call.part("extents"))
            one.set(call, one.cast(extents, to: type, call.name), planar: false)
        },
        "ShapeN": { one, call throws(ReferenceError) in
            let type = try call.node.type("out_type", default: .int32)
            for (output, place) in call.inputs.enumerated() {
                let extents = try one.lengths(place, call.part("extents\(output)"))
                let name = one.cast(extents, to: type, call.part("shape\(output)"))
                one.set(call, output: output, name, planar: false)
            }
        },
        "Size": { one, call throws(ReferenceError) in
            let type = try call.node.type("out_type", default: .int32)
            let size = one.append("Size", call.part("size"), [try one.kept(call[0]).name])
            one.set(call, one.cast(size, to: type, call.name), planar: false)
        },
    ]

    /// The shape of a tensor in its own order, as int64.
    private mutating func lengths(
        _ place: TensorPlace,
        _ name: String
    ) throws(ReferenceError) -> String {
        let (value, isPlanar) = try kept(place)
        guard isPlanar else { return append("Shape", name, [value]) }
        let shape = append("Shape", "\(name)/first", [value])
        return append("Gather", name, [shape, integers(Self.planarPlaces)], ["axis": .integer(0)])
    }
}
