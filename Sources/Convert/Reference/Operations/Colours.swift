internal import Proto

/// Operations on the colours of pictures.
extension ReferenceOperation {
    static let colours: [String: ReferenceOperation] = [
        "AdjustContrastv2": .one(2...2) { call throws(ReferenceError) in
            let (input, factor) = (try call[0], try call[1].float())
            guard input.rank >= 3 else {
                throw ReferenceError("pictures of the shape \(input.shape)")
            }
            let mean = try input.reduced(.mean, axes: [-3, -2], keepsAxes: true)
            return try input.combined(with: mean) { ($0 - $1) * factor + $1 }
        },
        "AdjustSaturation": .one(2...2) { call throws(ReferenceError) in
            let factor = try call[1].float()
            return try changed(call[0]) { colour in
                var hue = Hue(colour)
                hue.saturation = min(max(hue.saturation * factor, 0), 1)
                return hue.colour
            }
        },
        "AdjustHue": .one(2...2) { call throws(ReferenceError) in
            let change = try call[1].float()
            return try changed(call[0]) { colour in
                var hue = Hue(colour)
                hue.angle += change
                hue.angle -= hue.angle.rounded(.down)
                return hue.colour
            }
        },
        "RGBToHSV": .one(1...1) { call throws(ReferenceError) in
            try changed(call[0]) { colour in
                let hue = Hue(colour)
                return (hue.angle, hue.saturation, hue.value)
            }
        },
        "HSVToRGB": .one(1...1) { call throws(ReferenceError) in
            try changed(call[0]) { Hue(angle: $0.0, saturation: $0.1, value: $0.2).colour }
        },
    ]

    private static func changed(
        _ input: ReferenceTensor,
        _ body: ((Double, Double, Double)) -> (Double, Double, Double)
    ) throws(ReferenceError) -> ReferenceTensor {
        guard input.shape.last == 3 else {
            throw ReferenceError("colours of the shape \(input.shape)")
        }
        var values = try input.floats()
        for index in stride(from: 0, to: values.count, by: 3) {
            let colour = body((values[index], values[index + 1], values[index + 2]))
            (values[index], values[index + 1], values[index + 2]) = colour
        }
        return try ReferenceTensor(unchecked: input.shape, values).cast(to: input.type)
    }
}

/// A colour as hue, saturation and value, each 0 to 1.
private struct Hue {
    var angle: Double
    var saturation: Double
    var value: Double

    init(angle: Double, saturation: Double, value: Double) {
        self.angle = angle
        self.saturation = saturation
        self.value = value
    }

    /// The hue of red, green and blue.
    init(_ colour: (Double, Double, Double)) {
        let (red, green, blue) = colour
        value = max(red, green, blue)
        let range = value - min(red, green, blue)
        saturation = value > 0 ? range / value : 0
        guard range > 0 else {
            angle = 0
            return
        }
        let share = 1 / (6 * range)
        let place =
            red == value
            ? share * (green - blue)
            : green == value ? share * (blue - red) + 2.0 / 6 : share * (red - green) + 4.0 / 6
        angle = place < 0 ? place + 1 : place
    }

    /// Red, green and blue.
    var colour: (Double, Double, Double) {
        let place = angle * 6
        func part(_ share: Double) -> Double {
            (1 - saturation + saturation * min(max(share, 0), 1)) * value
        }
        return (part(abs(place - 3) - 1), part(2 - abs(place - 2)), part(2 - abs(place - 4)))
    }
}
