internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Operations on single elements that need a number or several operators.
extension ONNXTranslator {
    static let functions: [String: Handler] = [
        "Square": mapping { one, call, x, _ in one.append("Mul", call.name, [x, x]) },
        "Rsqrt": mapping { one, call, x, _ in
            let root = one.append("Sqrt", call.part("sqrt"), [x])
            return one.append("Reciprocal", call.name, [root])
        },
        "Relu6": mapping { one, call, x, type throws(ReferenceError) in
            let ends = [try one.number(0, type), try one.number(6, type)]
            return one.append("Clip", call.name, [x] + ends)
        },
        "Expm1": mapping { one, call, x, type throws(ReferenceError) in
            // Below zero Elu is the very function; above it nothing is lost but near zero.
            let low = one.append("Elu", call.part("low"), [x], ["alpha": .float(1)])
            let power = one.append("Exp", call.part("exp"), [x])
            let high = one.append("Sub", call.part("high"), [power, try one.number(1, type)])
            let test = one.append("Less", call.part("test"), [x, try one.number(0, type)])
            return one.append("Where", call.name, [test, low, high])
        },
        "Log1p": mapping { one, call, x, type throws(ReferenceError) in
            let sum = one.append("Add", call.part("sum"), [x, try one.number(1, type)])
            return one.append("Log", call.name, [sum])
        },
        "Erfc": mapping { one, call, x, type throws(ReferenceError) in
            let value = one.append("Erf", call.part("erf"), [x])
            return one.append("Sub", call.name, [try one.number(1, type), value])
        },
        "Elu": mapping { one, call, x, _ in
            one.append("Elu", call.name, [x], ["alpha": .float(1)])
        },
        "Selu": mapping { one, call, x, _ in
            one.append(
                "Selu",
                call.name,
                [x],
                [
                    "alpha": .float(1.6732632423543772848170429916717),
                    "gamma": .float(1.0507009873554804934193349852946),
                ]
            )
        },
        "LeakyRelu": mapping { one, call, x, _ throws(ReferenceError) in
            let alpha = try call.node.float("alpha", default: 0.2)
            return one.append("LeakyRelu", call.name, [x], ["alpha": .float(alpha)])
        },
        "IsFinite": mapping { one, call, x, _ in
            let first = one.append("IsNaN", call.part("nan"), [x])
            let second = one.append("IsInf", call.part("inf"), [x])
            let either = one.append("Or", call.part("either"), [first, second])
            return one.append("Not", call.name, [either])
        },
        "Invert": mapping { one, call, x, type throws(ReferenceError) in
            guard [.int32, .int64, .int8].contains(type) else {
                throw ReferenceError("the bits of \(type.name)")
            }
            let negative = one.append("Neg", call.part("negative"), [x])
            return one.append("Sub", call.name, [negative, try one.number(1, type)])
        },
        "ZerosLike": mapping { one, call, x, type throws(ReferenceError) in
            let shape = one.append("Shape", call.part("shape"), [x])
            return one.append("Expand", call.name, [try one.number(0, type), shape])
        },
        "OnesLike": mapping { one, call, x, type throws(ReferenceError) in
            let shape = one.append("Shape", call.part("shape"), [x])
            return one.append("Expand", call.name, [try one.number(1, type), shape])
        },
        "Cast": { one, call throws(ReferenceError) in
            let target = try call.node.type("DstT")
            let wanted = target == .bfloat16 ? .float32 : target
            guard try one.type(call[0]) != wanted else { return try one.pass(call, call[0]) }
            guard let element = ONNXElement(wanted) else {
                throw ReferenceError("the type \(target.name)")
            }
            try one.map(call) { one, x in
                one.append("Cast", call.name, [x], ["to": .integer(element.rawValue)])
            }
        },
        "ClipByValue": { one, call throws(ReferenceError) in
            let (names, isPlanar) = try one.aligned([call[0], call[1], call[2]])
            let most = one.append("Min", call.part("most"), [names[0], names[2]])
            one.set(call, one.append("Max", call.name, [most, names[1]]), planar: isPlanar)
        },
        "L2Loss": { one, call throws(ReferenceError) in
            let x = try one.kept(call[0]).name
            let square = one.append("Mul", call.part("square"), [x, x])
            let sum = one.append("ReduceSum", call.part("sum"), [square], ["keepdims": .integer(0)])
            let half = try one.number(0.5, one.type(call[0]))
            one.set(call, one.append("Mul", call.name, [sum, half]), planar: false)
        },
    ]

    private static func mapping(
        _ body:
            @escaping @Sendable (inout ONNXTranslator, ONNXCall, String, DataType)
            throws(ReferenceError) -> String
    ) -> Handler {
        { one, call throws(ReferenceError) in
            let type = try one.type(call[0])
            try one.map(call) { one, x throws(ReferenceError) in try body(&one, call, x, type) }
        }
    }
}
