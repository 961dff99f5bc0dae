internal import Engine
public import Testing

extension Trait where Self == ConditionTrait {
    /// A test that needs bfloat16, which processors with AVX-512 alone compute; skipped elsewhere.
    public static var needsBFloat16: Self {
        .enabled(
            if: MathMode.bf16.isAvailable,
            "this processor lacks AVX-512, which bfloat16 arithmetic needs"
        )
    }
}
