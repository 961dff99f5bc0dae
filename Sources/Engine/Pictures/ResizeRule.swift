/// How the pixels between pixels are made: what TensorFlow's resizes do, none of which smooths what it makes smaller, but `area`.
public enum ResizeRule: String, CaseIterable, Sendable {
    /// Of the two pixels around each place on either axis; place `i` lies at `i * source / result`, as TensorFlow 1 has it.
    case bilinear
    /// The same, pixels being squares around their centres: TensorFlow 2's `tf.image.resize`.
    case bilinearHalfPixel = "bilinear-half-pixel"
    /// The same, the first and last places lying on the first and last pixels.
    case bilinearAlignCorners = "bilinear-align-corners"
    /// Of the four around each place on either axis, placed as `bilinear`'s: TensorFlow 1's.
    case bicubic
    /// The same with centres, and a less steep kernel: TensorFlow 2's.
    case bicubicHalfPixel = "bicubic-half-pixel"
    /// The mean of what each place covers.
    case area
    /// The pixel at or before each place, placed as `bilinear`'s.
    case nearest
    /// The pixel whose square a place lies in.
    case nearestHalfPixel = "nearest-half-pixel"
    /// The nearest pixel, first and last places lying on the first and last pixels.
    case nearestAlignCorners = "nearest-align-corners"

    /// What the pixels are made of.
    public enum Method: Sendable {
        /// Two on either axis.
        case bilinear
        /// Four on either axis.
        case bicubic
        /// All that are covered.
        case area
        /// One.
        case nearest
    }

    /// What the pixels are made of.
    public var method: Method {
        switch self {
        case .bilinear, .bilinearHalfPixel, .bilinearAlignCorners: .bilinear
        case .bicubic, .bicubicHalfPixel: .bicubic
        case .area: .area
        case .nearest, .nearestHalfPixel, .nearestAlignCorners: .nearest
        }
    }

    /// Whether pixels are squares around their centres.
    public var hasCentres: Bool {
        switch self {
        case .bilinearHalfPixel, .bicubicHalfPixel, .nearestHalfPixel: true
        default: false
        }
    }

    /// Whether the first and last places lie on the first and last pixels.
    public var alignsCorners: Bool {
        self == .bilinearAlignCorners || self == .nearestAlignCorners
    }

    /// Pixels of the source for each place of the result, in float32 as TensorFlow computes them.
    func step(_ source: Int, _ result: Int) -> Float {
        alignsCorners && result > 1
            ? Float(source - 1) / Float(result - 1) : Float(source) / Float(result)
    }

    /// Where a place lies on the source's axis.
    func place(_ index: Int, _ step: Float) -> Float {
        hasCentres ? (Float(index) + 0.5) * step - 0.5 : Float(index) * step
    }

    /// The pixel before a place, the one after it, and the weight of that; held inside of the source.
    func neighbours(
        of index: Int,
        _ step: Float,
        source: Int
    ) -> (low: Int, high: Int, weight: Float) {
        guard method == .bilinear else {
            let place =
                alignsCorners
                ? (Float(index) * step).rounded(.toNearestOrAwayFromZero)
                : ((hasCentres ? Float(index) + 0.5 : Float(index)) * step).rounded(.down)
            let pixel = min(max(Int(place), 0), source - 1)
            return (pixel, pixel, 0)
        }
        let place = place(index, step)
        let low = place.rounded(.down)
        let before = min(Int(low), source - 1)
        return (max(before, 0), min(before + 1, source - 1), place - low)
    }
}
