internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Windows over pictures without weights.
extension ONNXTranslator {
    static let pools: [String: Handler] = [
        "MaxPool": { one, call throws(ReferenceError) in
            try one.pool(call, "MaxPool", size: call.node.integers("ksize"))
        },
        "MaxPoolV2": { one, call throws(ReferenceError) in
            try one.pool(
                call,
                "MaxPool",
                size: one.integers(call[1]),
                strides: one.integers(call[2])
            )
        },
        "AvgPool": { one, call throws(ReferenceError) in
            try one.pool(call, "AveragePool", size: call.node.integers("ksize"))
        },
        "MaxPoolWithArgmax": { one, call throws(ReferenceError) in
            // Places are counted otherwise by ONNX, so there are but the values.
            try one.pool(call, "MaxPool", size: call.node.integers("ksize"))
            let second = TensorPlace(node: call.number, output: 1)
            guard one.uses[second] == nil else {
                throw ReferenceError("the places of the largest values")
            }
        },
        "ExtractImagePatches": { one, call throws(ReferenceError) in
            let shape = try one.shape(call[0])
            let size = try call.node.integers("ksizes")
            let (strides, rates) = (
                try call.node.integers("strides"), try call.node.integers("rates")
            )
            guard shape.count == 4, let height = shape[1], let width = shape[2],
                let channels = shape[3], size.count == 4, strides.count == 4, rates.count == 4
            else { throw ReferenceError("patches of open extents") }
            var geometry = WindowGeometry()
            geometry.strides = [strides[1], strides[2]]
            geometry.dilations = [rates[1], rates[2]]
            let window = [size[1], size[2]]
            if try call.node.word("padding", of: ["VALID", "SAME"]) == "SAME" {
                geometry.padSame(height: height, width: width, window: window)
            }
            // A kernel for each cell of the window and channel, which takes that and nothing else.
            let cells = window[0] * window[1]
            let kernel = [cells * channels, channels, window[0], window[1]]
            guard try ReferenceTensor.count(kernel) <= 1 << 24 else {
                throw ReferenceError("\(cells) cells of \(channels) channels")
            }
            var taps = [Float](repeating: 0, count: cells * channels * channels * cells)
            for cell in 0..<cells {
                for channel in 0..<channels {
                    let row = cell * channels + channel
                    taps[(row * channels + channel) * cells + cell] = 1
                }
            }
            let type = try one.type(call[0])
            let weights = one.array(try ReferenceTensor(kernel, taps).cast(to: type))
            let name = one.append(
                "Conv",
                call.name,
                [try one.planar(call[0]), weights],
                windowAttributes(geometry, window)
            )
            one.set(call, name, planar: true)
        },
    ]

    private mutating func pool(
        _ call: ONNXCall,
        _ operation: String,
        size: [Int],
        strides: [Int]? = nil
    ) throws(ReferenceError) {
        let isFirst = try call.hasChannelsFirst()
        let axes = isFirst ? [2, 3] : [1, 2]
        guard size.count == 4, size[0] == 1, size[isFirst ? 1 : 3] == 1 else {
            throw ReferenceError("a window \(size)")
        }
        let window = axes.map { size[$0] }
        var border = Border.stated
        let geometry = try geometry(call, shape(call[0]), window, strides: strides, &border)
        var attributes = Self.windowAttributes(geometry, window, border)
        if operation == "AveragePool" { attributes["count_include_pad"] = .integer(0) }
        let value = isFirst ? try own(call[0]) : try planar(call[0])
        set(call, append(operation, call.name, [value], attributes), planar: !isFirst)
    }
}
