/// One of AutoAugment's operations with its argument, on a picture of bytes.
///
/// The results are those of the published implementation, peculiarities included.
public enum Augmentation: Equatable, Sendable {
    /// Mixes with its own grey: 0 is grey, 1 the picture.
    case color(Float)
    /// Mixes with a constant: 0 is the constant, 1 the picture.
    case contrast(Float)
    /// Mixes with black: 0 is black, 1 the picture.
    case brightness(Float)
    /// Mixes with its own smoothing: 0 is smooth, 1 the picture.
    case sharpness(Float)
    /// Keeps so many of the upper bits.
    case posterize(bits: Int)
    /// Inverts the values from the threshold on.
    case solarize(threshold: Int)
    /// Adds to the values below 128.
    case solarizeAdd(amount: Int)
    /// Stretches each channel to 0...255.
    case autoContrast
    /// Makes each channel's values equally frequent.
    case equalize
    /// Inverts every value.
    case invert
    /// Turns by degrees about the centre.
    case rotate(degrees: Float)
    /// Moves each row by its number times this.
    case shearX(Float)
    /// Moves each column by its number times this.
    case shearY(Float)
    /// Takes each pixel from so many columns further on.
    case translateX(pixels: Float)
    /// Takes each pixel from so many rows further on.
    case translateY(pixels: Float)
    /// Greys a square of twice this side around a place.
    case cutout(pad: Int, x: Int, y: Int)

    /// What is put where a picture has nothing.
    static let fill: UInt8 = 128

    /// Changes the picture.
    public func apply(to picture: inout Picture) {
        switch self {
        case .color(let factor): picture.blend(from: picture.grey(), by: factor)
        case .contrast(let factor):
            let places = picture.size.width * picture.size.height
            let mean = UInt8(min(Float(places) / 256, 255))
            picture.mapValues { Picture.blend(mean, $0, by: factor) }
        case .brightness(let factor): picture.mapValues { Picture.blend(0, $0, by: factor) }
        case .sharpness(let factor): picture.blend(from: picture.smoothed(), by: factor)
        case .posterize(let bits):
            let shift = UInt8(min(max(8 - bits, 0), 7))
            picture.mapValues { ($0 >> shift) << shift }
        case .solarize(let threshold):
            let threshold = UInt8(truncatingIfNeeded: threshold)
            picture.mapValues { $0 < threshold ? $0 : 255 - $0 }
        case .solarizeAdd(let amount):
            picture.mapValues { $0 < 128 ? UInt8(min(max(Int($0) + amount, 0), 255)) : $0 }
        case .autoContrast: picture.stretch()
        case .equalize: picture.equalize()
        case .invert: picture.mapValues { 255 - $0 }
        case .rotate(let degrees): picture.warp(.rotation(degrees: degrees, of: picture.size))
        case .shearX(let amount): picture.warp(Warp(x: (1, amount, 0), y: (0, 1, 0)))
        case .shearY(let amount): picture.warp(Warp(x: (1, 0, 0), y: (amount, 1, 0)))
        case .translateX(let pixels): picture.warp(Warp(x: (1, 0, pixels), y: (0, 1, 0)))
        case .translateY(let pixels): picture.warp(Warp(x: (1, 0, 0), y: (0, 1, pixels)))
        case .cutout(let pad, let x, let y): picture.cutOut(pad: pad, x: x, y: y)
        }
    }
}
