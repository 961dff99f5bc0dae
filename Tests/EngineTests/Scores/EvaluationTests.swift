import Engine
import TestSupport
import Testing

@Suite struct EvaluationTests {
    static let classes = 11
    static let rows = 500
    static let logits = Uniform.values("evaluation/logits", count: rows * classes).map {
        8 * $0 - 4
    }
    static let labels = Uniform.values("evaluation/labels", count: rows).map { Int($0 * 11) }

    private func evaluation(_ rows: some Sequence<Int>) -> Evaluation {
        var evaluation = Evaluation()
        for row in rows {
            let start = row * Self.classes
            let logits = Self.logits.span.extracting(start..<start + Self.classes)
            let best = evaluation.add(logits, label: Self.labels[row])
            #expect(best == Ranking.best(logits))
        }
        return evaluation
    }

    @Test("the same bits in every order and from any parts")
    func order() {
        let whole = evaluation(0..<Self.rows)
        #expect(whole == evaluation((0..<Self.rows).reversed()))
        for parts in [2, 7, 64] {
            var merged = Evaluation()
            for part in 0..<parts {
                merged.merge(evaluation(stride(from: part, to: Self.rows, by: parts)))
            }
            #expect(merged == whole)
        }
        #expect(whole.count == Self.rows)
    }

    @Test("figures agree with their definition")
    func definition() {
        let whole = evaluation(0..<Self.rows)
        var (right, five) = (0, 0)
        for row in 0..<Self.rows {
            let logits = Self.logits[row * Self.classes..<(row + 1) * Self.classes]
            let own = logits[logits.startIndex + Self.labels[row]]
            right += logits.max() == own ? 1 : 0
            five += logits.sorted(by: >).prefix(5).contains(own) ? 1 : 0
        }
        #expect(whole.accuracy.correct == right)
        #expect(whole.topFive.correct == five)
        #expect(whole.accuracy.value == Double(right) / 500)
        #expect(right > 0 && right < five && five < Self.rows)
    }

    @Test("nothing counted gives no figure")
    func nothing() {
        #expect(Evaluation().accuracy.value.isNaN)
        #expect(Evaluation().crossEntropy.value.isNaN)
    }
}
