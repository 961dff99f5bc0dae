import Convert
import Foundation
import Networks
import Suite
import ToolSupport

/// What `convert` can be told.
enum ConvertOptions {
    static let source = Option(
        optionalOperand: "SOURCE",
        .file("SOURCE"),
        help: "A checkpoint (its prefix, one of its files, its folder), the variables of a "
            + "SavedModel, a safetensors or npz file; or a graph of any network: a frozen graph, a "
            + "SavedModel, a TF-Hub module, a .meta file with its checkpoint."
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
        .choice(of: ConversionFormat.self, placeholder: "FORMAT"),
        help:
            "tf (a V2 checkpoint), safetensors, npz, torch (a Python file with its weights "
            + "beside it), onnx, saved-model (the published exporter's two "
            + "models) or frozen (a GraphDef with its weights); TARGET.safetensors, .npz, .py, .onnx and .pb "
            + "tell it too."
    )

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
    static let names = Option(
        "names",
        .choice(of: Names.self),
        default: .checkpoint,
        help: "timm-like: a network's parameters have PyTorch's names, and kernels their outputs "
            + "first; safetensors and npz files so named are taken back as they were."
    )

    /// What a network's parameters are called.
    enum Names: String, CaseIterable, Sendable {
        case checkpoint
        case timmLike = "timm-like"
    }

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
    static let layout = Option(
        "layout",
        .choice(of: ONNXExport.Layout.self),
        default: .nchw,
        help: "The order of an ONNX model's pictures; nhwc costs one transposition."
    )
    static let fold = Option(
        flag: "fold",
        help: "Fold batch norms into the convolutions before them (ONNX)."
    )
    static let dynamicSize = Option(
        flag: "dynamic-size",
        help: "Pictures of any height and width (ONNX); of version 2 multiples of 32."
    )
    static let preprocesses = Option(
        flag: "with-preprocessing",
        help: "Resizing, cropping and subtracting the means in the ONNX model: it takes decoded "
            + "pictures, uint8 [batch, height, width, 3], of any size. In a frozen graph or SavedModel that "
            + "is made of a graph: it takes JPEGs, image_bytes [batch]."
    )
    static let externalData = Option(
        flag: "external-data",
        help: "Weights of an ONNX model in a file beside it, TARGET.data, as those above 2 GB are."
    )
    static let verify = Option(
        flag: "verify",
        default: true,
        help: "Do not read back and compare what was written."
    )
    static let certificate = Option(
        "certificate",
        .file("FILE.json"),
        help:
            "Write down what was converted into what: digests of source, result and every tensor, the "
            + "names, and the logits of fixed pictures where the network is known."
    )
    static let check = Option(
        "check",
        .file("FILE.json"),
        help:
            "Convert nothing: hold a certificate against its files. SOURCE and -o TARGET say where "
            + "they are now, if not where they were."
    )
    static let dryRun = Option(
        flag: "dry-run",
        letter: "n",
        help: "Say what would be written, and write nothing."
    )

    static let table = OptionTable(
        tool: SuiteTool.convert.rawValue,
        summary: SuiteTool.convert.summary,
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
                "a certificate, and later a look whether all is as it was",
                """
                convert model.ckpt-2000 -o tiny.safetensors --certificate tiny.json
                convert --check tiny.json
                """
            ),
            .init(
                "for ONNX Runtime, OpenVINO and their like",
                "convert model.ckpt-2000 -o net.onnx --model assemble-resnet-50 --fold"
            ),
            .init(
                "for PyTorch: net.py defines the network, net.safetensors holds its weights",
                "convert model.ckpt-2000 -o net.py --model assemble-resnet-50"
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
            OptionGroup(
                "ONNX",
                [layout, fold, dynamicSize, preprocesses, externalData]
            ),
            OptionGroup("Tensors", [only, exclude, names, rename, type, weights, state]),
            OptionGroup("Pictures (of formats that hold a network)", PictureOptions.all),
            ModelOptions.group,
            OptionGroup("Graphs (convert them as inference computes them)", GraphOptions.all),
            OptionGroup("Proof", [verify, certificate, check, RunOptions.json]),
        ]
    )
}

extension TargetSettings {
    /// What the command line says of single formats.
    init(_ options: ParsedOptions) {
        self.init()
        shardCount = options[ConvertOptions.shards]
        writesMeta = options[ConvertOptions.meta]
        timestamp = options[ConvertOptions.timestamp]
        layout = options[ConvertOptions.layout]
        foldsBatchNorms = options[ConvertOptions.fold]
        isSizeDynamic = options[ConvertOptions.dynamicSize]
        imageSize = options[PictureOptions.imageSize]
        preprocesses = options[ConvertOptions.preprocesses]
        isExternal = options[ConvertOptions.externalData]
    }
}
