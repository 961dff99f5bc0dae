/// A kind of operation in a policy, under its published name.
public enum AugmentKind: String, CaseIterable, Equatable, Sendable {
    case color = "Color"
    case contrast = "Contrast"
    case brightness = "Brightness"
    case sharpness = "Sharpness"
    case posterize = "Posterize"
    case solarize = "Solarize"
    case solarizeAdd = "SolarizeAdd"
    case autoContrast = "AutoContrast"
    case equalize = "Equalize"
    case invert = "Invert"
    case rotate = "Rotate"
    case shearX = "ShearX"
    case shearY = "ShearY"
    case translateX = "TranslateX"
    case translateY = "TranslateY"
    case cutout = "Cutout"

    /// The operation at a level of 0...10; `isNegative` turns the direction of those that have one.
    ///
    /// A cutout is put at a place of 0..<1 of each extent.
    func augmentation(
        level: Int,
        isNegative: Bool,
        size: PictureSize,
        place: (x: Float, y: Float)
    ) -> Augmentation {
        let share = Double(level) / 10
        let factor = Float(share * 1.8 + 0.1)
        func signed(_ most: Double) -> Float { Float(share * most) * (isNegative ? -1 : 1) }
        switch self {
        case .color: return .color(factor)
        case .contrast: return .contrast(factor)
        case .brightness: return .brightness(factor)
        case .sharpness: return .sharpness(factor)
        case .posterize: return .posterize(bits: Int(share * 4))
        case .solarize: return .solarize(threshold: Int(share * 256))
        case .solarizeAdd: return .solarizeAdd(amount: Int(share * 110))
        case .autoContrast: return .autoContrast
        case .equalize: return .equalize
        case .invert: return .invert
        case .rotate: return .rotate(degrees: signed(30))
        case .shearX: return .shearX(signed(0.3))
        case .shearY: return .shearY(signed(0.3))
        case .translateX: return .translateX(pixels: signed(250))
        case .translateY: return .translateY(pixels: signed(250))
        case .cutout:
            return .cutout(
                pad: Int(share * 100),
                x: min(Int(place.x * Float(size.width)), size.width - 1),
                y: min(Int(place.y * Float(size.height)), size.height - 1)
            )
        }
    }

    /// The operation at a level of 0...10 for a picture of this size, with its direction or place drawn.
    public func augmentation(
        level: Int,
        size: PictureSize,
        using random: inout SplitMix64
    ) -> Augmentation {
        let isNegative = random.coin()
        let place = (random.uniform(), random.uniform())
        return augmentation(level: level, isNegative: isNegative, size: size, place: place)
    }

    /// The operation at a level of -10...10, negative for the other direction.
    ///
    /// Nil for a cutout, which needs a place.
    package func augmentation(signedLevel level: Int) -> Augmentation? {
        guard self != .cutout else { return nil }
        return augmentation(
            level: abs(level),
            isNegative: level < 0,
            size: PictureSize(width: 1, height: 1),
            place: (0, 0)
        )
    }
}

/// An operation of a sub-policy.
public struct AugmentStep: Equatable, Sendable {
    /// What is done.
    public let kind: AugmentKind
    /// How often it is done, 0...1.
    public let probability: Float
    /// How strongly, 0...10.
    public let level: Int

    /// An operation that is done so often and so strongly.
    public init(_ kind: AugmentKind, _ probability: Float, _ level: Int) {
        self.kind = kind
        self.probability = probability
        self.level = level
    }

    /// Changes the picture, or leaves it as it is.
    package func apply(to picture: inout Picture, using random: inout SplitMix64) {
        guard random.uniform() + probability >= 1 else { return }
        kind.augmentation(level: level, size: picture.size, using: &random).apply(to: &picture)
    }
}
