import ToolSupport

extension EvalOptions {
    /// The options of published commands that change nothing in an evaluation.
    static let unused = OptionGroup(
        "Unused",
        [
            UnusedOption("num-gpus", aliases: ["ng"], because: "the processor computes"),
            UnusedOption("gpu-index", because: "the processor computes"),
            UnusedOption("all-reduce-alg", aliases: ["ara"], because: "one processor computes"),
            UnusedOption("data-format", aliases: ["df"], because: "the engine chooses its layout"),
            UnusedOption("dtype", aliases: ["dt"], because: "float32 is used"),
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
            UnusedOption("export-dir", aliases: ["ed"], because: "nothing is exported"),
            UnusedOption("export-decoder-type", because: "nothing is exported"),
            UnusedOption(
                flag: "use-synthetic-data",
                aliases: ["synth"],
                because: "the data set is read"
            ),
            UnusedOption("arc-m"),
            UnusedOption("arc-s"),
            UnusedOption("autoaugment-type"),
            UnusedOption("base-learning-rate", aliases: ["blr"]),
            UnusedOption("benchmark-log-dir", aliases: ["bld"]),
            UnusedOption("benchmark-logger-type"),
            UnusedOption("benchmark-test-id", aliases: ["bti"]),
            UnusedOption("bigquery-data-set", aliases: ["bds"]),
            UnusedOption("bigquery-run-status-table", aliases: ["brst"]),
            UnusedOption("bigquery-run-table", aliases: ["brt"]),
            UnusedOption("bigquery-metric-table", aliases: ["bmt"]),
            UnusedOption("gcp-project", aliases: ["gp"]),
            UnusedOption(flag: "clean"),
            UnusedOption("dropblock-kp", aliases: ["drblkp"]),
            UnusedOption("end-learning-rate", aliases: ["elr"]),
            UnusedOption("epochs-between-evals", aliases: ["ebe"]),
            UnusedOption("hooks", aliases: ["hk"]),
            UnusedOption("keep-checkpoint-max"),
            UnusedOption(flag: "keep-ckpt-every-eval"),
            UnusedOption("learning-rate-decay-factor", aliases: ["lrdf"]),
            UnusedOption("learning-rate-decay-type", aliases: ["lrdt"]),
            UnusedOption("logit-type"),
            UnusedOption("loss-scale", aliases: ["ls"]),
            UnusedOption("lr-warmup-epochs"),
            UnusedOption("mixup-type"),
            UnusedOption("momentum", aliases: ["mmt"]),
            UnusedOption("num-best-ckpt-to-keep", aliases: ["nbck"]),
            UnusedOption("num-epochs-per-decay", aliases: ["nepd"]),
            UnusedOption("piecewise-lr-boundary-epochs", aliases: ["pwlrb"]),
            UnusedOption("piecewise-lr-decay-rates", aliases: ["pwlrd"]),
            UnusedOption("pretrained-model-checkpoint-path", aliases: ["pmcp"]),
            UnusedOption("ratio-fine-eval"),
            UnusedOption("save-checkpoints-epochs"),
            UnusedOption("stop-threshold", aliases: ["st"]),
            UnusedOption("train-epochs", aliases: ["te"]),
            UnusedOption("train-regex"),
            UnusedOption(flag: "training-random-crop"),
            UnusedOption(flag: "use-dropblock"),
            UnusedOption(flag: "use-hyperdash"),
            UnusedOption("use-ranking-loss"),
            UnusedOption(flag: "with-drawing-bbox"),
        ]
    )
}
