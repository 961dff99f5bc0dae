internal import Checkpoint
internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Operations on pairs of elements.
extension ONNXTranslator {
    static let combinations: [String: Handler] = [
        "Add": adding, "AddV2": adding, "Sub": pair("Sub"), "Mul": pair("Mul"),
        "RealDiv": pair("Div"), "Div": pair("Div"), "Minimum": pair("Min"),
        "Maximum": pair("Max"), "Pow": pair("Pow"),
        "BiasAdd": bias, "BiasAddV1": bias,
        "AddN": { one, call throws(ReferenceError) in
            let (names, isPlanar) = try one.aligned(call.inputs)
            guard names.count > 1 else { return try one.pass(call, call[0]) }
            let isFloat = try one.isFloat(call[0])
            var sum = names[0]
            if isFloat {
                sum = one.append("Sum", call.name, names)
            } else {
                for (index, name) in names.dropFirst().enumerated() {
                    sum = one.append("Add", call.part("sum\(index)"), [sum, name])
                }
            }
            one.set(call, sum, planar: isPlanar)
        },
        "SquaredDifference": combining { one, call, x, y, _ in
            let difference = one.append("Sub", call.part("difference"), [x, y])
            return one.append("Mul", call.name, [difference, difference])
        },
        "TruncateDiv": combining { one, call, x, y, type throws(ReferenceError) in
            guard type.hasFraction else { return one.append("Div", call.name, [x, y]) }
            let quotient = one.append("Div", call.part("quotient"), [x, y])
            let sign = one.append("Sign", call.part("sign"), [quotient])
            let size = one.append("Abs", call.part("size"), [quotient])
            let whole = one.append("Floor", call.part("whole"), [size])
            return one.append("Mul", call.name, [whole, sign])
        },
        "DivNoNan": unlessZero("Div", second: true),
        "MulNoNan": unlessZero("Mul", second: true),
        "Xdivy": unlessZero("Div", second: false),
        "Xlogy": combining { one, call, x, y, type throws(ReferenceError) in
            let logarithm = one.append("Log", call.part("log"), [y])
            let product = one.append("Mul", call.part("product"), [x, logarithm])
            let zero = try one.number(0, type)
            let test = one.append("Equal", call.part("test"), [x, zero])
            return one.append("Where", call.name, [test, zero, product])
        },
        "FloorDiv": combining { one, call, x, y, type in
            if type.hasFraction {
                let quotient = one.append("Div", call.part("quotient"), [x, y])
                return one.append("Floor", call.name, [quotient])
            }
            let rest = one.append("Mod", call.part("rest"), [x, y], ["fmod": .integer(0)])
            let divisible = one.append("Sub", call.part("divisible"), [x, rest])
            return one.append("Div", call.name, [divisible, y])
        },
        "FloorMod": combining { one, call, x, y, type throws(ReferenceError) in
            guard type.hasFraction else {
                return one.append("Mod", call.name, [x, y], ["fmod": .integer(0)])
            }
            let zero = try one.number(0, type)
            let rest = one.append("Mod", call.part("rest"), [x, y], ["fmod": .integer(1)])
            // Its sign is the divisor's: where the product is below zero, it is not.
            let signs = one.append("Mul", call.part("signs"), [rest, y])
            let test = one.append("Less", call.part("test"), [signs, zero])
            let other = one.append("Add", call.part("other"), [rest, y])
            return one.append("Where", call.name, [test, other, rest])
        },
        "Mod": remainder, "TruncateMod": remainder,
        "Atan2": combining { one, call, y, x, type throws(ReferenceError) in
            let zero = try one.number(0, type)
            let slope = one.append("Div", call.part("slope"), [y, x])
            let angle = one.append("Atan", call.part("angle"), [slope])
            let left = one.append("Less", call.part("left"), [x, zero])
            let below = one.append("Less", call.part("below"), [y, zero])
            let turn = one.append(
                "Where",
                call.part("turn"),
                [below, try one.number(-Double.pi, type), try one.number(Double.pi, type)]
            )
            let turned = one.append("Add", call.part("turned"), [angle, turn])
            let both = one.append("Where", call.part("both"), [left, turned, angle])
            // Nothing over nothing is no angle; it counts as none.
            let none = one.append("IsNaN", call.part("none"), [both])
            return one.append("Where", call.name, [none, zero, both])
        },
    ]

    private static let remainder: Handler = combining { one, call, x, y, _ in
        one.append("Mod", call.name, [x, y], ["fmod": .integer(1)])
    }

    private static func pair(_ name: String) -> Handler {
        combining { one, call, x, y, _ in one.append(name, call.name, [x, y]) }
    }

    /// An operator, and nothing where one of both is nothing.
    private static func unlessZero(_ name: String, second: Bool) -> Handler {
        combining { one, call, x, y, type throws(ReferenceError) in
            let value = one.append(name, call.part("value"), [x, y])
            let zero = try one.number(0, type)
            let test = one.append("Equal", call.part("test"), [second ? y : x, zero])
            return one.append("Where", call.name, [test, zero, value])
        }
    }

    static func combining(
        _ body:
            @escaping @Sendable (inout ONNXTranslator, ONNXCall, String, String, DataType)
            throws(ReferenceError) -> String
    ) -> Handler {
        { one, call throws(ReferenceError) in
            let type = try one.type(call[0])
            let (names, isPlanar) = try one.aligned([call[0], call[1]])
            one.set(call, try body(&one, call, names[0], names[1], type), planar: isPlanar)
        }
    }

    // MARK: Sums behind convolutions

    private static let adding: Handler = { one, call throws(ReferenceError) in
        for (x, other) in [(0, 1), (1, 0)]
        where try one.addedToConvolution(call, call[x], call[other]) {
            return
        }
        try pair("Add")(&one, call)
    }

    private static let bias: Handler = { one, call throws(ReferenceError) in
        let (x, bias) = (try call[0], try call[1])
        let isFirst = try call.hasChannelsFirst()
        if try one.addedToConvolution(call, x, bias, channelsFirst: isFirst) { return }
        let rank = try one.rank(x)
        if isFirst, rank > 2 {
            let shape = try one.shape(bias) + [Int?](repeating: 1, count: rank - 2)
            let spread = try one.reshaped(one.own(bias), to: shape, call.part("bias"))
            let name = one.append("Add", call.name, [try one.own(x), spread])
            return one.set(call, name, planar: false)
        }
        try pair("Add")(&one, call)
    }

    /// Lets the convolution that gives a tensor add a constant for each channel.
    ///
    /// - Returns: whether it does.
    private mutating func addedToConvolution(
        _ call: ONNXCall,
        _ place: TensorPlace,
        _ other: TensorPlace,
        channelsFirst isStated: Bool = false
    ) throws(ReferenceError) -> Bool {
        guard let found = convolutions[place], uses[place] == 1, found.bias == nil,
            let constant = graph.constant(other), constant.type == .float32,
            let shape = graph.shape(place), shape.count == 4
        else { return false }
        // A convolution whose own order is planar has its channels second.
        let axis = isPlanar(place) ? 3 : 1
        guard let channels = shape[axis], constant.count == channels else { return false }
        let stated = constant.shape
        if isStated || axis == 1 {
            guard isStated ? stated.count == 1 && axis == 1 : stated.suffix(3) == [channels, 1, 1]
            else { return false }
        } else {
            guard stated.last == channels else { return false }
        }
        setBias(place, try constant.tensor().floats())
        try pass(call, place)
        convolutions[call.place] = convolutions[place]
        return true
    }

    /// Gives the convolution of a tensor a bias.
    mutating func setBias(_ place: TensorPlace, _ bias: [Double]) {
        guard var found = convolutions[place] else { return }
        let name = array(ReferenceTensor(list: bias.map { Float($0) }), "\(found.kernel)/bias")
        replace(
            at: found.index,
            inputs: model.nodes[found.index].inputs.prefix(2) + [ByteName(name)]
        )
        found.bias = bias
        convolutions[place] = found
    }
}

extension DataType {
    /// Whether numbers of this type have a fraction.
    var hasFraction: Bool { [.float32, .float64, .float16, .bfloat16].contains(self) }
}
