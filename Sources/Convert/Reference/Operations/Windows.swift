internal import Proto

/// Operations on windows of pictures.
extension ReferenceOperation {
    static let windows: [String: ReferenceOperation] = [
        "Conv2D": .one(2...2) { call throws(ReferenceError) in
            let kernel = try call[1]
            guard kernel.rank == 4 else { throw ReferenceError("a kernel \(kernel.shape)") }
            return try PictureOrder(call).lastly(call[0]) { input throws(ReferenceError) in
                let window = Array(kernel.shape.prefix(2))
                let geometry = try WindowGeometry(call, input.shape, window: window)
                return try input.convolved(inGroups: kernel, geometry)
            }
        },
        "DepthwiseConv2dNative": .one(2...2) { call throws(ReferenceError) in
            let kernel = try call[1]
            guard kernel.rank == 4 else { throw ReferenceError("a kernel \(kernel.shape)") }
            return try PictureOrder(call).lastly(call[0]) { input throws(ReferenceError) in
                let window = Array(kernel.shape.prefix(2))
                let geometry = try WindowGeometry(call, input.shape, window: window)
                return try input.convolvedByChannel(multiplied: kernel, geometry)
            }
        },
        "Conv2DBackpropInput": .one(3...3) { call throws(ReferenceError) in
            let (kernel, order) = (try call[1], try PictureOrder(call))
            let size = order.lastly(try call[0].integers())
            guard kernel.rank == 4, size.count == 4, size.allSatisfy({ $0 >= 0 }) else {
                throw ReferenceError("a kernel \(kernel.shape) for the shape \(size)")
            }
            _ = try ReferenceTensor.count(size)
            return try order.lastly(call[2]) { gradient throws(ReferenceError) in
                let window = Array(kernel.shape.prefix(2))
                let geometry = try WindowGeometry(call, size, window: window)
                return try gradient.spreadBack(inGroups: kernel, geometry, to: size)
            }
        },
        "DepthwiseConv2dNativeBackpropInput": .one(3...3) { call throws(ReferenceError) in
            let (kernel, order) = (try call[1], try PictureOrder(call))
            let size = order.lastly(try call[0].integers())
            guard kernel.rank == 4, size.count == 4, size.allSatisfy({ $0 >= 0 }),
                kernel.shape[2] == size[3]
            else { throw ReferenceError("a kernel \(kernel.shape) for the shape \(size)") }
            _ = try ReferenceTensor.count(size)
            // Each channel is a group, of which the kernel's last axis are the results.
            let count = try ReferenceTensor.count(Array(kernel.shape.suffix(2)))
            let taps = try kernel.reshaped(Array(kernel.shape.prefix(2)) + [1, count])
            return try order.lastly(call[2]) { gradient throws(ReferenceError) in
                let window = Array(kernel.shape.prefix(2))
                let geometry = try WindowGeometry(call, size, window: window)
                return try gradient.spreadBack(inGroups: taps, geometry, to: size)
            }
        },
        "MaxPool": .one(1...1) { call throws(ReferenceError) in
            try pooled(call, size: call.node.integers("ksize"), strides: nil, isMaximum: true)
        },
        "MaxPoolV2": .one(3...3) { call throws(ReferenceError) in
            try pooled(
                call,
                size: call[1].integers(),
                strides: call[2].integers(),
                isMaximum: true
            )
        },
        "AvgPool": .one(1...1) { call throws(ReferenceError) in
            try pooled(call, size: call.node.integers("ksize"), strides: nil, isMaximum: false)
        },
        "Dilation2D": .one(2...2) { call throws(ReferenceError) in
            let (input, kernel) = (try call[0], try call[1])
            guard input.rank == 4, kernel.rank == 3 else {
                throw ReferenceError("pictures \(input.shape) and a kernel \(kernel.shape)")
            }
            let size = Array(kernel.shape.prefix(2))
            let rates = try call.node.integers("rates")
            let geometry = try WindowGeometry(call, input.shape, window: size, dilations: rates)
            let least = try ReferenceTensor(-Double.infinity).cast(to: input.type)
            let weights = try kernel.reshaped([size[0] * size[1], kernel.shape[2]])
            return try input.patches(size, geometry, filler: least)
                .combined(with: weights, { $0 + $1 })
                .reduced(.maximum, axes: [3], keepsAxes: false)
        },
        "MaxPoolWithArgmax": ReferenceOperation(1...1) { call throws(ReferenceError) in
            let input = try call[0]
            guard input.rank == 4 else {
                throw ReferenceError("pictures of the shape \(input.shape)")
            }
            let order = try PictureOrder(call)
            let size = try order.middle(call.node, "ksize", call.node.integers("ksize"))
            let geometry = try WindowGeometry(call, input.shape, window: size)
            let withBatch = try call.node.bool("include_batch_in_index", default: false)
            let picture = input.shape.dropFirst().reduce(1, *)
            let places = try ReferenceTensor(
                input.shape,
                (0..<input.count).map { Int64(withBatch ? $0 : $0 % max(picture, 1)) }
            )
            let least = try ReferenceTensor(-Double.infinity).cast(to: input.type)
            let patches = try input.patches(size, geometry, filler: least)
            let found = try patches.indexOfExtreme(axis: 3)
            let sources = try places.patches(size, geometry, filler: ReferenceTensor(Int64(0)))
            let numbers = try sources.wideIntegers()
            let (cells, channels) = (size[0] * size[1], input.shape[3])
            let indices = found.indices.enumerated().map { index, cell in
                numbers[(index / channels * cells + cell) * channels + index % channels]
            }
            return [
                try patches.reduced(.maximum, axes: [3], keepsAxes: false),
                try ReferenceTensor(found.shape, indices)
                    .cast(to: call.node.type("Targmax", default: .int64)),
            ]
        },
        "ExtractImagePatches": .one(1...1) { call throws(ReferenceError) in
            guard try call[0].rank == 4 else {
                throw ReferenceError("pictures of the shape \(try call[0].shape)")
            }
            let order = try PictureOrder(call)
            let size = try order.middle(call.node, "ksizes", call.node.integers("ksizes"))
            var geometry = WindowGeometry()
            geometry.strides = try order.middle(
                call.node,
                "strides",
                call.node.integers("strides")
            )
            geometry.dilations = try order.middle(call.node, "rates", call.node.integers("rates"))
            if try call.node.word("padding", of: ["VALID", "SAME"]) == "SAME" {
                geometry.padSame(
                    height: try call[0].shape[1],
                    width: try call[0].shape[2],
                    window: size
                )
            }
            let zero = try ReferenceTensor(Float(0)).cast(to: call[0].type)
            let patches = try call[0].patches(size, geometry, filler: zero)
            let shape = patches.shape
            return try patches.reshaped([shape[0], shape[1], shape[2], shape[3] * shape[4]])
        },
    ]

    private static func pooled(
        _ call: OperationCall,
        size: [Int],
        strides: [Int]?,
        isMaximum: Bool
    ) throws(ReferenceError) -> ReferenceTensor {
        let order = try PictureOrder(call)
        return try order.lastly(call[0]) { input throws(ReferenceError) in
            let window = try order.middle(call.node, "ksize", size)
            let geometry = try WindowGeometry(
                call,
                input.shape,
                window: window,
                strides: strides
            )
            return isMaximum
                ? try input.maximumPooled(window, geometry)
                : try input.meanPooled(window, geometry, countsPadding: false)
        }
    }
}

/// Where a picture's channels are.
struct PictureOrder {
    /// `NCHW`: behind the batch.
    let isPlanar: Bool

    /// The order that a node states.
    init(_ call: OperationCall) throws(ReferenceError) {
        isPlanar =
            try call.node.word("data_format", of: ["NHWC", "NCHW"], default: "NHWC") == "NCHW"
    }

    /// Hands pictures over with their channels last, and the result back in their own order.
    func lastly(
        _ input: ReferenceTensor,
        _ body: (ReferenceTensor) throws(ReferenceError) -> ReferenceTensor
    ) throws(ReferenceError) -> ReferenceTensor {
        guard input.rank == 4 else {
            throw ReferenceError("pictures of the shape \(input.shape), expected four dimensions")
        }
        guard isPlanar else { return try body(input) }
        return try body(input.transposed([0, 2, 3, 1])).transposed([0, 3, 1, 2])
    }

    /// Four extents with the channels last.
    func lastly(_ numbers: [Int]) -> [Int] {
        isPlanar && numbers.count == 4
            ? [numbers[0], numbers[2], numbers[3], numbers[1]] : numbers
    }

    /// The numbers for rows and columns of four of which the others are 1.
    func middle(
        _ node: NodeDef,
        _ name: String,
        _ stated: [Int]
    ) throws(ReferenceError) -> [Int] {
        let numbers = lastly(stated)
        guard numbers.count == 4, numbers[0] == 1, numbers[3] == 1,
            (1...(1 << 20)).contains(numbers[1]), (1...(1 << 20)).contains(numbers[2])
        else {
            throw ReferenceError(
                "\(name) is \(stated), expected positive numbers for rows and columns, 1 elsewhere"
            )
        }
        return [numbers[1], numbers[2]]
    }
}

extension WindowGeometry {
    /// How a node's window moves over pictures of a shape whose channels are last.
    init(
        _ call: OperationCall,
        _ shape: [Int],
        window: [Int],
        strides stated: [Int]? = nil,
        dilations rates: [Int]? = nil
    ) throws(ReferenceError) {
        self.init()
        let (node, order) = (call.node, try PictureOrder(call))
        guard shape.count == 4, window.allSatisfy({ (1...(1 << 20)).contains($0) }) else {
            throw ReferenceError("a window \(window) over the shape \(shape)")
        }
        let moves: [Int] = if let stated { stated } else { try node.integers("strides") }
        strides = try order.middle(node, "strides", moves)
        let steps: [Int] =
            if let rates { rates } else {
                try node.integers("dilations", default: [1, 1, 1, 1])
            }
        dilations = try order.middle(node, "dilations", steps)
        switch try node.word("padding", of: ["VALID", "SAME", "EXPLICIT"]) {
        case "SAME": padSame(height: shape[1], width: shape[2], window: window)
        case "EXPLICIT":
            let numbers = try node.integers("explicit_paddings", default: [])
            let first = order.isPlanar ? 4 : 2
            guard numbers.count == 8,
                numbers.indices.allSatisfy({
                    (first..<(first + 4)).contains($0)
                        ? (0..<(1 << 20)).contains(numbers[$0]) : numbers[$0] == 0
                })
            else {
                throw node.unfit("explicit_paddings", "numbers of rows and columns, 0 elsewhere")
            }
            rows = [numbers[first], numbers[first + 1]]
            columns = [numbers[first + 2], numbers[first + 3]]
        default: break
        }
    }
}
