internal import Proto

/// Operations that round to a few levels, as a network that is trained for whole numbers does.
extension ReferenceOperation {
    static let quantisation: [String: ReferenceOperation] = [
        "FakeQuantWithMinMaxArgs": .one(1...1) { call throws(ReferenceError) in
            let levels = try QuantisationLevels(
                call.node,
                least: call.node.float("min", default: -6),
                most: call.node.float("max", default: 6)
            )
            return try rounded(call[0], [levels])
        },
        "FakeQuantWithMinMaxVars": .one(3...3) { call throws(ReferenceError) in
            let levels = try QuantisationLevels(
                call.node,
                least: Float(call[1].float()),
                most: Float(call[2].float())
            )
            return try rounded(call[0], [levels])
        },
        "FakeQuantWithMinMaxVarsPerChannel": .one(3...3) { call throws(ReferenceError) in
            let (least, most) = (try call[1].floats(), try call[2].floats())
            guard let channels = try call[0].shape.last, least.count == channels,
                most.count == channels
            else {
                throw ReferenceError(
                    "\(least.count) and \(most.count) ends for the shape \(try call[0].shape)"
                )
            }
            var levels: [QuantisationLevels] = []
            for channel in 0..<channels {
                levels.append(
                    try QuantisationLevels(
                        call.node,
                        least: Float(least[channel]),
                        most: Float(most[channel])
                    )
                )
            }
            return try rounded(call[0], levels)
        },
        "QuantizeAndDequantizeV2": thereAndBack(3...3) { call throws(ReferenceError) in
            try call.node.integer("num_bits", default: 8)
        },
        "QuantizeAndDequantizeV3": thereAndBack(4...4) { call throws(ReferenceError) in
            try call[3].integer()
        },
        "QuantizeAndDequantizeV4": thereAndBack(3...3) { call throws(ReferenceError) in
            try call.node.integer("num_bits", default: 8)
        },
    ]

    private static func thereAndBack(
        _ inputs: ClosedRange<Int>,
        _ bits: @escaping @Sendable (OperationCall) throws(ReferenceError) -> Int
    ) -> ReferenceOperation {
        .one(inputs) { call throws(ReferenceError) in
            guard try call.node.integer("axis", default: -1) == -1 else {
                throw call.node.unfit("axis", "-1, one range for all")
            }
            let rule = try WholeLevels(call, bits: bits(call))
            return try call[0].mapped(rule.rounded)
        }
    }

    private static func rounded(
        _ input: ReferenceTensor,
        _ levels: [QuantisationLevels]
    ) throws(ReferenceError) -> ReferenceTensor {
        guard case .float32(let values) = input.elements else {
            throw ReferenceError("float32 is needed, not \(input.type.name)")
        }
        let output = ReferenceTensor.filled(values.count) {
            levels[$0 % levels.count].rounded(values[$0])
        }
        return ReferenceTensor(unchecked: input.shape, output)
    }
}

/// The levels between two ends, moved so that zero is one of them.
struct QuantisationLevels {
    private let least: Float
    private let most: Float
    private let scale: Float

    init(_ node: NodeDef, least: Float, most: Float) throws(ReferenceError) {
        let bits = try node.integer("num_bits", default: 8)
        guard (2...16).contains(bits) else { throw node.unfit("num_bits", "2 to 16") }
        guard least <= 0, most >= 0, least.isFinite, most.isFinite else {
            throw ReferenceError("levels from \(least) to \(most), which must hold zero")
        }
        guard least < most else {
            (self.least, self.most, scale) = (0, 0, 0)
            return
        }
        let first: Float = try node.bool("narrow_range", default: false) ? 1 : 0
        let last = Float((1 << bits) - 1)
        scale = (most - least) / (last - first)
        let zero = min(max((first - least / scale).rounded(.toNearestOrAwayFromZero), first), last)
        self.least = (first - zero) * scale
        self.most = (last - zero) * scale
    }

    func rounded(_ value: Float) -> Float {
        guard scale > 0 else { return 0 }
        let shifted = min(max(value, least), most) - least
        return (shifted / scale + 0.5).rounded(.down) * scale + least
    }
}
