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
        "Dequantize": .one(3...3) { call throws(ReferenceError) in
            let (least, most) = (try call[1].float(), try call[2].float())
            guard try call.node.integer("axis", default: -1) == -1 else {
                throw call.node.unfit("axis", "-1, one range for all")
            }
            let bits: Int
            switch try call[0].type {
            case .int8, .uint8: bits = 8
            case .int16, .uint16: bits = 16
            case .int32: bits = 32
            default: throw ReferenceError("levels of \(try call[0].type.name)")
            }
            let isSigned = ![.uint8, .uint16].contains(try call[0].type)
            let levels = Double(1 << bits) - 1
            let lowest = isSigned ? -Double(1 << (bits - 1)) : 0
            let numbers = try call[0].cast(to: .float64)
            let modes = ["MIN_COMBINED", "MIN_FIRST", "SCALED"]
            let values: ReferenceTensor
            switch try call.node.word("mode", of: modes, default: "MIN_COMBINED") {
            case "MIN_FIRST":
                // The step is a float32, and zero one of the levels.
                let step = Double(Float((most - least) / levels))
                guard step > 0 else { throw ReferenceError("a range from \(least) to \(most)") }
                let first = (least / step).rounded(.toNearestOrAwayFromZero) * step
                values = try numbers.mapped { first + ($0 - lowest) * step }
            case "SCALED":
                let narrow: Double =
                    try call.node.bool("narrow_range", default: false) ? 1 : 0
                let top = lowest + levels
                let step = isSigned ? max(least / (lowest + narrow), most / top) : most / top
                values = try numbers.mapped { $0 * step }
            default:
                let half = isSigned ? (levels + 1) / 2 : 0
                values = try numbers.mapped { least + ($0 + half) * (most - least) / levels }
            }
            return try values.cast(to: call.node.type("dtype", default: .float32))
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
