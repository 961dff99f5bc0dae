import Engine
import Networks
import Suite
import ToolSupport

/// What `eval` can be told.
enum EvalOptions {
    // MARK: Checkpoint

    static let modelDirectory = Option(
        "model-dir",
        .folder(),
        aliases: ["md"],
        help: "Folder of the checkpoint; its file `checkpoint` says which."
    )
    static let checkpoints = Option(
        "checkpoint",
        each: .file("PATH"),
        letter: "c",
        help:
            "A checkpoint: its prefix, one of its files, or a folder. Goes before --model-dir. Several "
            + "of them, or of a pattern such as 'out/model.ckpt-*', are measured and ranked."
    )
    static let everyCheckpoint = Option(
        flag: "every-checkpoint",
        help: "Measure every checkpoint of the folder, and rank them."
    )

    /// The one checkpoint that is named; nil where none is.
    static func checkpoint(_ options: ParsedOptions) -> String? {
        options[checkpoints].first ?? options[modelDirectory]
    }
    static let weights = Option(
        "weights",
        .choice(of: WeightSet.self),
        default: .raw,
        help: "The weights as trained, or their moving averages."
    )

    // MARK: Pictures

    static let dataDirectory = Option(
        "data-dir",
        .folder(),
        aliases: ["dd"],
        help: "Folder of TFRecords, or of one folder of pictures for each class."
    )
    static let datasetName = DataOptions.datasetName
    static let validationPattern = DataOptions.validationPattern
    static let labelFile = Option(
        "label-file",
        .file(),
        aliases: ["class-map"],
        help: "Names of the classes, one a line, in order; without it labels.txt beside the "
            + "checkpoint or the class folders, if it is there."
    )
    static let labelOffset = Option(
        "label-offset",
        .integer(-1_048_576...1_048_576),
        help: "Added to labels: of records, and of class folders and lines of --label-file, which "
            + "count from 0; 1 where the model's class 0 is a background."
    )
    static let realLabels = Option(
        "real-labels",
        .file("FILE.json"),
        help: "Measure against the reassessed labels of ImageNet too (ReaL: a list of classes for "
            + "each picture, by the number in its name)."
    )
    static let images = Option(
        "images",
        each: .file(),
        letter: "i",
        help: "Pictures to classify, without labels."
    )
    static let tensor = Option(
        "tensor",
        .file(),
        help: "Preprocessed pictures: a .npy file, float32, [batch, height, width, 3]."
    )
    // MARK: Running

    static let batchSize = DataOptions.batchSize
    static let limit = Option(
        "limit",
        .integer(1...Int.max),
        letter: "n",
        help:
            "Stop after N pictures; with --robustness-type, after N of each corruption and severity, "
            + "or N videos of each perturbation."
    )
    static let maxSteps = Option(
        "max-train-steps",
        .integer(1...1 << 40),
        aliases: ["mts"],
        help: "As published: at most N batches of --batch-size; --limit goes before it."
    )
    static let skipCorrupt = DataOptions.skipCorrupt
    static let guess = Option(
        flag: "guess",
        help: "Find out what the checkpoint cannot tell (anti-aliasing, pooling, --no-downsample, "
            + "preprocessing, label offset; of a graph the preprocessing, its cut, resize and order of channels) by trying it on labelled pictures, 256 or -n of them; what "
            + "is given is kept."
    )
    static let exportOnly = Option(
        openFlag: "export-only",
        help: "Refused: this tool exports nothing; finetune --export-only and convert do."
    )
    static let evalOnly = Option(
        openFlag: "eval-only",
        help: "Accepted: this tool evaluates only. False is refused."
    )

    // MARK: Loss

    static let classification = LossOptions.classification
    static let lossWithL2 = Option(
        flag: "loss-with-l2",
        help: "Add the L2 penalty to the printed loss, as the published evaluation does."
    )
    static let weightDecay = Option(
        "weight-decay",
        .number(0...1e6),
        aliases: ["wd"],
        default: 0.00004,
        help: "Factor of the L2 penalty of --loss-with-l2, which leaves batch norms out."
    )
    static let labelSmoothing = LossOptions.labelSmoothing
    static let distillationTemperature = LossOptions.distillationTemperature

    // MARK: Results

    static let resultsFile = Option(
        "results-file",
        .file(),
        letter: "o",
        help: "Write the scores, and what they were measured on, to FILE.json or FILE.csv."
    )
    static let metrics = Option(
        "metrics",
        .choice(of: Confusion.Averaging.self),
        help: "Precision, recall and F1 besides: macro, the mean over the classes, or micro, over "
            + "all pictures alike."
    )
    static let appendResults = Option(
        "append-results",
        .file("FILE.csv"),
        help: "Add a line to a table of models, with timm's columns (model, top1, top1_err, …); it "
            + "is made where it is not there."
    )
    static let page = Option(
        "html",
        .file(),
        help: "Write the figures to a page: classes, confusions, calibration and the surest "
            + "mistakes; with --robustness-type bars, with a picture under each corruption where "
            + "pictures are at hand."
    )
    static let predictions = Option(
        "predictions",
        .file(),
        help: "Write a JSON line for each picture: where it came from, label, top-5 classes."
    )
    static let logits = Option(
        "logits",
        .file("FILE.npy"),
        help: "Write the logits, [pictures, classes] float32."
    )
    static let embeddings = Option(
        "embeddings",
        .file("FILE.npy"),
        help:
            "Write the vectors for retrieval, [pictures, features] float32: the embedding, or the "
            + "pooled features where there is none."
    )
    static let pixels = Option(
        "pixels",
        .file("FILE.npy"),
        help: "Write the preprocessed pictures, [pictures, height, width, 3] float32."
    )
    static let stages = Option(
        "stages",
        .file("FILE.json"),
        help: "Write mean, deviation, largest magnitude and samples of every stage."
    )

    static let table = OptionTable(
        tool: SuiteTool.eval.rawValue,
        summary: SuiteTool.eval.summary,
        examples: [
            .init(
                "the published evaluation of Assemble-ResNet-152",
                """
                eval --eval_only=True --dataset_name=imagenet
                --data_dir=imagenet --model_dir=assemble152
                --preprocessing_type=imagenet_224_256a
                --resnet_version=2 --resnet_size=152
                --bl_alpha=1 --bl_beta=2 --use_sk_block=True
                --anti_alias_type=sconv --anti_alias_filter_size=3
                """
            ),
            .init(
                "the same in short",
                "eval --model assemble-resnet-152 --data-dir imagenet --model-dir assemble152"
            ),
            .init(
                "which flags does this checkpoint want?",
                "eval --guess --model-dir trained --data-dir pictures"
            ),
            .init(
                "the published evaluation under corruptions",
                """
                eval --robustness_type=ce --data_dir=imagenet-C
                --label_file=label.txt --model_dir=assemble50
                --image_size=256 --model assemble-resnet-50
                """
            ),
            .init(
                "one half of an evaluation; another machine does --shard 1/2",
                """
                eval --data-dir imagenet --model-dir assemble50
                --shard 0/2 --partial half0.part
                """
            ),
            .init("both halves together", "eval --merge half0.part half1.part"),
            .init(
                "what is on these pictures?",
                """
                eval --model assemble-resnet-50 --model-dir assemble50
                --label-file labels.txt --images a.jpg b.jpg
                """
            ),
        ],
        groups: [
            OptionGroup("Checkpoint", [modelDirectory, checkpoints, everyCheckpoint, weights]),
            OptionGroup(
                "Pictures",
                [
                    dataDirectory, datasetName, validationPattern, labelFile, labelOffset, images,
                    tensor, realLabels,
                ] + RecordOptions.all + PictureOptions.all
            ),
            ModelOptions.group,
            OptionGroup("Graphs", GraphOptions.all),
            EngineOptions.group,
            OptionGroup(
                "Loss, as it is printed",
                [
                    classification, labelSmoothing, distillationTemperature, lossWithL2,
                    weightDecay,
                ]
            ),
            OptionGroup("Retrieval", RetrievalOptions.all),
            robustnessGroup,
            partsGroup,
            OptionGroup(
                "Running",
                [
                    batchSize, RunOptions.threads, RunOptions.mpi, limit, maxSteps, skipCorrupt,
                    guess, evalOnly,
                    exportOnly,
                    RunOptions.progress,
                ]
            ),
            OptionGroup(
                "Results",
                [
                    resultsFile, appendResults, metrics, page, predictions, logits, embeddings,
                    pixels, stages,
                    RunOptions.json,
                    RunOptions.force,
                ]
            ),
            unused,
        ],
        unusedNote: "not used for evaluation"
    )
}
