internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Operations on the colours of pictures.
extension ONNXTranslator {
    static let colours: [String: Handler] = [
        "AdjustContrastv2": { one, call throws(ReferenceError) in
            let rank = try one.rank(call[0])
            guard rank >= 3 else { throw ReferenceError("pictures of \(rank) axes") }
            let (value, isPlanar) = try one.kept(call[0])
            let axes = isPlanar ? [2, 3] : [rank - 3, rank - 2]
            let factor = try one.own(call[1])
            let mean = one.reduced("ReduceMean", call.part("mean"), value, axes, keeps: true)
            let difference = one.append("Sub", call.part("difference"), [value, mean])
            let product = one.append("Mul", call.part("product"), [difference, factor])
            one.set(call, one.append("Add", call.name, [product, mean]), planar: isPlanar)
        },
        "AdjustSaturation": { one, call throws(ReferenceError) in
            let factor = try one.own(call[1])
            try one.recoloured(call) { one, colour throws(ReferenceError) in
                let scaled = one.append("Mul", call.part("factor"), [colour.saturation, factor])
                var result = colour
                let ends = [try one.number(0, .float32), try one.number(1, .float32)]
                result.saturation = one.append("Clip", call.part("cut"), [scaled] + ends)
                return result
            }
        },
        "AdjustHue": { one, call throws(ReferenceError) in
            let change = try one.own(call[1])
            try one.recoloured(call) { one, colour in
                let sum = one.append("Add", call.part("change"), [colour.hue, change])
                let whole = one.append("Floor", call.part("turns"), [sum])
                var result = colour
                result.hue = one.append("Sub", call.part("turned"), [sum, whole])
                return result
            }
        },
        "RGBToHSV": { one, call throws(ReferenceError) in
            let (parts, axis, isPlanar) = try one.colours(call)
            let colour = try one.hue(call, parts)
            let name = one.append(
                "Concat",
                call.name,
                [colour.hue, colour.saturation, colour.value],
                ["axis": .integer(axis)]
            )
            one.set(call, name, planar: isPlanar)
        },
        "HSVToRGB": { one, call throws(ReferenceError) in
            let (parts, axis, isPlanar) = try one.colours(call)
            let colour = HueNames(hue: parts[0], saturation: parts[1], value: parts[2])
            let name = try one.light(call, colour, axis: axis)
            one.set(call, name, planar: isPlanar)
        },
    ]

    /// Where a colour's hue, saturation and value are.
    private struct HueNames {
        var hue: String
        var saturation: String
        var value: String
    }

    /// Changes colours as hue, saturation and value.
    private mutating func recoloured(
        _ call: ONNXCall,
        _ body: (inout ONNXTranslator, HueNames) throws(ReferenceError) -> HueNames
    ) throws(ReferenceError) {
        let (parts, axis, isPlanar) = try colours(call)
        let colour = try body(&self, hue(call, parts))
        set(call, try light(call, colour, axis: axis), planar: isPlanar)
    }

    /// The three parts of a node's pictures.
    private mutating func colours(
        _ call: ONNXCall
    ) throws(ReferenceError) -> (parts: [String], axis: Int, isPlanar: Bool) {
        guard try shape(call[0]).last == 3, try type(call[0]) == .float32 else {
            throw ReferenceError("colours that are not three numbers of float32")
        }
        let (value, isPlanar) = try kept(call[0])
        let axis = isPlanar ? 1 : try rank(call[0]) - 1
        let attributes: [Name: ONNXAttribute] = ["axis": .integer(axis)]
        let parts = append("Split", call.part("colours"), [value], attributes, outputs: 3)
        return (parts, axis, isPlanar)
    }

    /// The hue, saturation and value of red, green and blue.
    private mutating func hue(
        _ call: ONNXCall,
        _ parts: [String]
    ) throws(ReferenceError) -> HueNames {
        let zero = try number(0, .float32)
        let one = try number(1, .float32)
        let most = append("Max", call.part("most"), parts)
        let least = append("Min", call.part("least"), parts)
        let range = append("Sub", call.part("range"), [most, least])
        // Grey has no hue, black no saturation; what is divided by nothing there is not taken.
        let isGrey = append("Equal", call.part("grey"), [range, zero])
        let isLit = append("Greater", call.part("lit"), [most, zero])
        let whole = append("Where", call.part("whole"), [isLit, most, one])
        let quotient = append("Div", call.part("quotient"), [range, whole])
        let saturation = append("Where", call.part("saturation"), [isLit, quotient, zero])
        let divisor = append("Where", call.part("divisor"), [isGrey, one, range])
        func sector(
            _ name: String,
            _ first: Int,
            _ second: Int,
            _ start: Double
        ) throws(ReferenceError) -> String {
            let difference = append(
                "Sub",
                call.part("\(name)/range"),
                [parts[first], parts[second]]
            )
            let share = append("Div", call.part("\(name)/share"), [difference, divisor])
            let sixth = append(
                "Mul",
                call.part("\(name)/sixth"),
                [share, try number(1.0 / 6, .float32)]
            )
            return append("Add", call.part(name), [sixth, try number(start, .float32)])
        }
        let red = try sector("red", 1, 2, 0)
        let green = try sector("green", 2, 0, 2.0 / 6)
        let blue = try sector("blue", 0, 1, 4.0 / 6)
        let isRed = append("Equal", call.part("isRed"), [parts[0], most])
        let isGreen = append("Equal", call.part("isGreen"), [parts[1], most])
        let other = append("Where", call.part("other"), [isGreen, green, blue])
        let place = append("Where", call.part("place"), [isRed, red, other])
        let isBelow = append("Less", call.part("below"), [place, zero])
        let next = append("Add", call.part("next"), [place, one])
        let angle = append("Where", call.part("angle"), [isBelow, next, place])
        let hue = append("Where", call.part("hue"), [isGrey, zero, angle])
        return HueNames(hue: hue, saturation: saturation, value: most)
    }

    /// Red, green and blue of a hue, saturation and value.
    ///
    /// - SeeAlso: ``ReferenceOperation``'s colours, which this follows.
    private mutating func light(
        _ call: ONNXCall,
        _ colour: HueNames,
        axis: Int
    ) throws(ReferenceError) -> String {
        let zero = try number(0, .float32)
        let one = try number(1, .float32)
        let chroma = append("Mul", call.part("chroma"), [colour.saturation, colour.value])
        let base = append("Sub", call.part("base"), [colour.value, chroma])
        let sixth = append("Mul", call.part("sixths"), [colour.hue, try number(6, .float32)])
        // How much of each there is falls and rises with the distance from its own place on the circle.
        func part(
            _ name: String,
            _ centre: Double,
            _ sign: Double,
            _ start: Double
        ) throws(ReferenceError) -> String {
            let shifted = append(
                "Sub",
                call.part("\(name)/way"),
                [sixth, try number(centre, .float32)]
            )
            let size = append("Abs", call.part("\(name)/size"), [shifted])
            let turned = append(
                "Mul",
                call.part("\(name)/sign"),
                [size, try number(sign, .float32)]
            )
            let sum = append(
                "Add",
                call.part("\(name)/sum"),
                [turned, try number(start, .float32)]
            )
            let share = append("Clip", call.part("\(name)/share"), [sum, zero, one])
            let light = append("Mul", call.part("\(name)/light"), [share, chroma])
            return append("Add", call.part("\(name)/out"), [light, base])
        }
        let parts = [
            try part("r", 3, 1, -1), try part("g", 2, -1, 2), try part("b", 4, -1, 2),
        ]
        return append("Concat", call.name, parts, ["axis": .integer(axis)])
    }
}
