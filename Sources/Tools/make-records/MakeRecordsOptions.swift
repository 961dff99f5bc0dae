import Checkpoint
import Data
import ToolSupport

/// What `make-records` can be told.
enum MakeRecordsOptions {
    static let layout = Option(
        "layout",
        .choice(of: PictureLayout.self),
        aliases: ["dataset-name"],
        default: .folders,
        help: "How the pictures lie: a folder for each class, or a published data set as its "
            + "archives unpack."
    )
    static let source = Option(
        "source",
        .folder(),
        letter: "s",
        aliases: ["data-dir", "input-dir"],
        help: "Folder of the pictures; with --extract, of the records."
    )
    static let outputDirectory = Option(
        "output-dir",
        .folder(),
        letter: "o",
        aliases: ["output-directory"],
        help: "Folder for the record files."
    )
    static let extract = Option(
        "extract",
        .folder(),
        help: "The way back: write the pictures of records to a folder, one folder a class."
    )
    static let labelFile = Option(
        "labels-file",
        .file(),
        aliases: ["label-file"],
        help:
            "Names of the classes, or ImageNet's synsets, one a line, in order; for class folders "
            + "labels.txt in their folder, if it is there."
    )
    static let labelOffset = Option(
        "label-offset",
        .integer(0...1_048_576),
        help: "Label of the first class, of class folders."
    )
    static let metadata = Option(
        "imagenet-metadata-file",
        .file(),
        aliases: ["metadata"],
        help: "ImageNet: synsets and what they are in words, a tab between."
    )
    static let boxes = Option(
        "bounding-box-file",
        .file("FILE.csv"),
        aliases: ["bounding-boxes"],
        help: "ImageNet: boxes, a picture's name and four shares of its extents a line."
    )
    static let validationLabels = Option(
        "validation-labels",
        .file(),
        help: "ImageNet: the synsets of validation pictures that lie in one folder, a line each; "
            + "or ILSVRC2012_validation_ground_truth.txt beside meta.mat, or LOC_val_solution.csv."
    )
    static let validationShare = Option(
        "validation-share",
        .number(0...1),
        default: 0,
        help: "Class folders without train and validation: the share that validates."
    )
    static let cutsToBoxes = Option(
        flag: "use-bbox",
        help: "Cut pictures to their boxes (CUB, Cars, UEC Food)."
    )
    static let logits = Option(
        "logits",
        each: .file("FILE.csv"),
        aliases: ["logits-file-path"],
        help: "A teacher's logits to put in as image/logit: lines of a picture's file name and its "
            + "logits, with commas between."
    )
    static let trainingShards = Option(
        "train-shards",
        .integer(1...99_999),
        help: "Files to train on; without it as many as published: 128, ImageNet 1024, UEC Food "
            + "64."
    )
    static let validationShards = Option(
        "validation-shards",
        .integer(1...99_999),
        help: "Files to validate with; without it as many as published: 16, ImageNet "
            + "and cars196_zeroshot 128."
    )
    static let seed = Option(
        "seed",
        .integer(0...Int.max),
        default: 12345,
        help: "Seed of the shuffling; as it is, the published order."
    )
    static let compression = Option(
        "compression",
        .choice(of: Compression.self),
        default: .none,
        help: "How the record files are compressed."
    )
    static let skipCorrupt = DataOptions.skipCorrupt

    /// How record files are compressed.
    enum Compression: String, CaseIterable, Sendable {
        case none, gzip, zlib

        var compression: RecordCompression {
            switch self {
            case .none: .none
            case .gzip: .gzip
            case .zlib: .zlib
            }
        }
    }

    static let table = OptionTable(
        tool: "make-records",
        summary: "make TFRecords of a data set's pictures, as the published builders do",
        examples: [
            .init(
                "pictures of one's own, in a folder for each class",
                "make-records --source flowers --output-dir records --validation-share 0.1"
            ),
            .init(
                "ImageNet",
                """
                make-records --layout imagenet --source ILSVRC2012 --output-dir imagenet
                --labels-file synsets.txt --imagenet-metadata-file metadata.txt
                --bounding-box-file boxes.csv
                """
            ),
            .init(
                "Food-101 as its archive unpacks",
                "make-records --layout food101 --source food-101 --output-dir records"
            ),
            .init(
                "back to pictures",
                "make-records --extract pictures --source records"
            ),
            .init(
                "the corrupted pictures of ImageNet-C",
                "make-records --corruptions -v ILSVRC2012/validation -o corrupted -f frost"
            ),
        ],
        groups: [
            OptionGroup("Pictures", [layout, source, extract, CorruptionsOptions.corruptions]),
            OptionGroup(
                "Classes and boxes",
                [
                    labelFile, labelOffset, metadata, boxes, validationLabels, validationShare,
                    cutsToBoxes,
                ]
            ),
            OptionGroup(
                "Records",
                [outputDirectory, trainingShards, validationShards, seed, compression, logits]
            ),
            OptionGroup(
                "Running",
                [
                    RunOptions.threads, skipCorrupt, RunOptions.progress, RunOptions.json,
                    RunOptions.force,
                ]
            ),
            OptionGroup("Records that are read, with --extract", RecordOptions.all),
        ]
    )
}
