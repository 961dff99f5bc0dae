/// The arithmetic of a training.
public enum TrainingMath: String, Sendable, CaseIterable {
    /// Float32, every product computed.
    case exact
    /// Float32, 3x3 convolutions and their gradients by Winograd's algorithm.
    case fast
    /// Activations and their gradients in bfloat16; parameters, statistics and losses in float32. A convolution's products
    /// are bfloat16's where the processor is faster at them than at what ``fast`` does.
    case bf16

    /// Whether this processor can compute it.
    public var isAvailable: Bool { inference.isAvailable }

    /// The inference mode that plans the layers without parameters alike.
    var inference: MathMode {
        switch self {
        case .exact: .exact
        case .fast: .fast
        case .bf16: .bf16
        }
    }
}

/// Choices about how the gradient of a graph is computed.
public struct TrainingOptions: Sendable {
    /// The arithmetic.
    public var math: TrainingMath
    /// Whether batch norms use and learn the batch's statistics; else they use the moving ones and leave them.
    public var usesBatchStatistics = true
    /// Whether bottlenecks forget their inner activations and compute them again in the backward pass.
    public var checkpointsActivations = false
    /// Whether the gradient with respect to the pictures is computed too.
    package var wantsInputGradient = false
    /// Where bfloat16 counts as faster than float32; nil to measure it.
    package var bfloat16Gain: BFloat16Gain?

    /// Whether convolutions multiply in bfloat16.
    public var multipliesBFloat16: Bool { gain != .nowhere }

    /// Whether convolutions may be computed by Winograd's algorithm, in float32.
    var allowsWinograd: Bool { math != .exact && gain != .everywhere }

    private var gain: BFloat16Gain { math == .bf16 ? bfloat16Gain ?? .here : .nowhere }

    /// Options; the defaults are plain float32.
    public init(math: TrainingMath = .exact) {
        self.math = math
    }
}
