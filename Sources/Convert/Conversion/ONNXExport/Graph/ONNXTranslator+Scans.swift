internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Products of all elements up to each, which ONNX does not have.
extension ONNXTranslator {
    static let scans: [String: Handler] = [
        "Cumprod": { one, call throws(ReferenceError) in
            let shape = try one.shape(call[0])
            let axis = try one.axis(one.integer(call[1]), of: shape.count)
            guard let extent = shape[axis], extent > 0 else {
                throw ReferenceError("products along an open axis")
            }
            let isReverse = try call.node.bool("reverse", default: false)
            let input = try one.own(call[0])
            let single = try one.number(1, one.type(call[0]))
            var value = input
            var number = 0
            /// The elements moved by some places, ones in the place of those that are not there.
            func moved(_ value: String, by distance: Int) -> String {
                number += 1
                let part = call.part("moved\(number)")
                let range = isReverse ? (distance, extent) : (0, extent - distance)
                let kept = one.append(
                    "Slice",
                    "\(part)/kept",
                    [
                        value, one.integers([range.0]), one.integers([range.1]),
                        one.integers([axis]),
                    ]
                )
                var (before, behind) = ([Int](repeating: 0, count: shape.count), [Int]())
                behind = before
                if isReverse { behind[axis] = distance } else { before[axis] = distance }
                let pads = one.integers(before + behind)
                return one.append("Pad", part, [kept, pads, single], ["mode": .text("constant")])
            }
            if try call.node.bool("exclusive", default: false) { value = moved(value, by: 1) }
            // Each turn multiplies twice as many.
            var distance = 1
            while distance < extent {
                let others = moved(value, by: distance)
                value = one.append("Mul", call.part("product\(number)"), [value, others])
                distance *= 2
            }
            one.set(call, value, planar: false)
        }
    ]
}
