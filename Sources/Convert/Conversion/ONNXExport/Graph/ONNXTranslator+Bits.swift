internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Operations on the bits of whole numbers.
extension ONNXTranslator {
    static let bits: [String: Handler] = [
        "BitwiseAnd": bitwise("BitwiseAnd"), "BitwiseOr": bitwise("BitwiseOr"),
        "BitwiseXor": bitwise("BitwiseXor"),
        "LeftShift": { one, call throws(ReferenceError) in
            try one.shifted(call) { one, x, factor in
                one.append("Mul", call.part("moved"), [x, factor])
            }
        },
        "RightShift": { one, call throws(ReferenceError) in
            // What a shift of a number with a sign drops is what is left of it over a power of two.
            try one.shifted(call) { one, x, factor in
                let rest = one.append("Mod", call.part("rest"), [x, factor])
                let whole = one.append("Sub", call.part("whole"), [x, rest])
                return one.append("Div", call.part("moved"), [whole, factor])
            }
        },
    ]

    private static func bitwise(_ operation: String) -> Handler {
        { one, call throws(ReferenceError) in
            let (names, isPlanar) = try one.aligned([call[0], call[1]])
            one.set(call, one.append(operation, call.name, names), planar: isPlanar)
        }
    }

    /// Numbers, as int64, times or over a power of two that others tell.
    private mutating func shifted(
        _ call: ONNXCall,
        _ body: (inout ONNXTranslator, String, String) -> String
    ) throws(ReferenceError) {
        let type = try type(call[0])
        guard type != .uint64 else { throw ReferenceError("the bits of \(type.name)") }
        let (names, isPlanar) = try aligned([call[0], call[1]])
        let wide = names.enumerated().map { index, name in
            type == .int64
                ? name : append("Cast", call.part("wide\(index)"), [name], ["to": .integer(7)])
        }
        let powers = array(ReferenceTensor(list: (0..<63).map { Int64(1) << Int64($0) }))
        // TensorFlow holds the places to those that the type has.
        let most = min(8 * (type.byteCount ?? 8) - 1, 62)
        let ends = [array(ReferenceTensor(Int64(0))), array(ReferenceTensor(Int64(most)))]
        let least = append("Max", call.part("least"), [wide[1], ends[0]])
        let places = append("Min", call.part("most"), [least, ends[1]])
        let factor = append("Gather", call.part("factor"), [powers, places])
        let moved = body(&self, wide[0], factor)
        set(call, cast(moved, to: type, call.name), planar: isPlanar)
    }
}
