import Engine
import Testing

@Suite("Sums of losses")
struct SumOrderTests {
    /// Rows whose losses lie between next to nothing and more than 10³⁸.
    private static let rows: [[Float]] = (0..<60).map { index in
        let size = Float(sign: .plus, exponent: (index * 7) % 125 - 20, significand: 1.37)
        return [size, -size / 3, Float(index), 0]
    }

    private func sum(_ order: [Int]) -> CrossEntropy {
        var entropy = CrossEntropy()
        for index in order {
            let row = Self.rows[index]
            entropy.add(row.span, label: index % 4)
        }
        return entropy
    }

    @Test("do not depend on the order, nor on how they are divided, however large their terms")
    func order() {
        let all = Array(Self.rows.indices)
        let whole = sum(all)
        #expect(whole.value.isFinite)
        #expect(sum(all.reversed()) == whole)
        for parts in [2, 3, 7] {
            var merged = CrossEntropy()
            for part in 0..<parts { merged.merge(sum(all.filter { $0 % parts == part })) }
            #expect(merged == whole)
            #expect(merged.value == whole.value)
        }
    }
}
