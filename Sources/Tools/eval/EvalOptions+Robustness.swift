import Base
import Engine
import Pictures
import ToolSupport

extension EvalOptions {
    // MARK: Robustness

    /// What robustness is measured against.
    enum Robustness: String, CaseIterable, Sendable {
        case ce, fr
    }

    static let robustness = Option(
        "robustness-type",
        .choice(of: Robustness.self),
        help: "Robustness in the place of accuracy. ce: the error under the corruptions of "
            + "ImageNet-C, of pictures <corruption>/<severity>/<class>/<picture> in --data-dir, "
            + "whose size is --image-size. fr: how often answers flip in the videos of "
            + "ImageNet-P, <perturbation>/<class>/<video>/<frame>."
    )
    static let cleanDirectory = Option(
        "clean-dir",
        .folder(),
        help: "Clean pictures, class folders or TFRecords, for the clean error and what is "
            + "relative to it; cut as for --corrupt-from."
    )
    static let corruptFrom = Option(
        "corrupt-from",
        .folder(),
        help: "Make the corrupted pictures of these in memory, class folders or TFRecords, as "
            + "make-records --corruptions makes files; the figures are those of the files. Clean "
            + "ones are measured too."
    )
    static let resize = Option(
        "resize",
        .integer(Corruptor.sides.lowerBound...65_536),
        aliases: ["RESIZE-SIZE", "resize-size"],
        help: "The shorter side that clean pictures are brought to before a square of "
            + "--image-size is cut out of their middle; without it 256 for 224, 292 for 256, and "
            + "8/7 of the square for others."
    )
    static let frostDirectory = Option(
        "frost-dir",
        .folder(),
        defaultText: "./frost",
        absent: { "./frost" },
        help: "Folder of the photographs of frost for --corrupt-from: frost1.png, frost2.png, "
            + "frost3.png, frost4.jpg and frost5.jpg."
    )
    static let difficulty = Option(
        "difficulty",
        .integer(1...3),
        default: 1,
        help: "Of fr: compare frames that are so many apart; those of noise lie in folders "
            + "<perturbation>_<difficulty>."
    )
    static let eventDirectory = Option(
        "event-dir",
        .folder(),
        help: "Folder for the event file with mCE or mFR, without it, as published, eval in the "
            + "checkpoint's folder; or with the figures of an evaluation, if it is given."
    )

    static let robustnessGroup = OptionGroup(
        "Robustness",
        [robustness, cleanDirectory, corruptFrom, resize, frostDirectory] + CorruptionOptions.all
            + [difficulty, eventDirectory]
    )

    // MARK: Parts

    static let part = Option(
        "shard",
        .part,
        help: "Take every Nth picture only, beginning with picture I (from 0), to share the work "
            + "between machines; needs --partial."
    )
    static let partial = Option(
        "partial",
        .file(),
        help: "Keep what has been counted in FILE, exactly; for --merge and --resume."
    )
    static let resume = Option(
        flag: "resume",
        help: "Go on from --partial FILE, if it is there."
    )
    static let merge = Option(
        "merge",
        each: .file(),
        help: "Print the figures of all parts together, which are those of one run; nothing else "
            + "is read."
    )

    static let partsGroup = OptionGroup("Parts", [part, partial, resume, merge])
}
