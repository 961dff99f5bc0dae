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
