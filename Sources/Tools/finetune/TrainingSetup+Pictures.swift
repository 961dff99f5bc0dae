import Data
import Engine
import Networks
import Pictures
import ToolSupport

// How pictures are prepared.
extension TrainingSetup {
    /// The preprocessing of training: that of evaluation, but for the published ones with a size for each.
    static func training(_ evaluation: InputConvention) throws -> Preprocessing {
        let preprocessing = evaluation.preprocessing
        guard ["imagenet_224_256", "imagenet_224_256a", "reid"].contains(preprocessing.name),
            evaluation.imageSize == nil
        else { return preprocessing }
        return try ToolError.about(nil, exitCode: .usage) {
            try Preprocessing(
                name: preprocessing.name,
                imageSize: 224,
                dctMethod: preprocessing.dctMethod,
                parts: preprocessing.parts
            )
        }
    }

    static func distortion(
        _ options: ParsedOptions,
        _ preprocessing: Preprocessing
    ) throws -> PictureDistortion? {
        guard options[FinetuneOptions.augmentation] else { return nil }
        let policy = options[FinetuneOptions.autoAugment].flatMap {
            $0 == "cifar" ? .cifar10 : AugmentPolicy(rawValue: $0)
        }
        var distortion = PictureDistortion(
            window: WindowSampler(isRandom: options[FinetuneOptions.randomCrop]),
            policy: policy
        )
        if preprocessing.name.hasPrefix("reid") {
            let largest = PictureDistortion.Style.largerSide
            guard preprocessing.imageSize <= largest else {
                throw ToolError(
                    .usage,
                    "\(preprocessing.name) cuts its pictures out of \(largest)x\(largest): train with a side "
                        + "of at most that, or with --no-augmentation"
                )
            }
            distortion.style = .twoSizes
        } else if preprocessing.name.hasPrefix("inception") {
            guard preprocessing.scale == 1 / 255 else {
                throw ToolError(
                    .usage,
                    "\(preprocessing.name) changes the colours of values of 0...1: leave --pixel-scale out, or train "
                        + "with --no-augmentation"
                )
            }
            guard policy == nil else {
                throw ToolError(
                    .usage,
                    "\(preprocessing.name) changes colours in its own way; the published code has no "
                        + "--autoaugment-type for it"
                )
            }
            distortion.style = .colours(
                ColourDistortion(
                    isFast: options[FinetuneOptions.fastColours],
                    blueRange: Float(options[FinetuneOptions.blueRange]),
                    redRange: Float(options[FinetuneOptions.redRange])
                ),
                .colours
            )
        }
        return distortion
    }
}
