extension Corruption {
    /// AlexNet's mean error over the severities.
    public var alexNetError: Double {
        switch self {
        case .gaussianNoise: 0.8864
        case .shotNoise: 0.8945
        case .impulseNoise: 0.9226
        case .defocusBlur: 0.8199
        case .glassBlur: 0.8263
        case .motionBlur: 0.7860
        case .zoomBlur: 0.7984
        case .snow: 0.8668
        case .frost: 0.8266
        case .fog: 0.8193
        case .brightness: 0.5646
        case .contrast: 0.8532
        case .elasticTransform: 0.6461
        case .pixelate: 0.7178
        case .jpegCompression: 0.6065
        case .speckleNoise: 0.8454
        case .gaussianBlur: 0.7871
        case .spatter: 0.7175
        case .saturate: 0.6583
        }
    }
}

/// Errors under corruption, relative to AlexNet's: 1 is as bad as AlexNet.
public struct CorruptionError: Equatable, Sendable {
    private var errors: [Corruption: [Int: Double]] = [:]

    /// Nothing measured so far.
    public init() {}

    /// Notes the share of wrong predictions, 0...1, under a corruption.
    ///
    /// - Precondition: the severity is one of ``Corruption/severities``.
    public mutating func note(_ error: Double, under corruption: Corruption, severity: Int) {
        precondition(Corruption.severities.contains(severity), "severity \(severity)")
        errors[corruption, default: [:]][severity] = error
    }

    /// The mean error over the severities divided by AlexNet's; nil while one was not measured.
    public func relative(_ corruption: Corruption) -> Double? {
        guard let measured = errors[corruption], measured.count == Corruption.severities.count
        else { return nil }
        let sum = Corruption.severities.reduce(0) { $0 + (measured[$1] ?? 0) }
        return sum / Double(measured.count) / corruption.alexNetError
    }

    /// The mean over corruptions: mCE.
    ///
    /// The published evaluation averages all nineteen, the benchmark's headline ``Corruption/benchmark``.
    /// Nil while one was not measured.
    public func mean(over corruptions: [Corruption] = Corruption.allCases) -> Double? {
        let measured = corruptions.compactMap(relative)
        guard !measured.isEmpty, measured.count == corruptions.count else { return nil }
        return measured.reduce(0, +) / Double(measured.count)
    }
}
