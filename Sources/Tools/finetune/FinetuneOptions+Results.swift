import Engine
import Networks
import ToolSupport

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
