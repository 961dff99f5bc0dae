public import Base

/// Corrupts pictures as the published generator of ImageNet-C does, to the bit.
///
/// Holds its memory and tables from picture to picture, so that a steady stream of pictures of one size
/// allocates nothing. Use one for each thread: it is not `Sendable`.
///
/// - SeeAlso: Hendrycks and Dietterich, "Benchmarking neural network robustness to common corruptions and
///   perturbations", 2019.
public final class Corruptor {
    private let frost: FrostPhotographs?
    private let jpeg: JPEGVariant
    private var work = CorruptionWorkspace()

    /// The sides that pictures may have, in pixels.
    ///
    /// The published generator knows 224 and 256. Above 256 its fog fails; here the fog is made as large as the next
    /// power of two.
    public static let sides = 32...4096

    /// A corruptor.
    ///
    /// - Parameters:
    ///   - frost: The photographs of frost; without them that corruption throws.
    ///   - jpeg: Whose arithmetic the JPEG compression has.
    public init(frost: FrostPhotographs? = nil, jpeg: JPEGVariant = .turbo) {
        self.frost = frost
        self.jpeg = jpeg
    }

    /// Corrupts a picture, which takes from the generator what the published code takes.
    ///
    /// - Throws: ``FrostError`` by frost alone.
    /// - Precondition: the severity is one of ``Corruption/severities``, and both sides are within ``sides``.
    public func corrupt(
        _ picture: inout Picture,
        by corruption: Corruption,
        severity: Int,
        random: inout NumPyRandom
    ) throws(FrostError) {
        precondition(Corruption.severities.contains(severity), "severity \(severity)")
        precondition(
            Self.sides.contains(picture.size.width) && Self.sides.contains(picture.size.height),
            "a picture of \(picture.size.width)x\(picture.size.height), expected \(Self.sides)"
        )
        switch corruption {
        case .gaussianNoise: GaussianNoise(severity).apply(to: &picture, &random)
        case .shotNoise: ShotNoise(severity).apply(to: &picture, &random, &work)
        case .impulseNoise: ImpulseNoise(severity).apply(to: &picture, &random, &work)
        case .speckleNoise: SpeckleNoise(severity).apply(to: &picture, &random)
        case .defocusBlur: DefocusBlur(severity).apply(to: &picture, &work)
        case .glassBlur: GlassBlur(severity).apply(to: &picture, &random, &work)
        case .motionBlur: MotionBlur(severity).apply(to: &picture, &random, &work)
        case .zoomBlur: ZoomBlur(severity).apply(to: &picture, &work)
        case .gaussianBlur: GaussianBlur(severity).apply(to: &picture, &work)
        case .snow: Snow(severity).apply(to: &picture, &random, &work)
        case .frost: try Frost(severity, frost).apply(to: &picture, &random, &work)
        case .fog: Fog(severity).apply(to: &picture, &random, &work)
        case .spatter: Spatter(severity).apply(to: &picture, &random, &work)
        case .brightness: Brightness(severity).apply(to: &picture)
        case .saturate: Saturation(severity).apply(to: &picture)
        case .contrast: Contrast(severity).apply(to: &picture)
        case .elasticTransform: ElasticTransform(severity).apply(to: &picture, &random, &work)
        case .pixelate: Pixelation(severity).apply(to: &picture, &work)
        case .jpegCompression: JPEGCompression(severity, jpeg).apply(to: &picture, &work)
        }
    }
}
