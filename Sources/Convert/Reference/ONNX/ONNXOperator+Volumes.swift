internal import Formats
internal import Proto

// Windows over `[batch, channel, depth, height, width]`, by TensorFlow's definitions.
extension ONNXOperator {
    private static let planar = NodeDef.Attribute("data_format", .bytes(Array("NCDHW".utf8)))

    /// What the window of three axes gives.
    func volume() throws(ReferenceError) -> ReferenceTensor {
        let input = try operand(0)
        let kernel = node.operation == "Conv" ? try operand(1) : nil
        let size = integers("kernel_shape")
        let pads = integers("pads").isEmpty ? [0, 0, 0, 0, 0, 0] : integers("pads")
        guard size.count == 3, pads.count == 6, pads.allSatisfy({ (0..<(1 << 20)).contains($0) }),
            integer("group") ?? 1 == 1, integer("ceil_mode") ?? 0 == 0, text("auto_pad").isEmpty
        else { throw ReferenceError("a window \(size) with the border \(pads)") }
        func list(_ name: String, _ numbers: [Int]) -> NodeDef.Attribute {
            .init(name, .list(([1, 1] + numbers).map { .integer(Int64($0)) }))
        }
        let strides = integers("strides").isEmpty ? [1, 1, 1] : integers("strides")
        var attributes = [
            Self.planar, list("strides", strides),
            NodeDef.Attribute("padding", .bytes(Array("VALID".utf8))),
        ]
        func bordered(
            _ tensor: ReferenceTensor,
            _ value: Double
        ) throws(ReferenceError) -> ReferenceTensor {
            var sides = [0, 0, 0, 0]
            for axis in 0..<3 { sides += [pads[axis], pads[3 + axis]] }
            let list = try ReferenceTensor([5, 2], integers: sides, as: .int32)
            let single = try ReferenceTensor(value).cast(to: tensor.type)
            return try computed(as: "PadV2", [], [tensor, list, single])[0]
        }
        if let kernel {
            if !integers("dilations").isEmpty {
                attributes.append(list("dilations", integers("dilations")))
            }
            let turned = try kernel.transposed([2, 3, 4, 1, 0])
            let result = try computed(as: "Conv3D", attributes, [bordered(input, 0), turned])[0]
            guard operands.count > 2 else { return result }
            let bias = try operand(2)
            return try result.combined(with: bias.reshaped(bias.shape + [1, 1, 1]), { $0 + $1 })
        }
        attributes.append(list("ksize", size))
        if node.operation == "MaxPool" {
            return try computed(as: "MaxPool3D", attributes, [bordered(input, -.infinity)])[0]
        }
        guard integer("count_include_pad") ?? 0 == 0 else {
            throw ReferenceError("a counted border")
        }
        let means = try computed(as: "AvgPool3D", attributes, [bordered(input, 0)])[0]
        let ones = try ReferenceTensor(filled: input.shape, with: ReferenceTensor(1.0))
            .cast(to: input.type)
        let shares = try computed(as: "AvgPool3D", attributes, [bordered(ones, 0)])[0]
        return try means.combined(with: shares, { $0 / $1 })
    }
}
