internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Windows over pictures that lie behind each other: `[batch, depth, height, width, channel]`.
extension ONNXTranslator {
    static let volumes: [String: Handler] = [
        "Conv3D": { one, call throws(ReferenceError) in
            let kernel = try one.shape(call[1])
            var size: [Int] = []
            for extent in kernel.prefix(3) {
                guard let extent else { throw ReferenceError("a kernel of open extents") }
                size.append(extent)
            }
            guard kernel.count == 5 else {
                throw ReferenceError("a kernel of \(kernel.count) axes")
            }
            let order = [4, 3, 0, 1, 2]
            let weights: String
            if let constant = one.graph.constant(try call[1]) {
                weights = one.initializer(
                    one.title(try call[1]),
                    constant,
                    constant.shape,
                    order: order
                )
            } else {
                weights = one.append(
                    "Transpose",
                    call.part("kernel"),
                    [try one.own(call[1])],
                    ["perm": .integers(order)]
                )
            }
            try one.overVolumes(call, "Conv", [weights], size: size)
        },
        "MaxPool3D": { one, call throws(ReferenceError) in
            try one.overVolumes(call, "MaxPool", [], size: one.middle(call, "ksize"))
        },
        "AvgPool3D": { one, call throws(ReferenceError) in
            try one.overVolumes(call, "AveragePool", [], size: one.middle(call, "ksize"))
        },
    ]

    private func isPlanarVolume(_ call: ONNXCall) throws(ReferenceError) -> Bool {
        try call.node.word("data_format", of: ["NDHWC", "NCDHW"], default: "NDHWC") == "NCDHW"
    }

    /// An attribute's numbers for depth, rows and columns; the others are 1.
    private func middle(
        _ call: ONNXCall,
        _ name: String,
        default usual: [Int]? = nil
    ) throws(ReferenceError) -> [Int] {
        let stated =
            if let usual { try call.node.integers(name, default: usual) } else {
                try call.node.integers(name)
            }
        let isFirst = try isPlanarVolume(call)
        guard stated.count == 5, stated[0] == 1, stated[isFirst ? 1 : 4] == 1,
            stated.allSatisfy({ (1...(1 << 20)).contains($0) })
        else { throw ReferenceError("\(name) \(stated)") }
        return Array(isFirst ? stated[2...] : stated[1..<4])
    }

    private mutating func overVolumes(
        _ call: ONNXCall,
        _ operation: String,
        _ weights: [String],
        size: [Int]
    ) throws(ReferenceError) {
        let isFirst = try isPlanarVolume(call)
        let shape = try shape(call[0])
        guard shape.count == 5 else { throw ReferenceError("volumes of \(shape.count) axes") }
        let strides = try middle(call, "strides")
        let dilations = try middle(call, "dilations", default: [1, 1, 1, 1, 1])
        var attributes: [Name: ONNXAttribute] = [
            "kernel_shape": .integers(size), "strides": .integers(strides),
        ]
        if dilations != [1, 1, 1] { attributes["dilations"] = .integers(dilations) }
        if try call.node.word("padding", of: ["VALID", "SAME"]) == "SAME" {
            var (before, behind): ([Int], [Int]) = ([], [])
            for (index, extent) in (isFirst ? shape[2...] : shape[1..<4]).enumerated() {
                guard let extent else { throw ReferenceError("volumes of an open size") }
                let reach = (size[index] - 1) * dilations[index] + 1
                let places = (extent + strides[index] - 1) / strides[index]
                let total = max((places - 1) * strides[index] + reach - extent, 0)
                before.append(total / 2)
                behind.append(total - total / 2)
            }
            attributes["pads"] = .integers(before + behind)
        }
        if operation == "AveragePool" { attributes["count_include_pad"] = .integer(0) }
        var value = try own(call[0])
        if !isFirst {
            let order: [Name: ONNXAttribute] = ["perm": .integers([0, 4, 1, 2, 3])]
            value = append("Transpose", call.part("first"), [value], order)
        }
        let name = isFirst ? call.name : call.part("volumes")
        value = append(operation, name, [value] + weights, attributes)
        if !isFirst {
            value = append("Transpose", call.name, [value], ["perm": .integers([0, 2, 3, 4, 1])])
        }
        set(call, value, planar: false)
    }
}
