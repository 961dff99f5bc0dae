/// Parts of a preparation that take the place of those of its name; nil where nothing was said.
///
/// A channel's value becomes `(value * pixelScale - mean) / deviation`.
public struct PreprocessingParts: Equatable, Hashable, Sendable {
    /// What is cut out of a picture, and when.
    public enum CropMode: String, CaseIterable, Sendable {
        /// The shorter side becomes side / share pixels long, then the middle is cut out.
        case center
        /// The middle share of each side is made a square, whatever its shape.
        case squash
        /// A square in the middle, of the share of the shorter side, is made the size.
        case square
    }

    /// How pixels between pixels are made.
    public var rule: ResizeRule?
    /// What is cut out.
    public var cropMode: CropMode?
    /// The share that is seen.
    public var cropShare: Double?
    /// What values 0...255 are multiplied by.
    public var pixelScale: Double?
    /// What is subtracted from red, green and blue; one number, or three.
    public var mean: [Double]?
    /// What red, green and blue are divided by; one number, or three.
    public var deviation: [Double]?
    /// Whether blue goes first and red last.
    public var isReversed: Bool?

    /// Nothing said.
    public init() {}

    /// Shares that can be asked for.
    public static let cropShares = 0.05...1

    /// The parts that were said, as flags under their names, with their values as they would be typed.
    public var flags: [(name: String, value: String)] {
        func list(_ numbers: [Double]) -> String {
            numbers.map(Self.text).joined(separator: ",")
        }
        let flags: [(String, String?)] = [
            ("interpolation", rule?.rawValue),
            ("crop_mode", cropMode?.rawValue),
            ("crop_pct", cropShare.map(Self.text)),
            ("pixel_scale", pixelScale.map(Self.text)),
            ("mean", mean.map(list)),
            ("std", deviation.map(list)),
            ("channel_order", isReversed.map { $0 ? "BGR" : "RGB" }),
        ]
        return flags.compactMap { name, value in value.map { (name, $0) } }
    }

    /// A number without the `.0` of whole ones.
    public static func text(_ number: Double) -> String {
        let text = number.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// A number, or a fraction such as `1/255`; nil for what is none, or is not finite.
    public static func number(_ text: some StringProtocol) -> Double? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Double($0) }
        guard numbers.count == parts.count, (1...2).contains(numbers.count) else { return nil }
        let number = numbers.count == 2 ? numbers[0] / numbers[1] : numbers[0]
        return number.isFinite ? number : nil
    }

    /// Numbers with commas between: one, or one for each of three channels; nil for what is none.
    public static func channels(_ text: String) -> [Double]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            number(String(part).trimmedBlanks)
        }
        return numbers.count == parts.count && [1, 3].contains(numbers.count) ? numbers : nil
    }

    /// Throws if they are none that a preparation can have.
    func check() throws(PictureError) {
        func refuse(
            _ name: String,
            _ value: String,
            _ expected: String
        ) throws(PictureError) {
            throw .impossiblePart(name: name, value: value, expected: expected)
        }
        let values = Dictionary(uniqueKeysWithValues: flags.map { ($0.name, $0.value) })
        func check(
            _ name: String,
            _ isRight: Bool,
            _ expected: String
        ) throws(PictureError) {
            if let value = values[name], !isRight { try refuse(name, value, expected) }
        }
        func isUsable(_ number: Double) -> Bool {
            let float = Float(number)
            return float.isFinite && (number == 0 || abs(float) >= .leastNormalMagnitude)
        }
        let shares = Self.cropShares
        try check(
            "crop_pct",
            cropShare.map { shares.contains($0) } ?? true,
            "a share from \(shares.lowerBound) to \(Self.text(shares.upperBound))"
        )
        try check(
            "pixel_scale",
            pixelScale.map { $0 > 0 && isUsable($0) } ?? true,
            "a number above 0, such as 1/255"
        )
        try check(
            "mean",
            mean.map { [1, 3].contains($0.count) && $0.allSatisfy(isUsable) } ?? true,
            "one number, or one each for red, green and blue"
        )
        try check(
            "std",
            deviation.map {
                [1, 3].contains($0.count)
                    && $0.allSatisfy { $0 > 0 && isUsable($0) && isUsable(1 / $0) }
            } ?? true,
            "one number above 0, or one each for red, green and blue"
        )
    }
}

extension PreprocessingParts.CropMode {
    /// What it makes of a share, for a result of so many pixels.
    func framing(share: Double, imageSize: Int) -> Preprocessing.Framing {
        switch self {
        case .center: .shorterSide(max(imageSize, Int(Double(imageSize) / share)))
        case .squash: share == 1 ? .square : .middle(share: share)
        case .square: .middleSquare(share: share)
        }
    }
}

extension String {
    fileprivate var trimmedBlanks: Substring {
        var text = self[...]
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }
}
