/// A corruption of ImageNet-C, or one of its four extra ones, in the published order.
public enum Corruption: String, CaseIterable, Sendable {
    case gaussianNoise = "gaussian_noise"
    case shotNoise = "shot_noise"
    case impulseNoise = "impulse_noise"
    case defocusBlur = "defocus_blur"
    case glassBlur = "glass_blur"
    case motionBlur = "motion_blur"
    case zoomBlur = "zoom_blur"
    case snow
    case frost
    case fog
    case brightness
    case contrast
    case elasticTransform = "elastic_transform"
    case pixelate
    case jpegCompression = "jpeg_compression"
    case speckleNoise = "speckle_noise"
    case gaussianBlur = "gaussian_blur"
    case spatter
    case saturate

    /// The fifteen over which the benchmark's headline is averaged.
    public static let benchmark = Array(allCases.prefix(15))

    /// The severities at which each is measured.
    public static let severities = 1...5

    /// Whether it draws random numbers; what the others make follows from the picture alone.
    public var isRandom: Bool {
        switch self {
        case .gaussianNoise, .shotNoise, .impulseNoise, .speckleNoise, .glassBlur, .motionBlur,
            .snow,
            .frost, .fog, .elasticTransform, .spatter:
            true
        case .defocusBlur, .zoomBlur, .gaussianBlur, .brightness, .saturate, .contrast, .pixelate,
            .jpegCompression:
            false
        }
    }
}
