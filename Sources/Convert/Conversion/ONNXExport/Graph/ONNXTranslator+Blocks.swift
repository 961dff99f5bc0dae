internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Operations that move blocks of places into the batch or the channels, and back.
extension ONNXTranslator {
    static let blocks: [String: Handler] = [
        "SpaceToDepth": { one, call throws(ReferenceError) in
            try pictures(&one, call, "SpaceToDepth", [:])
        },
        "DepthToSpace": { one, call throws(ReferenceError) in
            try pictures(&one, call, "DepthToSpace", ["mode": .text("DCR")])
        },
        "SpaceToBatchND": { one, call throws(ReferenceError) in
            try one.spaceToBatch(call, one.integers(call[1]), one.integers(call[2]))
        },
        "SpaceToBatch": { one, call throws(ReferenceError) in
            let size = try call.node.integer("block_size")
            try one.spaceToBatch(call, [size, size], one.integers(call[1]))
        },
        "BatchToSpaceND": { one, call throws(ReferenceError) in
            try one.batchToSpace(call, one.integers(call[1]), one.integers(call[2]))
        },
        "BatchToSpace": { one, call throws(ReferenceError) in
            let size = try call.node.integer("block_size")
            try one.batchToSpace(call, [size, size], one.integers(call[1]))
        },
    ]

    private static func pictures(
        _ one: inout ONNXTranslator,
        _ call: ONNXCall,
        _ operation: String,
        _ attributes: [Name: ONNXAttribute]
    ) throws(ReferenceError) {
        let isFirst = try call.hasChannelsFirst()
        let value = isFirst ? try one.own(call[0]) : try one.planar(call[0])
        var attributes = attributes
        attributes["blocksize"] = .integer(try call.node.integer("block_size"))
        one.set(call, one.append(operation, call.name, [value], attributes), planar: !isFirst)
    }

    /// The extents behind the batch.
    private func rest(_ place: TensorPlace, _ sizes: [Int], _ borders: [Int]) throws(ReferenceError)
        -> [Int]
    {
        var rest: [Int] = []
        for extent in try shape(place).dropFirst() {
            guard let extent, extent > 0 else { throw ReferenceError("blocks of open extents") }
            rest.append(extent)
        }
        guard rest.count >= sizes.count, borders.count == 2 * sizes.count,
            sizes.allSatisfy({ $0 > 0 })
        else { throw ReferenceError("blocks \(sizes), \(borders) of \(rest)") }
        return rest
    }

    private mutating func spaceToBatch(
        _ call: ONNXCall,
        _ sizes: [Int],
        _ paddings: [Int]
    ) throws(ReferenceError) {
        var rest = try rest(call[0], sizes, paddings)
        let count = sizes.count
        let none = [Int](repeating: 0, count: rest.count - sizes.count)
        var value = try own(call[0])
        if paddings.contains(where: { $0 != 0 }) {
            var pads: [Int] = []
            for side in 0..<2 {
                pads.append(0)
                pads += sizes.indices.map { paddings[2 * $0 + side] }
                pads += none
            }
            let zero = try number(0, type(call[0]))
            let inputs = [value, integers(pads), zero]
            value = append("Pad", call.part("padded"), inputs, ["mode": .text("constant")])
        }
        var (apart, together): ([Int?], [Int?]) = ([nil], [nil])
        for (axis, size) in sizes.enumerated() {
            rest[axis] += paddings[2 * axis] + paddings[2 * axis + 1]
            guard rest[axis].isMultiple(of: size) else {
                throw ReferenceError("blocks \(sizes) of \(rest)")
            }
            apart += [rest[axis] / size, size]
            together.append(rest[axis] / size)
        }
        for extent in rest[sizes.count...] {
            apart.append(extent)
            together.append(extent)
        }
        var order = sizes.indices.map { 2 * $0 + 2 }
        order.append(0)
        order += sizes.indices.map { 2 * $0 + 1 }
        order += none.indices.map { 2 * count + 1 + $0 }
        value = try reshaped(value, to: apart, call.part("apart"))
        value = append("Transpose", call.part("moved"), [value], ["perm": .integers(order)])
        set(call, try reshaped(value, to: together, call.name), planar: false)
    }

    private mutating func batchToSpace(
        _ call: ONNXCall,
        _ sizes: [Int],
        _ crops: [Int]
    ) throws(ReferenceError) {
        if try dilated(call, sizes, crops) { return }
        let rest = try rest(call[0], sizes, crops)
        let count = sizes.count
        var order = [count]
        var together: [Int?] = [nil]
        var (starts, ends, axes): ([Int], [Int], [Int]) = ([], [], [])
        for (axis, size) in sizes.enumerated() {
            order += [count + 1 + axis, axis]
            let extent = rest[axis] * size
            together.append(extent)
            if crops[2 * axis] > 0 || crops[2 * axis + 1] > 0 {
                starts.append(crops[2 * axis])
                ends.append(extent - crops[2 * axis + 1])
                axes.append(axis + 1)
            }
        }
        for (place, extent) in rest[count...].enumerated() {
            order.append(2 * count + 1 + place)
            together.append(extent)
        }
        var apart: [Int?] = sizes
        apart.append(nil)
        apart += rest
        var value = try reshaped(own(call[0]), to: apart, call.part("apart"))
        value = append("Transpose", call.part("moved"), [value], ["perm": .integers(order)])
        let name = axes.isEmpty ? call.name : call.part("together")
        value = try reshaped(value, to: together, name)
        if !axes.isEmpty {
            let inputs = [value, integers(starts), integers(ends), integers(axes)]
            value = append("Slice", call.name, inputs)
        }
        set(call, value, planar: false)
    }

    /// Makes of a convolution between space to batch and back one whose cells lie apart.
    ///
    /// - Returns: whether it is one.
    private mutating func dilated(
        _ call: ONNXCall,
        _ sizes: [Int],
        _ crops: [Int]
    ) throws(ReferenceError) -> Bool {
        let inner = producer(try call[0])
        guard ["Conv2D", "DepthwiseConv2dNative"].contains(inner.node.operation),
            sizes.count == 2, crops.count == 4, try !inner.hasChannelsFirst(),
            try inner.node.text("padding") == "VALID",
            try inner.node.integers("strides") == [1, 1, 1, 1],
            try inner.node.integers("dilations", default: [1, 1, 1, 1]) == [1, 1, 1, 1]
        else { return false }
        let outer = producer(try inner[0])
        guard outer.node.operation == "SpaceToBatchND", try integers(outer[1]) == sizes else {
            return false
        }
        let paddings = try integers(outer[2])
        guard paddings.count == 4 else { return false }
        let pads = zip(paddings, crops).map { $0 - $1 }
        guard pads.allSatisfy({ $0 >= 0 }) else { return false }
        let input = try planar(outer[0])
        var geometry = WindowGeometry()
        geometry.dilations = sizes
        geometry.rows = [pads[0], pads[1]]
        geometry.columns = [pads[2], pads[3]]
        try convolution(call, inner, input, geometry, planar: true)
        return true
    }
}
