/// How pictures are prepared, in the words of model cards: pictures between 0 and 1, minus a mean, over a deviation.
public struct Normalisation: Equatable, Sendable {
    /// Subtracted from red, green and blue.
    public var mean: [Double]
    /// What red, green and blue are divided by behind it.
    public var deviation: [Double]
    /// The share of the side that is seen.
    public var cropShare: Double
    /// Whether what is seen is made a square, whatever its shape; else the shorter side decides.
    public var isSquashed: Bool

    /// A preparation in numbers.
    public init(mean: [Double], deviation: [Double], cropShare: Double, isSquashed: Bool) {
        self.mean = mean
        self.deviation = deviation
        self.cropShare = cropShare
        self.isSquashed = isSquashed
    }

    /// Whether another one gives the same pictures, but for how numbers are rounded in writing.
    public func isLike(_ other: Normalisation) -> Bool {
        guard mean.count == other.mean.count, deviation.count == other.deviation.count else {
            return false
        }
        return zip(mean, other.mean).allSatisfy { abs($0 - $1) < 2e-3 }
            && zip(deviation, other.deviation).allSatisfy { abs($0 - $1) < 1e-2 * max($0, $1) }
            && abs(cropShare - other.cropShare) < 5e-3
            && (isSquashed == other.isSquashed)
    }
}

extension Preprocessing {
    /// What it does in the words of model cards; nil where they have none, as for blue before red.
    public var normalisation: Normalisation? {
        guard !finish.isReversed, scale > 0, rule == .bilinear else { return nil }
        let whole = 255 * Double(scale)
        func rounded(_ number: Double) -> Double { (number * 1e6).rounded() / 1e6 }
        return Normalisation(
            mean: [means.red, means.green, means.blue].map { rounded(Double($0) / whole) },
            deviation: finish.factors.map { rounded(1 / (whole * Double($0))) },
            cropShare: rounded(cropShare),
            isSquashed: cropMode == .squash
        )
    }

    /// The preparation that gives the same pictures; nil where none does.
    public init?(_ normalisation: Normalisation, imageSize: Int) {
        for name in Self.publishedNames + Self.foreignNames {
            guard let known = try? Preprocessing(name: name, imageSize: imageSize),
                known.normalisation?.isLike(normalisation) == true
            else { continue }
            self = known
            return
        }
        return nil
    }
}
