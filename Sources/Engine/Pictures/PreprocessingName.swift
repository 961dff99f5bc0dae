/// A spelling taken apart.
struct PreprocessingName {
    /// What it begins with.
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

        /// Which part of a picture is seen.
        func framing(imageSize: Int) -> Preprocessing.Framing {
            switch self {
            case .imagenet, .slimVGG: .shorterSide(Int(Double(imageSize) / 0.875))
            case .imagenetTight: .shorterSide(imageSize + 1)
            case .reid, .kerasTF, .kerasCaffe, .kerasTorch, .hub, .raw: .square
            case .inception, .slimInception: .middle(share: 0.875)
            case .efficientNet:
                .middleSquare(share: Double(imageSize) / Double(imageSize + 32))
            }
        }

        /// What is done to each channel at the very end.
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

    /// What it begins with.
    let family: Family
    /// The size that belongs to it.
    let imageSize: Int

    /// Takes a spelling apart.
    ///
    /// - Throws: ``PictureError/unknownPreprocessing(_:)``.
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
