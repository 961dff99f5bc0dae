import Checkpoint
import Data
import Suite
import ToolSupport

/// What `make-records` can be told.
enum MakeRecordsOptions {
    static let layout = Option(
        "layout",
        .choice(of: PictureLayout.self),
        aliases: ["dataset-name"],
        defaultText: "folders; imagenet where --train-directory or --validation-directory is given",
        absent: { .folders },
        help: "How the pictures lie: a folder for each class, or a published data set as its "
            + "archives unpack."
    )
    static let source = Option(
        "source",
        .folder(),
        letter: "s",
        aliases: ["data-dir", "input-dir", "d", "i"],
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
            "Names of the classes, or ImageNet's synsets, one a line, in order, or its meta.mat; for "
            + "class folders labels.txt in their folder, if it is there."
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
        help: "ImageNet: synsets and what they are in words, a tab between; or meta.mat."
    )
    static let boxes = Option(
        "bounding-box-file",
        .file("FILE.csv|DIR"),
        aliases: ["bounding-boxes"],
        help:
            "ImageNet: boxes, a picture's name and four shares of its extents a line; or the folder "
            + "of the annotations, <synset>/<picture>.xml."
    )
    static let validationLabels = Option(
        "validation-labels",
        .file(),
        help: "ImageNet: the synsets of validation pictures that lie in one folder, a line each; "
            + "or ILSVRC2012_validation_ground_truth.txt beside meta.mat, or the development kit's "
            + "archive, or LOC_val_solution.csv, or Caffe's val.txt. Found where it lies in --source."
    )
    static let trainDirectory = Option(
        "train-directory",
        .file("DIR|TAR"),
        help: "ImageNet: folder or archive of the training pictures, in place of --source."
    )
    static let validationDirectory = Option(
        "validation-directory",
        .file("DIR|TAR"),
        help: "ImageNet: folder or archive of the validation pictures, in place of --source."
    )
    static let makesTraining = Option(
        flag: "make-train",
        default: true,
        help: "Make no files to train on."
    )
    static let makesValidation = Option(
        flag: "make-val",
        default: true,
        help: "Make no files to validate with."
    )
    static let sortValidation = Option(
        "sort-validation",
        .folder(),
        help:
            "Move ImageNet's validation pictures from this folder into a folder for each synset, by "
            + "--validation-labels; no records are made."
    )
    static let writeBoxes = Option(
        "write-bounding-boxes",
        .file("FILE.csv"),
        help:
            "Write the boxes of --bounding-box-file DIR as the published list, those of the synsets "
            + "of --labels-file alone if it is given; no records are made."
    )
    static let validationShare = Option(
        "validation-share",
        .number(0...1),
        default: 0,
        help: "Class folders without train and validation: the share that validates."
    )
    static let cutsToBoxes = Option(
        flag: "use-bbox",
        takesEveryTruth: true,
        help: "Cut pictures to their boxes (CUB, Cars, UEC Food)."
    )
    static let logits = Option(
        "logits",
        each: .file("FILE.csv|DIR"),
        aliases: ["logits-file-path"],
        help: "A teacher's logits to put in as image/logit: lines of a picture's file name and its "
            + "logits, with commas between; of a folder all train* and validation*."
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
    static let threadGroups = Option(
        "num-threads",
        .integer(1...99_999),
        help: "As in the published builders: the pictures are divided over so many groups of files "
            + "first; without it by the layout's own number. How many threads work, -j says."
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
        tool: SuiteTool.makeRecords.rawValue,
        summary: SuiteTool.makeRecords.summary,
        examples: [
            .init(
                "pictures of one's own, in a folder for each class",
                "make-records --source flowers --output-dir records --validation-share 0.1"
            ),
            .init(
                "ImageNet from its three archives as downloaded, in one folder",
                "make-records --layout imagenet --source ILSVRC2012 --output-dir imagenet"
            ),
            .init(
                "ImageNet as published",
                """
                make-records --train_directory=ILSVRC2012/train
                --validation_directory=ILSVRC2012/validation
                --output_directory=imagenet --labels_file=synsets.txt
                --imagenet_metadata_file=metadata.txt
                --bounding_box_file=boxes.csv
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
            OptionGroup(
                "Pictures",
                [
                    layout, source, trainDirectory, validationDirectory, extract,
                    CorruptionsOptions.corruptions,
                ]
            ),
            OptionGroup(
                "Classes and boxes",
                [
                    labelFile, labelOffset, metadata, boxes, validationLabels, validationShare,
                    cutsToBoxes, sortValidation, writeBoxes,
                ]
            ),
            OptionGroup(
                "Records",
                [
                    outputDirectory, trainingShards, validationShards, threadGroups, makesTraining,
                    makesValidation, seed, compression, logits,
                ]
            ),
            OptionGroup(
                "Running",
                [
                    RunOptions.threads, RunOptions.mpi, skipCorrupt, RunOptions.progress,
                    RunOptions.json,
                    RunOptions.force,
                ]
            ),
            OptionGroup("Records that are read, with --extract", RecordOptions.all),
        ],
        surplusHint: "pictures are given by --source DIR, their kind by --layout"
    )
}
