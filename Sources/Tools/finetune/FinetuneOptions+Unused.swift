import ToolSupport

extension FinetuneOptions {
    static let evalOnly = Option(
        openFlag: "eval-only",
        help: "Accepted as False; this tool trains, `eval` evaluates."
    )

    static let exportOnly = Option(
        openFlag: "export-only",
        help: "Train nothing: export the checkpoint of --model-dir to --export-dir."
    )

    /// The options of published commands that change nothing here.
    static let unused = OptionGroup(
        "Unused",
        [
            UnusedOption("gpu-index", because: "the processor computes"),
            UnusedOption("all-reduce-alg", aliases: ["ara"], because: "one processor computes"),
            UnusedOption(
                "inter-op-parallelism-threads",
                aliases: ["inter"],
                because: "--threads decides"
            ),
            UnusedOption(
                "intra-op-parallelism-threads",
                aliases: ["intra"],
                because: "--threads decides"
            ),
            UnusedOption("val-batch-size", because: "--batch-size decides"),
            UnusedOption(
                flag: "use-synthetic-data",
                aliases: ["synth"],
                because: "the data set is read"
            ),
            UnusedOption("logit-type", because: "the published code does not use it"),
            UnusedOption("arc-m", because: "the published code does not use it"),
            UnusedOption("arc-s", because: "the published code does not use it"),
            UnusedOption("use-ranking-loss", because: "the published code does not use it"),
            UnusedOption("bigquery-data-set", aliases: ["bds"]),
            UnusedOption("bigquery-run-status-table", aliases: ["brst"]),
            UnusedOption("bigquery-run-table", aliases: ["brt"]),
            UnusedOption("bigquery-metric-table", aliases: ["bmt"]),
            UnusedOption("gcp-project", aliases: ["gp"]),
            UnusedOption(flag: "use-hyperdash"),
            UnusedOption(flag: "with-drawing-bbox"),
        ]
    )
}
