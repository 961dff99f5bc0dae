internal import Proto

/// Operations on windows of pictures that lie behind each other: `[batch, depth, height, width, channel]`.
///
/// Pictures that a window sees together become channels of one, so that all of it is work on pictures.
extension ReferenceOperation {
    static let volumes: [String: ReferenceOperation] = [
        "Conv3D": .one(2...2) { call throws(ReferenceError) in
            let kernel = try call[1]
            guard kernel.rank == 5 else { throw ReferenceError("a kernel \(kernel.shape)") }
            return try VolumeOrder(call).lastly(call[0]) { input throws(ReferenceError) in
                let size = Array(kernel.shape.prefix(3))
                let window = try VolumeWindow(call, input.shape, size: size)
                guard input.shape[4] == kernel.shape[3] else {
                    throw ReferenceError("a convolution of \(input.shape) with \(kernel.shape)")
                }
                // Of each place along the depth, the pictures that it sees, side by side as channels.
                let seen = try window.seen(in: input, filler: nil)
                let channels = size[0] * input.shape[4]
                let flat = try seen.transposed([0, 1, 3, 4, 2, 5]).reshaped(
                    [seen.shape[0] * seen.shape[1], seen.shape[3], seen.shape[4], channels]
                )
                let turned = try kernel.transposed([1, 2, 0, 3, 4]).reshaped(
                    [size[1], size[2], channels, kernel.shape[4]]
                )
                let result = try flat.convolved(turned, window.plane)
                return try result.reshaped(
                    [seen.shape[0], seen.shape[1]] + Array(result.shape.dropFirst())
                )
            }
        },
        "MaxPool3D": .one(1...1) { call throws(ReferenceError) in
            try pooled(call) { input, window throws(ReferenceError) in
                let planes = try window.planes(of: input)
                let pooled = try window.volume(
                    planes.maximumPooled(Array(window.size.dropFirst()), window.plane),
                    of: input
                )
                let least = try ReferenceTensor(-Double.infinity).cast(to: input.type)
                return try window.seen(in: pooled, filler: least)
                    .reduced(.maximum, axes: [2], keepsAxes: false)
            }
        },
        "AvgPool3D": .one(1...1) { call throws(ReferenceError) in
            try pooled(call) { input, window throws(ReferenceError) in
                let planes = try window.planes(of: input)
                let pooled = try window.volume(
                    planes.meanPooled(
                        Array(window.size.dropFirst()),
                        window.plane,
                        countsPadding: false
                    ),
                    of: input
                )
                let sums = try window.seen(in: pooled.cast(to: .float64), filler: nil)
                    .reduced(.sum, axes: [2], keepsAxes: false)
                let counts = try ReferenceTensor(
                    [1, window.places.count, 1, 1, 1],
                    window.places.map { Double($0.count { $0 != nil }) }
                )
                return try sums.combined(with: counts) { $0 / $1 }.cast(to: input.type)
            }
        },
    ]

    private static func pooled(
        _ call: OperationCall,
        _ body: (ReferenceTensor, VolumeWindow) throws(ReferenceError) -> ReferenceTensor
    ) throws(ReferenceError) -> ReferenceTensor {
        let order = try VolumeOrder(call)
        return try order.lastly(call[0]) { input throws(ReferenceError) in
            let size = try order.middle(call.node, "ksize", call.node.integers("ksize"))
            return try body(input, VolumeWindow(call, input.shape, size: size))
        }
    }
}

/// Where the channels of pictures behind each other are.
private struct VolumeOrder {
    /// `NCDHW`: behind the batch.
    let isPlanar: Bool

    init(_ call: OperationCall) throws(ReferenceError) {
        let orders = ["NDHWC", "NCDHW"]
        isPlanar = try call.node.word("data_format", of: orders, default: "NDHWC") == "NCDHW"
    }

    /// Hands a tensor over with its channels last, and the result back in its own order.
    func lastly(
        _ input: ReferenceTensor,
        _ body: (ReferenceTensor) throws(ReferenceError) -> ReferenceTensor
    ) throws(ReferenceError) -> ReferenceTensor {
        guard input.rank == 5 else {
            throw ReferenceError("the shape \(input.shape), expected five dimensions")
        }
        guard isPlanar else { return try body(input) }
        return try body(input.transposed([0, 2, 3, 4, 1])).transposed([0, 4, 1, 2, 3])
    }

    /// The numbers for depth, rows and columns of five of which the others are 1.
    func middle(
        _ node: NodeDef,
        _ name: String,
        _ stated: [Int]
    ) throws(ReferenceError) -> [Int] {
        let places = isPlanar ? [2, 3, 4] : [1, 2, 3]
        guard stated.count == 5, stated[0] == 1, stated[isPlanar ? 1 : 4] == 1,
            places.allSatisfy({ (1...(1 << 20)).contains(stated[$0]) })
        else {
            throw ReferenceError(
                "\(name) is \(stated), expected positive numbers for depth, rows and columns, "
                    + "1 elsewhere"
            )
        }
        return places.map { stated[$0] }
    }
}

/// How a window moves over `[batch, depth, height, width, channel]`.
private struct VolumeWindow {
    /// Depth, rows and columns.
    let size: [Int]
    /// What each place along the depth sees; nil outside.
    let places: [[Int?]]
    /// How it moves over rows and columns.
    let plane: WindowGeometry

    init(_ call: OperationCall, _ shape: [Int], size: [Int]) throws(ReferenceError) {
        let (node, order) = (call.node, try VolumeOrder(call))
        guard size.allSatisfy({ (1...(1 << 20)).contains($0) }) else {
            throw ReferenceError("a window \(size) over the shape \(shape)")
        }
        let strides = try order.middle(node, "strides", node.integers("strides"))
        let dilations = try order.middle(
            node,
            "dilations",
            node.integers("dilations", default: [1, 1, 1, 1, 1])
        )
        let isSame = try node.word("padding", of: ["VALID", "SAME"]) == "SAME"
        var plane = WindowGeometry()
        plane.strides = Array(strides.dropFirst())
        plane.dilations = Array(dilations.dropFirst())
        if isSame {
            plane.padSame(height: shape[2], width: shape[3], window: Array(size.dropFirst()))
        }
        let (depth, reach) = (shape[1], (size[0] - 1) * dilations[0] + 1)
        let count: Int
        var before = 0
        if isSame {
            count = (depth + strides[0] - 1) / strides[0]
            before = max((count - 1) * strides[0] + reach - depth, 0) / 2
        } else {
            guard depth >= reach else {
                throw ReferenceError("a window \(size) over the shape \(shape)")
            }
            count = (depth - reach) / strides[0] + 1
        }
        _ = try ReferenceTensor.count([count, size[0]])
        places = (0..<count).map { place in
            (0..<size[0]).map { cell in
                let index = place * strides[0] - before + cell * dilations[0]
                return (0..<depth).contains(index) ? index : nil
            }
        }
        self.size = size
        self.plane = plane
    }

    /// What each place along the depth sees: `[batch, place, cell, height, width, channel]`.
    func seen(
        in input: ReferenceTensor,
        filler: ReferenceTensor?
    ) throws(ReferenceError) -> ReferenceTensor {
        try input.taken(places.flatMap { $0 }, axis: 1, filler: filler).reshaped(
            [input.shape[0], places.count, size[0]] + Array(input.shape.dropFirst(2))
        )
    }

    /// The pictures one after the other.
    func planes(of input: ReferenceTensor) throws(ReferenceError) -> ReferenceTensor {
        try input.reshaped([input.shape[0] * input.shape[1]] + Array(input.shape.dropFirst(2)))
    }

    /// Pictures one after the other as they lay behind each other.
    func volume(
        _ planes: ReferenceTensor,
        of input: ReferenceTensor
    ) throws(ReferenceError) -> ReferenceTensor {
        try planes.reshaped(Array(input.shape.prefix(2)) + Array(planes.shape.dropFirst()))
    }
}
