/// What is subtracted from each channel.
public struct ChannelMeans: Equatable, Sendable {
    /// Subtracted from the first channel.
    public var red: Float
    /// Subtracted from the second channel.
    public var green: Float
    /// Subtracted from the third channel.
    public var blue: Float

    /// The means of ImageNet's pictures, on the scale 0...255.
    public static let imagenet = ChannelMeans(red: 123.68, green: 116.78, blue: 103.94)
    /// Nothing is subtracted.
    public static let none = ChannelMeans(red: 0, green: 0, blue: 0)

    /// Means of three channels.
    init(red: Float, green: Float, blue: Float) {
        (self.red, self.green, self.blue) = (red, green, blue)
    }

    /// One mean for all channels, or one each.
    init(_ numbers: [Double]) {
        let all = numbers.count == 3 ? numbers : [Double](repeating: numbers.first ?? 0, count: 3)
        self.init(red: Float(all[0]), green: Float(all[1]), blue: Float(all[2]))
    }
}

/// What is done to each channel at the very end.
public struct ChannelFinish: Equatable, Sendable {
    /// What red, green and blue are multiplied by, their means off.
    public var factors: [Float]
    /// Whether blue goes first and red last.
    public var isReversed: Bool

    /// Nothing.
    public static let none = ChannelFinish(factors: [1, 1, 1], isReversed: false)

    /// The factors that divide all channels by one number, or each by its own.
    static func factors(dividingBy numbers: [Double]) -> [Float] {
        let all = numbers.count == 3 ? numbers : [Double](repeating: numbers.first ?? 1, count: 3)
        return all.map { Float(1 / $0) }
    }

    /// Changes the values of one picture.
    func apply(to values: inout MutableSpan<Float>, _ layout: PixelLayout) {
        let area = values.count / 3
        let (pixelStep, channelStep) = layout == .nhwc ? (3, 1) : (1, area)
        for pixel in 0..<area {
            let start = pixel * pixelStep
            for channel in 0..<3 { values[start + channel * channelStep] *= factors[channel] }
            guard isReversed else { continue }
            let red = values[start]
            values[start] = values[start + 2 * channelStep]
            values[start + 2 * channelStep] = red
        }
    }
}
