/// How exact the arithmetic of a network is to be, and what it may cost.
///
/// In every mode a picture's logits are the same bits in any batch and at any place in it, on any number of threads.
public enum MathMode: String, Sendable, CaseIterable {
    /// Float32, every product computed.
    case exact
    /// Float32, 3x3 convolutions by Winograd's algorithm where that is faster; inside the parity tolerance.
    case fast
    /// Products, activations and weights in bfloat16, sums in float32.
    case bf16
    /// Winograd in float32 for 3x3 convolutions, bfloat16 elsewhere: more exact than ``bf16``, and as fast. Where the
    /// processor multiplies float32 as fast as bfloat16, the same as ``fast``.
    case mixed

    /// Whether this processor can compute it; ``mixed`` always, as ``fast`` where it must.
    public var isAvailable: Bool { self != .bf16 || Processor.hasBFloat16 }

    /// The type of activations that no layer wants otherwise.
    var activationType: ElementType {
        switch self {
        case .exact, .fast: .float32
        case .bf16, .mixed: .bfloat16
        }
    }
}

/// Choices about how a graph is computed.
public struct ExecutionOptions {
    /// The arithmetic.
    public var math: MathMode
    /// What is done to the graph first.
    public var passes: [Pass]
    /// What an earlier plan of the same network made of its weights, and where this one leaves what it makes.
    public var prepared: PreparedWeights?
    /// Where bfloat16 counts as faster than float32; nil to measure it.
    package var bfloat16Gain: BFloat16Gain?

    /// The arithmetic that is really computed: ``MathMode/mixed`` is ``MathMode/fast`` where bfloat16 gains nothing.
    public var effectiveMath: MathMode {
        guard math == .mixed else { return math }
        return (bfloat16Gain ?? .here) == .nowhere ? .fast : .mixed
    }

    /// Options; the defaults are the fastest that stay inside the parity tolerance.
    public init(
        math: MathMode = .fast,
        passes: [Pass] = Pass.all,
        prepared: PreparedWeights? = nil
    ) {
        self.math = math
        self.passes = passes
        self.prepared = prepared
    }
}
