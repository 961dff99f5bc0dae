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
