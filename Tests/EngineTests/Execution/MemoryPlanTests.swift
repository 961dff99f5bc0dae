import Engine
import TestSupport
import Testing

@Suite struct MemoryPlanTests {
    /// Whether no two buffers that live at the same time share a byte, and all lie inside.
    static func fault(of plan: MemoryPlan) -> String? {
        for first in plan.offsets.indices {
            let place = plan.offsets[first]..<(plan.offsets[first] + plan.byteCounts[first])
            if place.upperBound > plan.byteCount { return "buffer \(first) ends outside" }
            if place.lowerBound % 64 != 0 { return "buffer \(first) is not aligned" }
            for second in 0..<first
            where plan.lifetimes[first].overlaps(plan.lifetimes[second])
                && place.overlaps(
                    plan.offsets[second]..<(plan.offsets[second] + plan.byteCounts[second])
                )
            {
                return "buffers \(second) and \(first) overlap"
            }
        }
        return nil
    }

    @Test("random buffers: what lives at the same time never overlaps", arguments: 0..<50)
    func random(seed: Int) {
        let numbers = Uniform.values("plan \(seed)", count: 300)
        let (sizes, starts, lengths) = (numbers[..<100], numbers[100..<200], numbers[200...])
        let plan = MemoryPlan(
            byteCounts: sizes.map { Int($0 * $0 * 100_000) },
            lifetimes: zip(starts, lengths).map { start, length in
                let first = Int(start * 60)
                return first...(first + Int(length * 12))
            }
        )
        #expect(Self.fault(of: plan) == nil)
        // What lives at one step must fit; no plan is smaller, and a good one not much larger.
        var peak = 0
        for step in 0..<80 {
            var sum = 0
            for (size, life) in zip(plan.byteCounts, plan.lifetimes) where life.contains(step) {
                sum += (size + 63) / 64 * 64
            }
            peak = max(peak, sum)
        }
        #expect(plan.byteCount >= peak)
        #expect(Double(plan.byteCount) <= 1.35 * Double(peak))
    }

    @Test("memory is used again as soon as its last reader is done")
    func chain() {
        let plan = MemoryPlan(
            byteCounts: [128, 128, 128, 128],
            lifetimes: [0...1, 1...2, 2...3, 3...4]
        )
        #expect(plan.byteCount == 256)
        #expect(plan.offsets == [0, 128, 0, 128])
    }

    @Test("buffers that touch at a step, as its input and its output, are apart")
    func touching() {
        let plan = MemoryPlan(byteCounts: [64, 1], lifetimes: [0...3, 3...3])
        #expect(plan.offsets == [0, 64])
    }

    @Test("no buffers take no memory")
    func none() {
        #expect(MemoryPlan(byteCounts: [], lifetimes: []).byteCount == 0)
    }
}
