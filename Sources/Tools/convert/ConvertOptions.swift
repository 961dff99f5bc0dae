import Convert
import Foundation
import ToolSupport

/// What `convert` can be told.
enum ConvertOptions {
    static let source = Option(
        operand: "SOURCE",
        .file("SOURCE"),
        help: "A checkpoint (its prefix, one of its files, its folder), the variables of a "
            + "SavedModel, or a safetensors file."
    )
    static let output = Option(
        "output",
        .file("TARGET"),
        letter: "o",
        help:
            "The file to write; of a checkpoint the path without ending, of a SavedModel the folder."
    )
    static let format = Option(
        "to",
        .choice(of: Format.self, placeholder: "FORMAT"),
        help:
            "tf (a V2 checkpoint), safetensors, saved-model (the published exporter's two models) "
            + "or frozen (a GraphDef with its weights); TARGET.safetensors and TARGET.pb tell it too."
    )

    /// What can be written.
    enum Format: String, CaseIterable, Sendable {
        case tf
        case safetensors
        case savedModel = "saved-model"
        case frozen

        /// The format that the end of a file's name tells.
        init?(path: String) {
            if path.hasSuffix(".safetensors") {
                self = .safetensors
            } else if path.hasSuffix(".pb") {
                self = .frozen
            } else {
                return nil
            }
        }

        /// Whether a network is written, and not only its weights.
        var holdsNetwork: Bool { self == .savedModel || self == .frozen }
    }

    static let only = Option(
        "only",
        each: .text("REGEX"),
        help: "Only the tensors whose name contains a match of one of these."
    )
    static let exclude = Option(
        "exclude",
        each: .text("REGEX"),
        help: "Leave out the tensors whose name contains a match of one of these."
    )
    static let rename = Option(
        "rename",
        each: .text("s/OLD/NEW/"),
        help: "Rename tensors: OLD is a regular expression, \\1 in NEW its first group. "
            + "Several rules are applied in turn."
    )
    static let type = Option(
        "dtype",
        .choice(of: WeightType.self, placeholder: "TYPE"),
        help: "Round weights to float16 or bfloat16, or widen them to float32. Statistics, slots "
            + "and counters stay as they are."
    )

    /// The types that weights can be given.
    enum WeightType: String, CaseIterable, Sendable {
        case float32
        case float16
        case bfloat16
    }

    static let weights = Option(
        "weights",
        .choice(of: WeightSet.self),
        default: .raw,
        help: "ema: the moving averages take the names and places of their weights."
    )
    static let state = Option(
        flag: "training-state",
        default: true,
        help: "Leave out optimiser slots, moving averages and counters such as global_step."
    )
    static let shards = Option(
        "shards",
        .integer(1...99999),
        default: 1,
        help: "Data files of a checkpoint."
    )
    static let meta = Option(
        flag: "meta",
        default: true,
        help: "Write no .meta file beside a checkpoint."
    )
    static let timestamp = Option(
        "timestamp",
        .integer(1...Int.max),
        defaultText: "now",
        absent: { Int(Date().timeIntervalSince1970) },
        help: "The name of a SavedModel's folder, in seconds since 1970."
    )
    static let verify = Option(
        flag: "verify",
        default: true,
        help: "Do not read back and compare what was written."
    )
    static let dryRun = Option(
        flag: "dry-run",
        letter: "n",
        help: "Say what would be written, and write nothing."
    )

    static let table = OptionTable(
        tool: "convert",
        summary: "hand the weights of a checkpoint on in another format, and prove it",
        examples: [
            .init("for everybody else", "convert model.ckpt-2000 -o tiny.safetensors"),
            .init("the way home", "convert tiny.safetensors --to tf -o back/model.ckpt-2000"),
            .init(
                "half the size, without what only training needs",
                "convert model.ckpt-2000 -o half.safetensors --dtype float16 --no-training-state"
            ),
            .init(
                "what TensorFlow serves: JPEGs in, classes and probabilities out",
                """
                convert model.ckpt-2000 --to saved-model -o export
                --model assemble-resnet-50
                """
            ),
            .init(
                "without the scope",
                "convert model.ckpt-2000 -o bare.safetensors --rename 's|^resnet_model/||'"
            ),
        ],
        operands: [source],
        groups: [
            OptionGroup(
                "Result",
                [output, format, shards, meta, timestamp, dryRun, RunOptions.force]
            ),
            OptionGroup("Tensors", [only, exclude, rename, type, weights, state]),
            OptionGroup("Pictures (of formats that hold a network)", PictureOptions.all),
            ModelOptions.group,
            OptionGroup("Report", [verify, RunOptions.json]),
        ]
    )
}
