import Engine
import Networks
import ToolSupport

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
