import Engine
import Foundation
import TestSupport
import Testing

@Suite struct LossesTests {
    static let settings: [LossSettings] = {
        var plain = LossSettings()
        var smooth = LossSettings()
        smooth.labelSmoothing = 0.1
        var distilled = smooth
        distilled.distillationTemperature = 3
        var sigmoid = LossSettings()
        sigmoid.classification = .sigmoid
        plain.weightDecay = 1
        return [plain, smooth, distilled, sigmoid]
    }()

    private func evaluate(
        _ settings: LossSettings,
        _ logits: [Float],
        scale: Double = 1
    ) -> (loss: Double, gradient: [Float]) {
        let targets = Targets(
            labels: [2, 0, 4],
            teacherLogits: Uniform.values("teacher", count: 15).map { 6 * $0 - 3 },
            classes: 5,
            settings: settings
        )
        var gradient = [Float](repeating: .nan, count: logits.count)
        let terms = unsafe logits.withUnsafeBufferPointer { logits in
            unsafe gradient.withUnsafeMutableBufferPointer { gradient in
                unsafe settings.evaluate(logits, targets, scale: scale, gradient: gradient)
            }
        }
        return (terms.total, gradient)
    }

    @Test("gradients are the slopes of the loss", arguments: settings)
    func slopes(settings: LossSettings) {
        let logits = Uniform.values("logits", count: 15).map { 8 * $0 - 4 }
        let found = evaluate(settings, logits)
        #expect(found.loss.isFinite && found.loss > 0)
        for index in logits.indices {
            var (above, below) = (logits, logits)
            above[index] += 0.01
            below[index] -= 0.01
            let step = Double(above[index]) - Double(below[index])
            let slope = (evaluate(settings, above).loss - evaluate(settings, below).loss) / step
            #expect(abs(slope - Double(found.gradient[index])) <= 2e-5)
        }
    }

    @Test("a scale multiplies the gradient and leaves the loss", arguments: settings)
    func scale(settings: LossSettings) {
        let logits = Uniform.values("logits", count: 15).map { 8 * $0 - 4 }
        let (plain, scaled) = (evaluate(settings, logits), evaluate(settings, logits, scale: 256))
        #expect(plain.loss == scaled.loss)
        #expect(plain.gradient.map { $0 * 256 } == scaled.gradient)
    }

    @Test("uniform logits cost what guessing costs")
    func guessing() {
        let zeros = [Float](repeating: 0, count: 15)
        #expect(abs(evaluate(Self.settings[0], zeros).loss - log(5)) <= 1e-12)
        // Five classes at one half each, one label a picture.
        #expect(abs(evaluate(Self.settings[3], zeros).loss - 5 * log(2)) <= 1e-12)
    }

    @Test("huge logits give finite losses and gradients", arguments: settings)
    func huge(settings: LossSettings) {
        let found = evaluate(settings, (0..<15).map { $0 % 2 == 0 ? 3e4 : -3e4 })
        #expect(found.loss.isFinite)
        #expect(found.gradient.allSatisfy { $0.isFinite })
    }

    @Test("a logit that is no number makes the loss none")
    func notANumber() {
        var logits = [Float](repeating: 0, count: 15)
        logits[7] = .nan
        #expect(evaluate(Self.settings[1], logits).loss.isNaN)
    }
}
