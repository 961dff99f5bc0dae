import Engine
import Networks
import ToolSupport

// Steps.
extension FinetuneOptions {
    static let batchSize = DataOptions.batchSize
    static let accumulate = Option(
        "accumulate",
        .integer(1...4096),
        help:
            "Parts that a step's pictures are computed in, which need less memory; batch norms see a part. "
            + "Without it --num-gpus, else 1."
    )
    static let gpuCount = Option(
        "num-gpus",
        .integer(-1...4096),
        aliases: ["ng"],
        help:
            "The processor computes, but divides a step's pictures into as many parts as that many GPUs would."
    )
    static let epochs = Option(
        "train-epochs",
        .integer(0...1_000_000),
        aliases: ["te"],
        default: 90,
        help: "Epochs in all."
    )
    static let maxSteps = Option(
        "max-train-steps",
        .integer(1...1 << 40),
        aliases: ["mts"],
        help:
            "As published: at most N steps between two evaluations, and at most N batches in each of these."
    )
    static let stopAtStep = Option(
        "stop-at-step",
        .integer(1...1 << 40),
        help: "Stop after N steps in all."
    )
    static let baseRate = Option(
        "base-learning-rate",
        .number(0...1e6),
        aliases: ["blr"],
        default: 0.01,
        help: "The learning rate at the end of the warm-up."
    )
    static let decayType = Option(
        "learning-rate-decay-type",
        .choice(["fixed", "exponential", "polynomial", "piecewise", "cosine"]),
        aliases: ["lrdt"],
        default: "exponential",
        help: "How the rate falls."
    )
    static let decayFactor = Option(
        "learning-rate-decay-factor",
        .number(0...1e6),
        aliases: ["lrdf"],
        default: 0.94,
        help: "exponential: factor of each fall."
    )
    static let epochsPerDecay = Option(
        "num-epochs-per-decay",
        .number(0...1e6),
        aliases: ["nepd"],
        default: 2,
        help: "exponential: epochs between falls. polynomial: epochs of the whole fall."
    )
    static let endRate = Option(
        "end-learning-rate",
        .number(0...1e6),
        aliases: ["elr"],
        default: 0.0001,
        help: "polynomial: the rate at the end."
    )
    static let boundaries = Option(
        "piecewise-lr-boundary-epochs",
        .list(.integer(0...1_000_000)),
        aliases: ["pwlrb"],
        default: [30, 60, 80, 90],
        help: "piecewise: epochs at which the factor changes."
    )
    static let factors = Option(
        "piecewise-lr-decay-rates",
        .list(.number(0...1e6)),
        aliases: ["pwlrd"],
        default: [1, 0.1, 0.01, 0.001, 1e-4],
        help: "piecewise: factors of the base rate, one more than there are boundaries."
    )
    static let warmup = Option(
        "lr-warmup-epochs",
        .integer(0...1_000_000),
        default: 0,
        help: "Epochs in which the rate rises from 0."
    )
    static let momentum = Option(
        "momentum",
        .number(0...1),
        aliases: ["mmt"],
        default: 0.9,
        help: "How much of the last step's direction survives."
    )
    static let nesterov = Option(
        flag: "nesterov",
        help: "Take steps from where the momentum would lead."
    )
    static let clipNorm = Option(
        "clip-gradients",
        .number(1e-12...1e12),
        help: "The largest norm of all gradients together."
    )
    static let averageDecay = Option(
        "ema-decay",
        .number(0...1),
        help: "Keep moving averages of all weights, of which so much survives a step."
    )
    static let freeze = Option(
        "freeze",
        each: .text("REGEX"),
        help:
            "Variables that stay as they are, moving statistics among them: regular expressions that match in "
            + "their names."
    )
    static let layerDecay = Option(
        "layer-decay",
        .number(0...1),
        default: 1,
        help: "Each group of blocks learns at the rate of the one behind it times this."
    )
    static let trainsStatistics = Option(
        flag: "train-batch-norm-statistics",
        default: true,
        help: "Batch norms use their moving statistics and leave them as they are."
    )
    static let sumType = Option(
        "allreduce-dtype",
        .choice(["fp32", "bf16"]),
        default: "fp32",
        help:
            "How gradients of parts are added up. bf16: each part rounded to bfloat16, added in float32, and "
            + "the sum rounded again: half the bytes between ranks."
    )
    /// All but where the training stops.
    static let schedule: [any DeclaredOption] = [
        batchSize, accumulate, gpuCount, sumType, epochs, baseRate, decayType, decayFactor,
        epochsPerDecay,
        endRate, boundaries, factors, warmup, momentum, nesterov, clipNorm, averageDecay, freeze,
        layerDecay, trainsStatistics,
    ]
    static let steps: [any DeclaredOption] = schedule + [maxSteps, stopAtStep]

    /// Parts that a step's pictures are computed in: one for each rank where nothing is said.
    static func partCount(_ options: ParsedOptions) -> Int {
        options[accumulate] ?? max(options[gpuCount] ?? Ranks.current.count, 1)
    }
}

// Evaluation.
extension FinetuneOptions {
    static let epochsBetweenEvaluations = Option(
        "epochs-between-evals",
        .integer(1...1_000_000),
        aliases: ["ebe"],
        default: 1,
        help: "Epochs between evaluations."
    )
    static let fineEvaluation = Option(
        "ratio-fine-eval",
        .number(0...1),
        default: 1,
        help: "From this share of the epochs on, evaluate every epoch."
    )
    static let evaluatedWeights = Option(
        "eval-weights",
        .choice(of: WeightSet.self),
        default: .raw,
        help: "Evaluate the weights as trained, or their moving averages."
    )
    static let stopThreshold = Option(
        "stop-threshold",
        .number(0...1),
        aliases: ["st"],
        help: "Stop when an evaluation's accuracy, or recall at 1 of a retrieval, is at least this."
    )
    static let evaluation: [any DeclaredOption] = [
        epochsBetweenEvaluations, fineEvaluation, evaluatedWeights, stopThreshold,
    ]
}

/// What becomes of a training whose loss is no number.
enum NaNPolicy: String, Sendable, CaseIterable {
    case stop, skip
}

/// The published types of arithmetic.
enum ComputeType: String, Sendable, CaseIterable {
    case fp32, fp16, bf16
}

// Running.
extension FinetuneOptions {
    static let width = Option(
        "width",
        .integer(1...4096),
        default: 64,
        help: "Channels of the first stage, from scratch."
    )
    static let dtype = Option(
        "dtype",
        .choice(of: ComputeType.self),
        aliases: ["dt"],
        default: .fp32,
        help:
            "bf16: activations, and products where the processor gains by it, in bfloat16; weights in float32. "
            + "fp16 is taken as fp32."
    )
    static let math = Option(
        "math",
        .choice(["exact", "fast"]),
        default: "fast",
        help: "Arithmetic of fp32. exact: all products. fast: Winograd for 3x3."
    )
    static let checkpointsActivations = Option(
        flag: "checkpoint-activations",
        help:
            "Compute blocks again in the backward pass rather than keep their activations: less memory."
    )
    static let seed = Option(
        "seed",
        .integer(0...Int.max),
        default: 0,
        help: "Decides everything random; the same seed and threads give the same bytes."
    )
    static let onNaN = Option(
        "on-nan",
        .choice(of: NaNPolicy.self),
        default: .stop,
        help: "A loss or gradient that is no number: stop (exit code 1), or leave the step out."
    )
    static let bucketSize = Option(
        "bucket-mb",
        .number(0...65536),
        default: 4,
        help:
            "Gradients that ranks add up together while the backward pass goes on, in MB of 2^20 bytes; 0: all "
            + "of them behind it. The results are the same."
    )
    static let running: [any DeclaredOption] = [
        width, dtype, math, checkpointsActivations, RunOptions.threads, RunOptions.mpi, bucketSize,
        seed, onNaN,
        RunOptions.progress,
    ]
}

// Results.
extension FinetuneOptions {
    static let saveEpochs = Option(
        "save-checkpoints-epochs",
        .number(1e-6...1e6),
        default: 1,
        help: "Epochs between checkpoints."
    )
    static let keptCheckpoints = Option(
        "keep-checkpoint-max",
        .integer(0...1_000_000),
        default: 20,
        help: "Checkpoints that are kept; 0: all."
    )
    static let bestCheckpoints = Option(
        "num-best-ckpt-to-keep",
        .integer(0...1_000_000),
        aliases: ["nbck"],
        default: 3,
        help: "Best checkpoints, by accuracy, that are kept in best/."
    )
    static let keepsEvaluated = Option(
        flag: "keep-ckpt-every-eval",
        default: true,
        help: "Do not keep every evaluated checkpoint in periodical/."
    )
    static let writesMeta = Option(
        flag: "meta",
        default: true,
        help: "Write no graph beside the checkpoints (.meta)."
    )
    static let logEvery = Option(
        "log-every",
        .integer(1...1_000_000),
        default: 10,
        help: "Steps between lines of metrics.jsonl and values for TensorBoard."
    )
    static let histograms = Option(
        flag: "histograms",
        help: "Histograms of all variables for TensorBoard, at each evaluation."
    )
    static let plot = Option(
        "plot",
        .file("FILE.svg"),
        help: "Draw loss, rate and accuracy over the epochs at the end."
    )
    static let benchmarkLogger = Option(
        "benchmark-logger-type",
        .choice(of: BenchmarkLogger.self),
        default: .none,
        help: "BenchmarkFileLogger: write the published benchmark_run.log and benchmark_metric.log."
    )
    static let benchmarkFolder = Option(
        "benchmark-log-dir",
        .folder(),
        aliases: ["bld"],
        help: "Folder for them."
    )
    static let benchmarkName = Option(
        "benchmark-test-id",
        .text("NAME"),
        aliases: ["bti"],
        help: "What they call the run."
    )
    static let hooks = Option(
        "hooks",
        .list(TrainingHook.kind),
        aliases: ["hk"],
        default: [],
        help:
            "ProfilerHook: write timeline-<step>.json, which chrome://tracing shows, at the second step "
            + "and every thousand steps behind it. The other published hooks tell nothing more than "
            + "metrics.jsonl does."
    )
    static let profile = Option(
        flag: "profile",
        help: "Print what each part of the second step took, and its share of what the machine can "
            + "do, to standard error."
    )
    /// Of the published export.
    static let exportDirectory = Option(
        "export-dir",
        .folder(),
        aliases: ["ed"],
        help: "Export the last checkpoint at the end, as published: SavedModels in "
            + "<data format>/binary_input/<time> and preprocessed_input/<time>, proved, the first with "
            + "model_performance.txt."
    )
    static let exportDecoder = Option(
        "export-decoder-type",
        .choice(["jpeg", "webp"]),
        default: "jpeg",
        help: "jpeg: measure the exported model on the pictures for validation."
    )
    static let dataFormat = Option(
        "data-format",
        .choice(["channels_first", "channels_last", ""]),
        aliases: ["df"],
        help:
            "The order of values in exported graphs, else channels_last; the engine's is its own."
    )
    static let results: [any DeclaredOption] = [
        saveEpochs, keptCheckpoints, bestCheckpoints, keepsEvaluated, writesMeta, logEvery,
        histograms, plot,
        exportDirectory, exportDecoder, dataFormat, benchmarkLogger, benchmarkFolder, benchmarkName,
        hooks,
        profile,
        RunOptions.json, RunOptions.force,
    ]
}
