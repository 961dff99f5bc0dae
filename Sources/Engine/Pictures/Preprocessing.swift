/// How a picture becomes the network's input: one of the published `preprocessing_type`s, parts of it as the user says.
///
/// All of them resize by TensorFlow 1's rules, bilinear but for `efficientnet`. What they differ in is stated by the
/// properties.
public struct Preprocessing: Equatable, Sendable {
    /// Which part of the picture is seen, and at which scale.
    public enum Framing: Equatable, Sendable {
        /// The shorter side becomes so many pixels long, and the middle is cut out.
        case shorterSide(Int)
        /// The whole picture is made a square, whatever its shape.
        case square
        /// The middle of each side, so large a share of it, are made a square.
        case middle(share: Double)
        /// A square in the middle, of a share of the shorter side.
        case middleSquare(share: Double)
    }

    /// The published spelling.
    public let name: String
    /// What is not as the name has it.
    public let parts: PreprocessingParts
    /// The side of the square that the network is given, in pixels.
    public let imageSize: Int
    /// Which part of the picture is seen.
    public let framing: Framing
    /// How pixels between pixels are made.
    public let rule: ResizeRule
    /// Multiplies the values 0...255 before anything else.
    public let scale: Float
    /// Subtracted from red, green and blue at the end.
    public let means: ChannelMeans
    /// What is done to each channel at the very end.
    public let finish: ChannelFinish
    /// How JPEGs are decoded.
    public var dctMethod: DCTMethod
    /// Whether pictures must have the size that the network is given; what has another is refused, not resized.
    public let needsExactSize: Bool

    /// The spellings without a size of one's own.
    public static let publishedNames = [
        "imagenet", "imagenet_224_256", "imagenet_224_256a", "reid", "reid_224", "inception_331",
        "inception_600",
    ]

    /// Those that other networks were trained with; each may end in a size, such as `slim_inception_331`.
    ///
    /// TensorFlow's slim: `slim_inception` (the middle, to -1...1), `slim_vgg` (a shorter side of size / 0.875, means off).
    /// Keras, the whole picture: `keras_tf` (to -1...1), `keras_caffe` (BGR, means off), `keras_torch` (means off, over
    /// deviations). TF-Hub, the whole picture: `hub` (to 0...1). `efficientnet`: a square from the middle, bicubic, means off, over
    /// deviations. `raw`: the whole picture, 0...255.
    public static let foreignNames = [
        "slim_inception", "slim_vgg", "keras_tf", "keras_caffe", "keras_torch", "hub",
        "efficientnet", "raw",
    ]

    /// All spellings that there are, in words.
    public static let knownNames =
        "\(publishedNames.joined(separator: ", ")), imagenet_NNN or imagenet_NNNa; of other networks "
        + "\(foreignNames.dropLast().joined(separator: ", ")) or \(foreignNames.last ?? ""), each with "
        + "_NNN or without"

    /// Whether it is none of the family's, or one with parts of its own, which what exports the family does not know.
    public var isForeign: Bool {
        Self.foreignNames.contains { name.hasPrefix($0) } || parts != PreprocessingParts()
    }

    /// The sides that can be asked for.
    public static let imageSizes = 8...2048

    /// The preprocessing of a published spelling.
    ///
    /// `imageSize` replaces the size that belongs to the name; `dctMethod` the method; `parts` what they say.
    ///
    /// - Throws: ``PictureError/unknownPreprocessing(_:)``, ``PictureError/imageSizeOutOfRange(_:_:)``,
    ///   ``PictureError/impossiblePart(name:value:expected:)``.
    public init(
        name: String,
        imageSize: Int? = nil,
        dctMethod: DCTMethod? = nil,
        parts: PreprocessingParts = PreprocessingParts()
    ) throws(PictureError) {
        let spelling = try PreprocessingName(name)
        let family = spelling.family
        let size = imageSize ?? spelling.imageSize
        guard Self.imageSizes.contains(size) else {
            throw .imageSizeOutOfRange(size, Self.imageSizes)
        }
        try parts.check()
        self.name = name
        self.parts = parts
        self.imageSize = size
        framing = parts.framing(family.framing(imageSize: size), imageSize: size)
        rule = parts.rule ?? (family == .efficientNet ? .bicubic : .bilinear)
        scale = parts.pixelScale.map { Float($0) } ?? family.scale
        means = parts.mean.map { ChannelMeans($0) } ?? family.means
        finish = ChannelFinish(
            factors: parts.deviation.map { ChannelFinish.factors(dividingBy: $0) }
                ?? family.finish.factors,
            isReversed: parts.isReversed ?? family.finish.isReversed
        )
        self.dctMethod = dctMethod ?? family.dctMethod
        needsExactSize = false
    }

    /// The same scale and means for pictures that have their size already, as the published evaluation of corrupted
    /// pictures takes them: what has another size is refused.
    public var unresized: Preprocessing { Preprocessing(unresized: self) }

    private init(unresized other: Preprocessing) {
        name = "none"
        parts = other.parts
        imageSize = other.imageSize
        framing = .square
        rule = other.rule
        scale = other.scale
        means = other.means
        finish = other.finish
        dctMethod = other.dctMethod
        needsExactSize = true
    }

    /// Its name, and the parts that are not those of the name, as they would be typed.
    public var summary: String {
        ([name] + parts.flags.map { "--\($0.name)=\($0.value)" }).joined(separator: " ")
    }

    /// The share of a picture that is seen: of the shorter side, or of each side.
    public var cropShare: Double {
        switch framing {
        case .shorterSide(let target): Double(imageSize) / Double(max(target, 1))
        case .square: 1
        case .middle(let share), .middleSquare(let share): share
        }
    }

    /// How that is cut out.
    public var cropMode: PreprocessingParts.CropMode {
        switch framing {
        case .shorterSide: .center
        case .square, .middle: .squash
        case .middleSquare: .square
        }
    }

    /// Throws unless a picture may have this size.
    func check(_ size: PictureSize) throws(PictureError) {
        guard needsExactSize, size != PictureSize(width: imageSize, height: imageSize) else {
            return
        }
        throw .otherSize(size, expected: imageSize)
    }

    /// How a picture of this size is seen.
    func view(of size: PictureSize) -> PictureView {
        let whole = PictureWindow(whole: size)
        let square = PictureSize(width: imageSize, height: imageSize)
        switch framing {
        case .square:
            return PictureView(
                source: whole,
                resized: square,
                crop: PictureWindow(whole: square),
                rule: rule
            )
        case .middle(let share):
            return PictureView(
                source: PictureWindow(middle: size, share: share),
                resized: square,
                crop: PictureWindow(whole: square),
                rule: rule
            )
        case .middleSquare(let share):
            let side = max(1, Int(Float(share) * Float(min(size.width, size.height))))
            let source = PictureWindow(
                x: (size.width - side + 1) / 2,
                y: (size.height - side + 1) / 2,
                width: side,
                height: side
            )
            return PictureView(
                source: source,
                resized: square,
                crop: PictureWindow(whole: square),
                rule: rule
            )
        case .shorterSide(let target):
            let ratio = Float(target) / Float(min(size.width, size.height))
            let resized = PictureSize(
                width: max(imageSize, Int(Float(size.width) * ratio)),
                height: max(imageSize, Int(Float(size.height) * ratio))
            )
            let crop = PictureWindow(
                x: (resized.width - imageSize) / 2,
                y: (resized.height - imageSize) / 2,
                width: imageSize,
                height: imageSize
            )
            return PictureView(source: whole, resized: resized, crop: crop, rule: rule)
        }
    }
}

extension PictureWindow {
    /// The middle of a picture that keeps a share of each side, as TensorFlow's `central_crop` rounds it.
    fileprivate init(middle size: PictureSize, share: Double) {
        func start(_ extent: Int) -> Int { Int((Double(extent) - Double(extent) * share) / 2) }
        let (x, y) = (start(size.width), start(size.height))
        self.init(x: x, y: y, width: size.width - 2 * x, height: size.height - 2 * y)
    }
}

extension PreprocessingParts {
    /// What is seen, where a name says otherwise.
    fileprivate func framing(
        _ named: Preprocessing.Framing,
        imageSize: Int
    ) -> Preprocessing.Framing {
        guard cropMode != nil || cropShare != nil else { return named }
        let (mode, share): (CropMode, Double) =
            switch named {
            case .shorterSide(let target): (.center, Double(imageSize) / Double(target))
            case .square: (.squash, 1)
            case .middle(let share): (.squash, share)
            case .middleSquare(let share): (.square, share)
            }
        if cropShare == nil, cropMode == mode { return named }
        return (cropMode ?? mode).framing(share: cropShare ?? share, imageSize: imageSize)
    }
}
