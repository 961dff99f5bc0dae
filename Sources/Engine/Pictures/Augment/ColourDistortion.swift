/// How the published `inception` preprocessings change colours while a network is trained.
public struct ColourDistortion: Equatable, Sendable {
    /// Whether brightness and the two chroma channels are moved, which is fast, or brightness and saturation changed.
    public var isFast: Bool
    /// How far Cb may be moved.
    public var blueRange: Float
    /// How far Cr may be moved.
    public var redRange: Float

    /// How far the brightness may be moved.
    private static let brightness: Float = 32 / 255

    /// A change of colours, as published where nothing is said.
    public init(isFast: Bool = true, blueRange: Float = 0.1, redRange: Float = 0.1) {
        self.isFast = isFast
        self.blueRange = blueRange
        self.redRange = redRange
    }

    /// Draws one.
    package func draw(using random: inout SplitMix64) -> ColourShift {
        func within(_ range: Float) -> Float { random.uniform() * (range + range) - range }
        let brightness = within(Self.brightness)
        guard isFast else {
            return .saturation(brightness: brightness, factor: 0.5 + random.uniform())
        }
        let blue = within(blueRange)
        return .chroma(brightness: brightness, blue: blue, red: within(redRange))
    }
}

/// A change of colours that was drawn, of values from 0 to 1.
package enum ColourShift: Equatable, Sendable {
    /// Adds to the brightness, and to Cb and Cr.
    case chroma(brightness: Float, blue: Float, red: Float)
    /// Adds to the brightness, then multiplies the saturation.
    case saturation(brightness: Float, factor: Float)

    /// Changes pixels, three values each.
    func apply(to values: inout MutableSpan<Float>) {
        let pixels = values.count / 3
        switch self {
        case .chroma(let brightness, let blue, let red):
            let shift = (
                1.402 * red + brightness, -0.344136 * blue - 0.714136 * red + brightness,
                1.772 * blue + brightness
            )
            for start in stride(from: 0, to: 3 * pixels, by: 3) {
                values[start] = Self.inside(values[start] + shift.0)
                values[start + 1] = Self.inside(values[start + 1] + shift.1)
                values[start + 2] = Self.inside(values[start + 2] + shift.2)
            }
        case .saturation(let brightness, let factor):
            for start in stride(from: 0, to: 3 * pixels, by: 3) {
                let pixel = Self.saturated(
                    (
                        values[start] + brightness, values[start + 1] + brightness,
                        values[start + 2] + brightness
                    ),
                    factor
                )
                values[start] = Self.inside(pixel.0)
                values[start + 1] = Self.inside(pixel.1)
                values[start + 2] = Self.inside(pixel.2)
            }
        }
    }

    private static func inside(_ value: Float) -> Float { min(max(value, 0), 1) }

    /// Multiplies a pixel's saturation, by way of hue, saturation and value as TensorFlow's kernel goes.
    private static func saturated(
        _ pixel: (Float, Float, Float),
        _ factor: Float
    ) -> (Float, Float, Float) {
        let (red, green, blue) = pixel
        let value = max(red, max(green, blue))
        let range = value - min(red, min(green, blue))
        let saturation = value > 0 ? range / value : 0
        guard range > 0 else { return colour(0, min(max(saturation * factor, 0), 1), value) }
        let norm = 1 / (6 * range)
        var hue: Float
        if red == value {
            hue = norm * (green - blue)
        } else if green == value {
            hue = norm * (blue - red) + 2 / 6
        } else {
            hue = norm * (red - green) + 4 / 6
        }
        if hue < 0 { hue += 1 }
        return colour(hue, min(max(saturation * factor, 0), 1), value)
    }

    /// The pixel of a hue, a saturation and a value.
    private static func colour(
        _ hue: Float,
        _ saturation: Float,
        _ value: Float
    ) -> (Float, Float, Float) {
        let chroma = saturation * value
        let least = value - chroma
        let sixth = hue * 6
        var rest = sixth
        while rest <= 0 { rest += 2 }
        while rest >= 2 { rest -= 2 }
        let other = chroma * (1 - abs(rest - 1))
        let (red, green, blue): (Float, Float, Float) =
            switch Int(sixth) {
            case 0: (chroma, other, 0)
            case 1: (other, chroma, 0)
            case 2: (0, chroma, other)
            case 3: (0, other, chroma)
            case 4: (other, 0, chroma)
            case 5: (chroma, 0, other)
            default: (0, 0, 0)
            }
        return (red + least, green + least, blue + least)
    }
}
