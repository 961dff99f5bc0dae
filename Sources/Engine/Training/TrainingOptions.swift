/// The arithmetic of a training.
public enum TrainingMath: String, Sendable, CaseIterable {
    /// Float32, every product computed.
    case exact
    /// Float32, 3x3 convolutions and their gradients by Winograd's algorithm.
    case fast
    /// Activations and their gradients in bfloat16; parameters, statistics and losses in float32. Products are bfloat16's
    /// where the processor multiplies that faster than float32, else as in ``fast``.
    case bf16

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
    /// Whether bfloat16 counts as faster than float32; nil to measure it.
    package var assumesFasterBFloat16: Bool?

    /// Whether convolutions multiply in bfloat16.
    public var multipliesBFloat16: Bool {
        math == .bf16 && (assumesFasterBFloat16 ?? BFloat16Speed.isGain)
    }

    /// Options; the defaults are plain float32.
    public init(math: TrainingMath = .exact) {
        self.math = math
    }
}
