import Engine
import Glibc
import Testing

@Suite struct CrossEntropyTests {
    @Test("equal logits give the logarithm of the class count")
    func equal() {
        var entropy = CrossEntropy()
        entropy.add([Float](repeating: 3.5, count: 1001).span, label: 7)
        #expect(abs(entropy.value - log(1001)) < 1e-12)
    }

    @Test("a worked example")
    func example() {
        var entropy = CrossEntropy()
        entropy.add(([0, 1, 2] as [Float]).span, label: 0)
        entropy.add(([0, 1, 2] as [Float]).span, label: 2)
        let sum = log(1 + exp(1.0) + exp(2.0))
        #expect(abs(entropy.value - (sum - 1)) < 1e-12)
        #expect(entropy.count == 2)
    }

    @Test("of sigmoids: a worked example, and large logits")
    func sigmoid() {
        var entropy = CrossEntropy(.sigmoid)
        entropy.add(([0.5, -1, 2] as [Float]).span, label: 1)
        let expected = log(1 + exp(0.5)) + log(1 + exp(1.0)) + log(1 + exp(2.0))
        #expect(abs(entropy.value - expected) < 1e-12)
        entropy.add(([3e38, 0] as [Float]).span, label: 0)
        #expect(abs(entropy.value - (expected + log(2)) / 2) < 1e-12)
    }

    @Test("is the loss that training with sigmoids takes down")
    func agreement() {
        let logits: [Float] = [0.5, -1, 2, 0.25, 3, -2]
        var entropy = CrossEntropy(.sigmoid)
        entropy.add(logits.span.extracting(0..<3), label: 2)
        entropy.add(logits.span.extracting(3..<6), label: 0)
        var settings = LossSettings()
        settings.classification = .sigmoid
        let targets = Targets(labels: [2, 0], teacherLogits: nil, classes: 3, settings: settings)
        var slopes = [Float](repeating: 0, count: 6)
        let terms = unsafe logits.withUnsafeBufferPointer { values in
            unsafe slopes.withUnsafeMutableBufferPointer {
                unsafe settings.evaluate(values, targets, scale: 1, gradient: $0)
            }
        }
        #expect(abs(entropy.value - terms.crossEntropy) < 1e-12)
    }

    @Test("the largest logits neither overflow nor vanish")
    func extreme() {
        var entropy = CrossEntropy()
        entropy.add(([1000, -1000] as [Float]).span, label: 0)
        #expect(entropy.value == 0)
        entropy.add(([1000, -1000] as [Float]).span, label: 1)
        #expect(entropy.value == 1000)
        entropy.add(([-3e38, 3e38] as [Float]).span, label: 0)
        #expect(abs(entropy.value / 2e38 - 1) < 1e-6)
        entropy.add(([.nan, 0] as [Float]).span, label: 1)
        #expect(entropy.value.isNaN)
    }
}
