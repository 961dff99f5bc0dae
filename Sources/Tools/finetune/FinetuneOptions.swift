import Convert
import Engine
import Networks
import Pictures
import Suite
import ToolSupport

/// What `finetune` can be told; what published scripts carry has its published name and default.
enum FinetuneOptions {
    static let table = OptionTable(
        tool: SuiteTool.finetune.rawValue,
        summary: SuiteTool.finetune.summary,
        examples: [
            .init(
                "fine-tune a published checkpoint on Food-101, as published",
                """
                finetune --recipe food101-assemble --data-dir food101
                --model-dir out --pretrained-model-checkpoint-path assemble50
                """
            ),
            .init(
                "a data set of one's own: a folder of pictures for each class",
                """
                finetune --model assemble-resnet-50 --data-dir flowers
                --pretrained-model-checkpoint-path assemble50 --model-dir out
                --learning-rate-decay-type cosine --train-epochs 30
                """
            ),
            .init("go on where it was stopped", "the same command again"),
        ],
        groups: [
            OptionGroup("Start", start),
            OptionGroup("Pictures", pictures),
            ModelOptions.group,
            OptionGroup("Loss", loss),
            OptionGroup("Steps", steps),
            OptionGroup("Evaluation", evaluation),
            OptionGroup("Retrieval", RetrievalOptions.all),
            OptionGroup("Running", running),
            OptionGroup("Results", results),
            unused,
        ],
        unusedNote: "not used"
    )

    /// Those that decide what a step does.
    static let deciding: [any DeclaredOption] =
        [
            trainingPattern, labelFile, labelOffset, imagesPerEpoch, autoAugment, randomCrop,
            augmentation, blueRange, redRange, fastColours, shuffle, shuffleBuffer, dtype, math,
            seed, RetrievalOptions.zeroShot,
        ] + PictureOptions.all + ModelOptions.all + loss + schedule

    /// Those that are written down beside the checkpoints: all but what only this run is told.
    static let remembered: [any DeclaredOption] =
        start + pictures + ModelOptions.all + loss + steps + evaluation + RetrievalOptions.all
        + running + results
}

// Start.
extension FinetuneOptions {
    static let modelDirectory = Option(
        "model-dir",
        .folder(),
        aliases: ["md"],
        help:
            "Folder for all that is left behind. If it holds a checkpoint, the training goes on from it."
    )
    static let pretrained = Option(
        "pretrained-model-checkpoint-path",
        .file("PATH"),
        aliases: ["pmcp"],
        help: "Checkpoint to begin with; without one, variables begin as TensorFlow's do."
    )
    static let warmStart = Option(
        "warm-start",
        .choice(of: WarmStart.self),
        default: .backbone,
        help:
            "What is taken of it. backbone: all but classifier and embedding. published: the same "
            + "without moving statistics, as the published code does. all: everything."
    )
    static let pretrainedWeights = Option(
        "pretrained-weights",
        .choice(of: WeightSet.self),
        default: .raw,
        help: "Its weights as trained, or their moving averages."
    )
    static let recipe = Option(
        "recipe",
        .choice(of: Recipe.self),
        help: "The flags of a published script; flags that are given too go before its."
    )
    static let clean = Option(
        flag: "clean",
        help:
            "First take away what earlier trainings left in --model-dir, also one that was stopped."
    )
    static let start: [any DeclaredOption] = [
        modelDirectory, pretrained, warmStart, pretrainedWeights, recipe, clean, evalOnly,
        exportOnly,
    ]
}

// Pictures.
extension FinetuneOptions {
    static let dataDirectory = Option(
        "data-dir",
        .folder(),
        aliases: ["dd"],
        help:
            "Folder of TFRecords; or of folders train and validation (or val), each with one folder of "
            + "pictures for each class; or of one folder for each class."
    )
    static let datasetName = DataOptions.datasetName
    static let trainingPattern = DataOptions.trainingPattern
    static let validationPattern = DataOptions.validationPattern
    static let labelFile = Option(
        "label-file",
        .file(),
        help: "Names of the class folders, one a line, in order; without it labels.txt in "
            + "--data-dir, if it is there. They are left in --model-dir."
    )
    static let labelOffset = Option(
        "label-offset",
        .integer(-1_048_576...1_048_576),
        default: 0,
        help: "Added to labels: 1 where the model's class 0 is a background."
    )
    static let imagesPerEpoch = Option(
        "images-per-epoch",
        .integer(1...1 << 40),
        help: "What schedules count as an epoch, where it is not the data set's number of pictures."
    )
    static let autoAugment = Option(
        "autoaugment-type",
        .choice(AugmentPolicy.allCases.map(\.rawValue) + ["cifar", ""]),
        help: "AutoAugment policy."
    )
    static let randomCrop = Option(
        flag: "training-random-crop",
        default: true,
        help: "Train on whole pictures instead of random windows."
    )
    static let augmentation = Option(
        flag: "augmentation",
        default: true,
        help: "Prepare pictures as for evaluation: no window, no mirror, no policy."
    )
    static let blueRange = Option(
        "cb-distortion-range",
        .number(0...1),
        default: 0.1,
        help: "inception: how far Cb is moved, of values from 0 to 1."
    )
    static let redRange = Option(
        "cr-distortion-range",
        .number(0...1),
        default: 0.1,
        help: "inception: how far Cr is moved."
    )
    static let fastColours = Option(
        flag: "use-fast-color-distort",
        default: true,
        help: "inception: change brightness and saturation in place of brightness, Cb and Cr."
    )
    static let shuffle = Option(
        flag: "shuffle",
        default: true,
        help: "Take files and records in their order."
    )
    static let shuffleBuffer = Option(
        "shuffle-buffer",
        .integer(1...1 << 30),
        help: "Records to draw from; the published number for a known data set, else 1000."
    )
    static let skipCorrupt = DataOptions.skipCorrupt
    static let inputThreads = Option(
        "input-threads",
        .integer(0...1024),
        defaultText: "0 on up to 4 threads, else 2",
        absent: { AvailableCores.count > 4 ? 2 : 0 },
        help:
            "Threads that prepare pictures ahead, beside those that train; 0: in turn with the training."
    )
    static let pictures: [any DeclaredOption] =
        [
            dataDirectory, datasetName, trainingPattern, validationPattern, labelFile, labelOffset,
            imagesPerEpoch, autoAugment, randomCrop, augmentation, blueRange, redRange, fastColours,
            shuffle, shuffleBuffer, skipCorrupt, inputThreads,
        ] + RecordOptions.all + PictureOptions.all
}

// Loss.
extension FinetuneOptions {
    static let classification = LossOptions.classification
    static let labelSmoothing = LossOptions.labelSmoothing
    static let distillationTemperature = LossOptions.distillationTemperature
    static let mixup = Option(
        "mixup-type",
        .integer(oneOf: [0, 1, 2]),
        default: 0,
        help:
            "0: none. 1: twice the batch is drawn, and halves are mixed. 2: the batch is mixed twice."
    )
    static let weightDecay = Option(
        "weight-decay",
        .number(0...1e6),
        aliases: ["wd"],
        default: 0.00004,
        help: "Factor of the L2 penalty, which leaves batch norms out."
    )
    static let usesDropBlock = Option(
        flag: "use-dropblock",
        help: "DropBlock in the last two groups."
    )
    static let keepProbability = Option(
        "dropblock-kp",
        .list(.number(0...1)),
        aliases: ["drblkp"],
        default: [1, 0.9],
        help: "DropBlock's keep probability at the first step and at the last."
    )
    static let lossScale = Option(
        "loss-scale",
        .number(1e-6...1e9),
        aliases: ["ls"],
        default: 1,
        help: "What the loss is multiplied with, and its gradient divided by."
    )
    static let loss: [any DeclaredOption] = [
        classification, labelSmoothing, distillationTemperature, mixup, weightDecay, usesDropBlock,
        keepProbability, lossScale,
    ]
}
