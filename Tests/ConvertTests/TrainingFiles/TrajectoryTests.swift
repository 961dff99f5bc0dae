import Engine
import TestSupport
import Testing

/// Our trainings against what TensorFlow 1.14 did from the same start with the same pictures.
@Suite(.serialized)
struct TrajectoryTests {
    @Test("four steps go where the reference's went", arguments: GoldenTraining.names)
    func trajectory(name: String) throws {
        try check(name, RepeatedTraining(name))
    }

    @Test("Winograd's algorithm and activations that are computed again stay within the tolerance")
    func fast() throws {
        try check("vanilla", RepeatedTraining("vanilla", math: .fast, checkpointing: true))
    }

    @Test(
        "steps in bfloat16 go about where the reference's went, whichever type multiplies",
        .needsBFloat16,
        arguments: BFloat16Gain.allCases
    )
    func bfloat16(gain: BFloat16Gain) throws {
        let training = try RepeatedTraining("distill", math: .bf16, bfloat16Gain: gain)
        let worst = try training.worstVariable()
        print("training in bf16 (faster \(gain)): loss \(training.worstLoss), norm \(worst.norm)")
        #expect(training.worstLoss <= 2e-2)
        #expect(worst.norm.1 <= 2e-2, "\(worst.norm.0)")
    }

    private func check(_ name: String, _ training: RepeatedTraining) throws {
        let logits = training.worstLogits
        let worst = try training.worstVariable()
        let slots = try training.slotError()
        print(
            "training \(name): loss \(training.worstLoss), rate \(training.worstRate), "
                + "logits \(logits.first) at first, \(logits.any) at worst, "
                + "norm \(worst.norm.1) (\(worst.norm.0)), sample \(worst.sample.1) "
                + "(\(worst.sample.0)), slots \(slots)"
        )
        #expect(training.worstLoss <= 1e-4)
        #expect(training.worstRate <= 1e-5)
        #expect(logits.first <= 1e-4)
        #expect(worst.norm.1 <= 1e-3, "\(worst.norm.0)")
        #expect(worst.sample.1 <= 2e-3, "\(worst.sample.0)")
        #expect(slots <= 5e-2)
    }
}
