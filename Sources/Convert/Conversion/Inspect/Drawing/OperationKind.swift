/// What kind of thing an operation is: boxes are coloured by it.
public enum OperationKind: String, CaseIterable, Sendable {
    /// Products with weights.
    case layer
    /// Functions of each value.
    case activation
    /// Scaling by what values are like.
    case normalization
    /// Windows without weights.
    case pool
    /// Values in another order or number.
    case shape
    /// Two or more tensors made one, or arithmetic with each value.
    case arithmetic
    /// What is given, and what is asked for.
    case ends
    /// Constants and variables.
    case data
    /// Branches, loops, calls.
    case control
    /// Training, saving, reading.
    case service
    /// Anything else.
    case other

    /// What the kind is called in a legend.
    public var title: String {
        switch self {
        case .layer: "layer"
        case .activation: "activation"
        case .normalization: "normalisation"
        case .pool: "pool"
        case .shape: "shape"
        case .arithmetic: "arithmetic"
        case .ends: "input, output"
        case .data: "constant, variable"
        case .control: "control"
        case .service: "training, files"
        case .other: "other"
        }
    }

    /// The parts of names that tell kinds, lower-case; the first that fits counts.
    private static let words: [(kind: OperationKind, words: [String])] = [
        (
            .service,
            [
                "save", "restore", "assign", "apply", "gradient", "grad", "summary", "dataset",
                "iterator", "queue", "decode", "readfile", "random", "truncatednormal", "backprop",
                "dropout", "drop block", "assert", "initialized", "mergev2", "sharded",
            ]
        ),
        (.ends, ["placeholder", "input", "output", "_arg", "_retval"]),
        (
            .normalization,
            ["batchnorm", "normalization", "norm", "lrn", "affine", "moments", "response"]
        ),
        (
            .layer,
            [
                "conv", "matmul", "gemm", "dense", "einsum", "lstm", "gru", "rnn", "attention",
            ]
        ),
        (
            .activation,
            [
                "relu", "sigmoid", "tanh", "elu", "softmax", "softplus", "softsign", "swish",
                "gelu", "erf", "clip", "hardswish", "mish", "silu",
            ]
        ),
        (.pool, ["pool", "blur"]),
        (.data, ["const", "variable", "varhandle", "initializer"]),
        (
            .control,
            [
                "partitionedcall", "remotecall", "switch", "merge", "while", "loop", "enter",
                "exit", "nextiteration", "case", "noop", "scan", "call",
            ]
        ),
        (
            .shape,
            [
                "reshape", "transpose", "squeeze", "expanddims", "flatten", "pad", "slice",
                "gather", "split", "shape", "tile", "resize", "upsample", "spacetodepth",
                "depthtospace", "space to depth", "depth to space", "unpack", "cast", "identity",
                "stopgradient", "reverse", "range", "fill", "size", "rank", "batchtospace",
                "spacetobatch", "expand", "onehot", "where", "tensorarray", "tensorlist", "pack",
                "crop",
            ]
        ),
        (
            .arithmetic,
            [
                "add", "mul", "sub", "div", "concat", "max", "min", "mean", "sum", "reduce", "prod",
                "argm", "topk", "sqrt", "square", "exp", "log", "pow", "neg", "abs", "floor",
                "ceil", "round", "equal", "less", "greater", "not", "and", "or", "mod", "select",
                "reciprocal", "sin", "cos", "sign", "scale", "all", "any", "cumsum",
            ]
        ),
    ]

    /// The kind of an operation of TensorFlow's, of ONNX's, or of the engine's.
    public init(_ operation: String) {
        let name = operation.lowercased()
        if name == "if" || name == "statelessif" {
            self = .control
            return
        }
        self =
            Self.words.first { $0.words.contains { name.utf8.count <= 64 && name.contains($0) } }?
            .kind ?? .other
    }
}
