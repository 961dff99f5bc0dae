internal import Proto
internal import Reference

// The shapes that windows give.
extension ShapeRules {
    static func convolved(_ call: ShapeCall) throws(ReferenceError) -> [Int] {
        let (shape, kernel) = (try call.shape(0), try call.shape(1))
        guard shape.count == 4, kernel.count == 4 else { throw ReferenceError("a convolution") }
        let axes = try call.axes()
        var result = shape
        let isDepthwise = call.node.operation == "DepthwiseConv2dNative"
        result[axes.channels] = isDepthwise ? kernel[2] * kernel[3] : kernel[3]
        let strides = try call.node.integers("strides")
        let dilations = try call.node.integers("dilations", default: [1, 1, 1, 1])
        guard strides.count == 4, dilations.count == 4 else { throw ReferenceError("strides") }
        for (place, axis) in [axes.height, axes.width].enumerated() {
            result[axis] = try places(
                call,
                shape[axis],
                window: kernel[place],
                stride: strides[axis],
                dilation: dilations[axis],
                axis: axis
            )
        }
        return result
    }

    /// The shape of what a convolution moved over, if it gives what is spread back.
    static func spreadBack(_ call: ShapeCall) throws(ReferenceError) -> [Int] {
        let (size, kernel, given) = (
            try call.value(0).integers(), try call.shape(1), try call.shape(2)
        )
        let axes = try call.axes()
        let strides = try call.node.integers("strides")
        let dilations = try call.node.integers("dilations", default: [1, 1, 1, 1])
        guard size.count == 4, kernel.count == 4, given.count == 4, strides.count == 4,
            dilations.count == 4, size.allSatisfy({ (1...(1 << 40)).contains($0) }),
            size[0] == given[0]
        else { throw ReferenceError("\(given) spread back over \(size)") }
        for (place, axis) in [axes.height, axes.width].enumerated() {
            let places = try places(
                call,
                size[axis],
                window: kernel[place],
                stride: strides[axis],
                dilation: dilations[axis],
                axis: axis
            )
            guard places == given[axis] else {
                throw ReferenceError("\(given) spread back over \(size)")
            }
        }
        return size
    }

    static func pooled(_ call: ShapeCall) throws(ReferenceError) -> [Int] {
        let shape = try call.shape(0)
        let (size, strides) = (
            try call.node.integers("ksize"), try call.node.integers("strides")
        )
        let axes = try call.axes()
        guard shape.count == 4, size.count == 4, strides.count == 4, size[0] == 1,
            size[axes.channels] == 1, strides[0] == 1, strides[axes.channels] == 1
        else { throw ReferenceError("a pool of \(size) on \(shape)") }
        var result = shape
        for axis in [axes.height, axes.width] {
            result[axis] = try places(
                call,
                shape[axis],
                window: size[axis],
                stride: strides[axis],
                dilation: 1,
                axis: axis
            )
        }
        return result
    }

    static func volume(_ call: ShapeCall) throws(ReferenceError) -> [Int] {
        let shape = try call.shape(0)
        let isFirst =
            try call.node.word("data_format", of: ["NDHWC", "NCDHW"], default: "NDHWC") == "NCDHW"
        let strides = try call.node.integers("strides")
        let dilations = try call.node.integers("dilations", default: [1, 1, 1, 1, 1])
        let size: [Int]
        var result = shape
        if call.node.operation == "Conv3D" {
            let kernel = try call.shape(1)
            guard kernel.count == 5 else { throw ReferenceError("a convolution") }
            size = Array(kernel.prefix(3))
            if shape.count == 5 { result[isFirst ? 1 : 4] = kernel[4] }
        } else {
            let stated = try call.node.integers("ksize")
            guard stated.count == 5 else { throw ReferenceError("a pool of \(stated)") }
            size = Array(isFirst ? stated[2...] : stated[1..<4])
        }
        guard shape.count == 5, strides.count == 5, dilations.count == 5 else {
            throw ReferenceError("a window \(size) over the shape \(shape)")
        }
        let axes = isFirst ? [2, 3, 4] : [1, 2, 3]
        for (place, axis) in axes.enumerated() {
            result[axis] = try places(
                call,
                shape[axis],
                window: size[place],
                stride: strides[axis],
                dilation: dilations[axis],
                axis: axis
            )
        }
        return result
    }

    private static func places(
        _ call: ShapeCall,
        _ extent: Int,
        window: Int,
        stride: Int,
        dilation: Int,
        axis: Int
    ) throws(ReferenceError) -> Int {
        let limit = 1...(1 << 24)
        guard limit.contains(window), limit.contains(stride), limit.contains(dilation),
            extent >= 0, extent <= 1 << 40
        else { throw ReferenceError("a window of \(window) by \(stride) on \(extent)") }
        var room = extent
        switch try call.node.word("padding", of: ["VALID", "SAME", "EXPLICIT"]) {
        case "SAME": return (extent + stride - 1) / stride
        case "EXPLICIT":
            let sides = try call.node.integers("explicit_paddings")
            guard sides.count == 8 else { throw ReferenceError("a border \(sides)") }
            room = try sum([extent, sides[2 * axis], sides[2 * axis + 1]])
        default: break
        }
        let span = (window - 1) * dilation + 1
        guard room >= span else { throw ReferenceError("a window of \(span) on \(room)") }
        return (room - span) / stride + 1
    }
}
