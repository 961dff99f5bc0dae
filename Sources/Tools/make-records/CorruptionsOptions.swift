import Base
import Pictures
import Suite
import ToolSupport

/// What `make-records --corruptions` can be told: the published generator's options, and some more.
///
/// A table of its own, as `-f` is another option there.
enum CorruptionsOptions {
    static let corruptions = Option(
        flag: "corruptions",
        help: "Make the corrupted pictures of ImageNet-C in place of records; "
            + "--corruptions --help lists the options for that."
    )
    static let source = Option(
        "source",
        .folder(),
        letter: "v",
        aliases: ["validation-dir", "data-dir", "input-dir"],
        help: "Folder of the pictures, a folder for each class."
    )
    static let outputDirectory = Option(
        "output-dir",
        .folder(),
        letter: "o",
        aliases: ["output-directory"],
        help: "Folder for <corruption>/<severity>/<class>/<picture>."
    )
    static let frostDirectory = Option(
        "frost-dir",
        .folder(),
        letter: "f",
        defaultText: "./frost",
        absent: { "./frost" },
        help: "Folder of the photographs of frost: frost1.png, frost2.png, frost3.png, frost4.jpg "
            + "and frost5.jpg, as the published generator has them. They cannot be had here, as "
            + "their licence is unknown."
    )
    static let resize = Option(
        "resize",
        .integer(Corruptor.sides.lowerBound...65_536),
        aliases: ["RESIZE-SIZE", "resize-size"],
        default: 256,
        help: "The shorter side that pictures are brought to, in pixels; published are 256 with a "
            + "crop of 224, and 292 with one of 256."
    )
    static let crop = Option(
        "crop",
        .integer(Corruptor.sides),
        aliases: ["CROP-SIZE", "crop-size"],
        default: 224,
        help: "The side of the square that is cut out of the middle."
    )
    static let records = Option(
        flag: "records",
        help:
            "Write TFRecords, <corruption>/<severity>/validation-…, in place of folders of files; "
            + "the pictures' bytes are the same. eval --robustness-type=ce reads either."
    )
    static let shards = Option(
        "shards",
        .integer(1...65_536),
        defaultText: "one for a thousand pictures",
        absent: { 0 },
        help: "Files of records for each corruption and severity."
    )
    static let labelOffset = Option(
        "label-offset",
        .integer(-1_048_576...1_048_576),
        default: 1,
        help: "The label of the first class in records; 1 leaves 0 to a background."
    )
    static let skipCorrupt = MakeRecordsOptions.skipCorrupt

    static let table = OptionTable(
        tool: SuiteTool.makeRecords.rawValue,
        summary: "with --corruptions, make the corrupted pictures of ImageNet-C of one's own, as "
            + "the published generator does; what is there is kept, so that a run that was stopped "
            + "goes on",
        examples: [
            .init(
                "all nineteen at five severities, 224x224",
                "make-records --corruptions -v ILSVRC2012/validation -o corrupted -f frost"
            ),
            .init(
                "for networks that see 256x256",
                """
                make-records --corruptions -v ILSVRC2012/validation -o corrupted-256
                -f frost --RESIZE_SIZE 292 --CROP_SIZE 256
                """
            ),
            .init(
                "fog and frost alone, lightly, without the photographs, as PNG",
                """
                make-records --corruptions --source flowers --output-dir corrupted
                --only fog,frost --severities 1,2 --frost procedural --lossless
                """
            ),
        ],
        groups: [
            OptionGroup("Pictures", [corruptions, source, resize, crop]),
            OptionGroup(
                "Corruptions",
                [
                    CorruptionOptions.only, CorruptionOptions.severities, frostDirectory,
                    CorruptionOptions.frost, CorruptionOptions.seed, CorruptionOptions.reseeds,
                ]
            ),
            OptionGroup(
                "Files",
                [
                    outputDirectory, records, shards, labelOffset, CorruptionOptions.lossless,
                    CorruptionOptions.jpeg,
                ]
            ),
            OptionGroup(
                "Running",
                [
                    RunOptions.threads, RunOptions.mpi, skipCorrupt, RunOptions.progress,
                    RunOptions.json,
                ]
            ),
        ]
    )

    /// Whether a command line asks for corruptions.
    static func isAsked(in arguments: [String]) -> Bool {
        arguments.prefix { $0 != "--" }.contains {
            $0.split(separator: "=").first == "--corruptions"
        }
    }
}
