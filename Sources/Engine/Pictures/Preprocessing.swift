/// How a picture becomes the network's input: one of the published `preprocessing_type`s.
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
        /// The middle 87.5 % of each side are made a square.
        case middle
        /// A square in the middle, of the shorter side less so many of the result's pixels.
        case middleSquare(padding: Int)
    }

    /// The published spelling.
    public let name: String
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

    /// Whether it is none of the family's, so that what trains and exports the family does not know it.
    public var isForeign: Bool { Self.foreignNames.contains { name.hasPrefix($0) } }

    /// The sides that can be asked for.
    public static let imageSizes = 8...2048

    /// The preprocessing of a published spelling.
    ///
    /// `imageSize` replaces the size that belongs to the name; `dctMethod` the method.
    ///
    /// - Throws: ``PictureError/unknownPreprocessing(_:)``, ``PictureError/imageSizeOutOfRange(_:_:)``.
    public init(
        name: String,
        imageSize: Int? = nil,
        dctMethod: DCTMethod? = nil
    ) throws(PictureError) {
        let spelling = try Rule(name)
        let size = imageSize ?? spelling.imageSize
        guard Self.imageSizes.contains(size) else {
            throw .imageSizeOutOfRange(size, Self.imageSizes)
        }
        self.name = name
        self.imageSize = size
        switch spelling.family {
        case .imagenet, .slimVGG: framing = .shorterSide(Int(Double(size) / 0.875))
        case .imagenetTight: framing = .shorterSide(size + 1)
        case .reid, .kerasTF, .kerasCaffe, .kerasTorch, .hub, .raw: framing = .square
        case .inception, .slimInception: framing = .middle
        case .efficientNet: framing = .middleSquare(padding: 32)
        }
        rule = spelling.family == .efficientNet ? .bicubic : .bilinear
        scale = spelling.family.scale
        means = spelling.family.means
        finish = spelling.family.finish
        self.dctMethod = dctMethod ?? spelling.family.dctMethod
        needsExactSize = false
    }

    /// The same scale and means for pictures that have their size already, as the published evaluation of corrupted
    /// pictures takes them: what has another size is refused.
    public var unresized: Preprocessing { Preprocessing(unresized: self) }

    private init(unresized other: Preprocessing) {
        name = "none"
        imageSize = other.imageSize
        framing = .square
        rule = other.rule
        scale = other.scale
        means = other.means
        finish = other.finish
        dctMethod = other.dctMethod
        needsExactSize = true
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
        case .middle:
            let source = PictureWindow(middle: size, share: 0.875)
            return PictureView(source: source, resized: square, crop: PictureWindow(whole: square))
        case .middleSquare(let padding):
            let share = Float(Double(imageSize) / Double(imageSize + padding))
            let side = max(1, Int(share * Float(min(size.width, size.height))))
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
            return PictureView(source: whole, resized: resized, crop: crop)
        }
    }
}

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
}

/// What is done to each channel at the very end.
public struct ChannelFinish: Equatable, Sendable {
    /// What red, green and blue are multiplied by, their means off.
    public var factors: [Float]
    /// Whether blue goes first and red last.
    public var isReversed: Bool

    /// Nothing.
    public static let none = ChannelFinish(factors: [1, 1, 1], isReversed: false)
}

/// A spelling taken apart.
private struct Rule {
    enum Family {
        case imagenet, imagenetTight, reid, inception
        case slimInception, slimVGG, kerasTF, kerasCaffe, kerasTorch, hub, efficientNet, raw

        /// What multiplies the values 0...255.
        var scale: Float {
            switch self {
            case .inception, .kerasTorch, .hub: 1 / 255
            case .slimInception, .kerasTF: 2 / 255
            case .imagenet, .imagenetTight, .reid, .slimVGG, .kerasCaffe, .efficientNet, .raw: 1
            }
        }

        /// What is taken off behind it.
        var means: ChannelMeans {
            switch self {
            case .imagenet, .imagenetTight, .reid, .slimVGG: .imagenet
            case .inception, .hub, .raw: .none
            case .slimInception, .kerasTF: ChannelMeans(red: 1, green: 1, blue: 1)
            case .kerasCaffe: ChannelMeans(red: 123.68, green: 116.779, blue: 103.939)
            case .kerasTorch: ChannelMeans(red: 0.485, green: 0.456, blue: 0.406)
            case .efficientNet:
                ChannelMeans(red: 0.485 * 255, green: 0.456 * 255, blue: 0.406 * 255)
            }
        }

        var finish: ChannelFinish {
            switch self {
            case .kerasCaffe: ChannelFinish(factors: [1, 1, 1], isReversed: true)
            case .kerasTorch:
                ChannelFinish(factors: [1 / 0.229, 1 / 0.224, 1 / 0.225], isReversed: false)
            case .efficientNet:
                ChannelFinish(
                    factors: [1 / (0.229 * 255), 1 / (0.224 * 255), 1 / (0.225 * 255)],
                    isReversed: false
                )
            default: .none
            }
        }

        /// TensorFlow's own is the fast one; Keras reads pictures by Pillow.
        var dctMethod: DCTMethod {
            switch self {
            case .inception, .slimInception, .slimVGG, .hub, .efficientNet, .raw: .fast
            case .imagenet, .imagenetTight, .reid, .kerasTF, .kerasCaffe, .kerasTorch: .accurate
            }
        }

        /// Those of other networks, with the size that is usual.
        static let foreign: [(name: String, family: Family, imageSize: Int)] = [
            ("slim_inception", .slimInception, 299), ("slim_vgg", .slimVGG, 224),
            ("keras_tf", .kerasTF, 224), ("keras_caffe", .kerasCaffe, 224),
            ("keras_torch", .kerasTorch, 224), ("hub", .hub, 224),
            ("efficientnet", .efficientNet, 224), ("raw", .raw, 224),
        ]
    }

    let family: Family
    let imageSize: Int

    init(_ name: String) throws(PictureError) {
        for foreign in Family.foreign where name.hasPrefix(foreign.name) {
            let rest = name.dropFirst(foreign.name.count)
            family = foreign.family
            if rest.isEmpty {
                imageSize = foreign.imageSize
                return
            }
            guard rest.first == "_", (2...4).contains(rest.utf8.count - 1),
                rest.utf8.dropFirst().allSatisfy({ (48...57).contains($0) }),
                let size = Int(rest.dropFirst())
            else { throw .unknownPreprocessing(name) }
            imageSize = size
            return
        }
        switch name {
        case "imagenet": (family, imageSize) = (.imagenet, 224)
        case "imagenet_224_256": (family, imageSize) = (.imagenet, 256)
        case "imagenet_224_256a": (family, imageSize) = (.imagenetTight, 256)
        case "reid": (family, imageSize) = (.reid, 256)
        case "reid_224": (family, imageSize) = (.reid, 224)
        case "inception_331": (family, imageSize) = (.inception, 331)
        case "inception_600": (family, imageSize) = (.inception, 600)
        default:
            var rest = Substring(name)
            guard rest.hasPrefix("imagenet_") else { throw .unknownPreprocessing(name) }
            rest.removeFirst("imagenet_".count)
            family = rest.hasSuffix("a") ? .imagenetTight : .imagenet
            if family == .imagenetTight { rest.removeLast() }
            guard rest.utf8.count == 3, rest.utf8.allSatisfy({ (48...57).contains($0) }),
                let size = Int(rest)
            else {
                throw .unknownPreprocessing(name)
            }
            imageSize = size
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
