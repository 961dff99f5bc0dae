public import Base

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

/// Right and wrong predictions under corruption, and the errors they come to.
public struct CorruptionError: Equatable, Sendable {
    /// How the errors of the severities become one.
    public enum Averaging: Sendable {
        /// All pictures count alike: the published evaluation.
        case pooled
        /// All severities count alike: the benchmark's own code. The same where each has as many pictures.
        case bySeverity
    }

    /// What an error is measured against.
    public enum Scale: Equatable, Sendable {
        /// Nothing: the share of wrong predictions.
        case unnormalized
        /// AlexNet's error: 1 is as bad as AlexNet.
        case alexNet
        /// How much AlexNet's error grows over that on clean pictures, as this one does over `clean`.
        case relative(clean: Double)
    }

    /// AlexNet's error on clean pictures.
    public static let alexNetCleanError = 0.4347

    private var counts: [Corruption: [Int: Accuracy]] = [:]

    /// Nothing measured so far.
    public init() {}

    /// Counts a prediction.
    ///
    /// - Precondition: the severity is one of ``Corruption/severities``.
    public mutating func add(_ isCorrect: Bool, under corruption: Corruption, severity: Int) {
        var accuracy = Accuracy()
        accuracy.add(isCorrect)
        add(accuracy, under: corruption, severity: severity)
    }

    /// Counts predictions that were counted before.
    ///
    /// - Precondition: the severity is one of ``Corruption/severities``.
    public mutating func add(_ accuracy: Accuracy, under corruption: Corruption, severity: Int) {
        precondition(Corruption.severities.contains(severity), "severity \(severity)")
        guard accuracy.count > 0 else { return }
        counts[corruption, default: [:]][severity, default: Accuracy()].merge(accuracy)
    }

    /// Counts the predictions that another has counted.
    public mutating func merge(_ other: CorruptionError) {
        for (corruption, severities) in other.counts {
            for (severity, accuracy) in severities {
                add(accuracy, under: corruption, severity: severity)
            }
        }
    }

    /// What was counted at one severity; nil where nothing was.
    public func accuracy(under corruption: Corruption, severity: Int) -> Accuracy? {
        counts[corruption]?[severity]
    }

    /// The severities at which nothing was counted.
    public func missingSeverities(of corruption: Corruption) -> [Int] {
        Corruption.severities.filter { counts[corruption]?[$0] == nil }
    }

    /// The error under a corruption, over the severities that were measured; nil where none was.
    public func error(
        under corruption: Corruption,
        _ averaging: Averaging,
        _ scale: Scale = .unnormalized
    ) -> Double? {
        let measured = Corruption.severities.compactMap { counts[corruption]?[$0] }
        guard !measured.isEmpty else { return nil }
        let error: Double
        switch averaging {
        case .pooled:
            var all = Accuracy()
            for accuracy in measured { all.merge(accuracy) }
            error = 1 - all.value
        case .bySeverity:
            error = measured.reduce(0) { $0 + (1 - $1.value) } / Double(measured.count)
        }
        switch scale {
        case .unnormalized: return error
        case .alexNet: return error / corruption.alexNetError
        case .relative(let clean):
            return (error - clean) / (corruption.alexNetError - Self.alexNetCleanError)
        }
    }

    /// The mean error over the corruptions of a list that were measured; nil where none was.
    ///
    /// The published mCE averages all nineteen, pooled; the benchmark's averages ``Corruption/benchmark``, by severity. Both
    /// are on the scale of AlexNet.
    public func mean(
        over corruptions: [Corruption],
        _ averaging: Averaging,
        _ scale: Scale
    ) -> PartialMean? {
        PartialMean(corruptions.map { error(under: $0, averaging, scale) })
    }
}
