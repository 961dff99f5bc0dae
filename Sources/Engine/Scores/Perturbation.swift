/// A perturbation of ImageNet-P, whose pictures are videos of one picture that changes little by little.
public enum Perturbation: String, CaseIterable, Sendable {
    case gaussianNoise = "gaussian_noise"
    case shotNoise = "shot_noise"
    case motionBlur = "motion_blur"
    case zoomBlur = "zoom_blur"
    case snow
    case brightness
    case translate
    case rotate
    case tilt
    case scale
    case speckleNoise = "speckle_noise"
    case gaussianBlur = "gaussian_blur"
    case spatter
    case shear

    /// The ten over which the benchmark's headline is averaged.
    public static let benchmark = Array(allCases.prefix(10))

    /// The four for validation.
    public static let validation = Array(allCases.suffix(4))

    /// Whether all frames are noisy versions of the first, and not each a small step from the one before.
    public var isNoise: Bool {
        switch self {
        case .gaussianNoise, .shotNoise, .speckleNoise: true
        default: false
        }
    }

    /// The chance that AlexNet's answer flips, as the published evaluation states it.
    public var alexNetFlipProbability: Double {
        switch self {
        case .gaussianNoise: 0.23653
        case .shotNoise: 0.30062
        case .motionBlur: 0.09297
        case .zoomBlur: 0.05942
        case .snow: 0.11928
        case .brightness: 0.04889
        case .translate: 0.11007
        case .rotate: 0.13104
        case .tilt: 0.07050
        case .scale: 0.23531
        case .speckleNoise: 0.18649
        case .gaussianBlur: 0.02775
        case .spatter: 0.05053
        case .shear: 0.10658
        }
    }
}

/// Flip rates: chances that an answer flips from frame to frame, over AlexNet's.
public struct FlipRates: Equatable, Sendable {
    private let stabilities: [Perturbation: Stability]

    /// The rates of what was measured.
    public init(_ stabilities: [Perturbation: Stability]) {
        self.stabilities = stabilities
    }

    /// The rate of a perturbation; nil where no video was measured.
    public func rate(_ perturbation: Perturbation) -> Double? {
        stabilities[perturbation]?.flipProbability.map { $0 / perturbation.alexNetFlipProbability }
    }

    /// The mean rate over the perturbations of a list that were measured: mFR over ``Perturbation/benchmark``.
    ///
    /// Nil where none was.
    public func mean(over perturbations: [Perturbation]) -> PartialMean? {
        PartialMean(perturbations.map(rate))
    }
}
