internal import Proto

/// Operations on windows of pictures.
extension ReferenceOperation {
    static let windows: [String: ReferenceOperation] = [
        "Conv2D": .one(2...2) { call throws(ReferenceError) in
            let kernel = try call[1]
            guard kernel.rank == 4 else { throw ReferenceError("a kernel \(kernel.shape)") }
            return try pictures(call) { input throws(ReferenceError) in
                let geometry = try geometry(call, input, window: Array(kernel.shape.prefix(2)))
                return try input.convolved(kernel, geometry)
            }
        },
        "DepthwiseConv2dNative": .one(2...2) { call throws(ReferenceError) in
            let kernel = try call[1]
            guard kernel.rank == 4 else { throw ReferenceError("a kernel \(kernel.shape)") }
            return try pictures(call) { input throws(ReferenceError) in
                let geometry = try geometry(call, input, window: Array(kernel.shape.prefix(2)))
                return try input.convolvedByChannel(kernel, geometry)
            }
        },
        "MaxPool": .one(1...1) { call throws(ReferenceError) in
            try pictures(call) { input throws(ReferenceError) in
                let size = try middle(call, call.node.integers("ksize"), "ksize")
                return try input.maximumPooled(size, geometry(call, input, window: size))
            }
        },
        "AvgPool": .one(1...1) { call throws(ReferenceError) in
            try pictures(call) { input throws(ReferenceError) in
                let size = try middle(call, call.node.integers("ksize"), "ksize")
                return try input.meanPooled(
                    size,
                    geometry(call, input, window: size),
                    countsPadding: false
                )
            }
        },
    ]

    private static func isPlanar(_ call: OperationCall) throws(ReferenceError) -> Bool {
        try call.node.word("data_format", of: ["NHWC", "NCHW"], default: "NHWC") == "NCHW"
    }

    /// Pictures of either order are handed over with their channels last.
    private static func pictures(
        _ call: OperationCall,
        _ body: (ReferenceTensor) throws(ReferenceError) -> ReferenceTensor
    ) throws(ReferenceError) -> ReferenceTensor {
        let input = try call[0]
        guard input.rank == 4 else {
            throw ReferenceError("pictures of the shape \(input.shape), expected four dimensions")
        }
        guard try isPlanar(call) else { return try body(input) }
        return try body(input.transposed([0, 2, 3, 1])).transposed([0, 3, 1, 2])
    }

    /// The numbers for rows and columns of four of which the others are 1.
    private static func middle(
        _ call: OperationCall,
        _ numbers: [Int],
        _ name: String
    ) throws(ReferenceError) -> [Int] {
        let places = try isPlanar(call) ? [0, 1, 2, 3] : [0, 3, 1, 2]
        guard numbers.count == 4, numbers[places[0]] == 1, numbers[places[1]] == 1,
            (1...(1 << 20)).contains(numbers[places[2]]),
            (1...(1 << 20)).contains(numbers[places[3]])
        else {
            throw call.node.unfit(name, "positive numbers for rows and columns and 1 elsewhere")
        }
        return [numbers[places[2]], numbers[places[3]]]
    }

    private static func geometry(
        _ call: OperationCall,
        _ input: ReferenceTensor,
        window: [Int]
    ) throws(ReferenceError) -> WindowGeometry {
        var geometry = WindowGeometry()
        geometry.strides = try middle(call, call.node.integers("strides"), "strides")
        geometry.dilations = try middle(
            call,
            call.node.integers("dilations", default: [1, 1, 1, 1]),
            "dilations"
        )
        switch try call.node.word("padding", of: ["VALID", "SAME", "EXPLICIT"]) {
        case "SAME":
            geometry.padSame(height: input.shape[1], width: input.shape[2], window: window)
        case "EXPLICIT":
            let numbers = try call.node.integers("explicit_paddings", default: [])
            let first = try isPlanar(call) ? 4 : 2
            guard numbers.count == 8,
                numbers.indices.allSatisfy({
                    (first..<(first + 4)).contains($0)
                        ? (0...(1 << 20)).contains(numbers[$0]) : numbers[$0] == 0
                })
            else {
                throw call.node.unfit(
                    "explicit_paddings",
                    "numbers of rows and columns and 0 elsewhere"
                )
            }
            geometry.rows = [numbers[first], numbers[first + 1]]
            geometry.columns = [numbers[first + 2], numbers[first + 3]]
        default: break
        }
        return geometry
    }
}
