internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Operations that round to a few levels.
extension ONNXTranslator {
    static let quantisations: [String: Handler] = [
        "FakeQuantWithMinMaxArgs": { one, call throws(ReferenceError) in
            let least = try call.node.float("min", default: -6)
            let most = try call.node.float("max", default: 6)
            try one.levels(call, [(least, most)])
        },
        "FakeQuantWithMinMaxVars": ends, "FakeQuantWithMinMaxVarsPerChannel": ends,
    ]

    private static let ends: Handler = { one, call throws(ReferenceError) in
        let least = try one.constant(call[1]).values
        let most = try one.constant(call[2]).values
        guard least.count == most.count, !least.isEmpty else {
            throw ReferenceError("\(least.count) and \(most.count) ends")
        }
        try one.levels(call, Array(zip(least, most)))
    }

    /// Rounds to levels between two ends, moved so that zero is one of them; one pair, or one for each channel.
    private mutating func levels(
        _ call: ONNXCall,
        _ ends: [(least: Float, most: Float)]
    ) throws(ReferenceError) {
        let bits = try call.node.integer("num_bits", default: 8)
        guard (2...16).contains(bits) else { throw ReferenceError("\(bits) bits") }
        let first: Float = try call.node.bool("narrow_range", default: false) ? 1 : 0
        let last = Float((1 << bits) - 1)
        var (low, high, steps): ([Float], [Float], [Float]) = ([], [], [])
        for (least, most) in ends {
            guard least <= 0, most >= 0, least.isFinite, most.isFinite, least < most else {
                throw ReferenceError("levels from \(least) to \(most)")
            }
            let step = (most - least) / (last - first)
            let zero = min(max((first - least / step).rounded(.toNearestOrAwayFromZero), first), last)
            low.append((first - zero) * step)
            high.append((last - zero) * step)
            steps.append(step)
        }
        let (input, isPlanar) = try kept(call[0])
        func constants(_ values: [Float]) throws(ReferenceError) -> String {
            values.count == 1
                ? array(ReferenceTensor(values[0])) : try channels(values, planar: isPlanar)
        }
        let (least, most, step) = (try constants(low), try constants(high), try constants(steps))
        var value = append("Max", call.part("least"), [input, least])
        value = append("Min", call.part("most"), [value, most])
        value = append("Sub", call.part("shifted"), [value, least])
        value = append("Div", call.part("levels"), [value, step])
        value = append("Add", call.part("half"), [value, try number(0.5, .float32)])
        value = append("Floor", call.part("level"), [value])
        value = append("Mul", call.part("scaled"), [value, step])
        set(call, append("Add", call.name, [value, least]), planar: isPlanar)
    }
}
