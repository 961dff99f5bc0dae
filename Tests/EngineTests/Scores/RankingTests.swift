import Engine
import Testing

@Suite struct RankingTests {
    @Test("the largest logit wins, the first of several")
    func best() {
        #expect(Ranking.best(([1, 3, 2, 3] as [Float]).span) == 1)
        #expect(Ranking.best(([-5] as [Float]).span) == 0)
        #expect(Ranking.best(([.nan, -2, .nan, -1] as [Float]).span) == 3)
        #expect(Ranking.best(([.nan, .nan] as [Float]).span) == 0)
        #expect(Ranking.best(([1, .infinity] as [Float]).span) == 1)
    }

    @Test(
        "a label counts where fewer than k logits are strictly greater",
        arguments: [
            (1, 1, true), (1, 3, true), (1, 2, false), (2, 2, false), (3, 2, true), (3, 0, false),
            (4, 0, true), (5, 4, true), (4, 4, false), (4, 5, false), (9, -1, false),
        ]
    )
    func inTop(count: Int, label: Int, expected: Bool) {
        let logits: [Float] = [1, 3, 2, 3, 0.5]
        #expect(Ranking.isInTop(count, label: label, logits: logits.span) == expected)
    }

    @Test("a logit that is not finite leaves the answer unknown, which is false", arguments: 0..<3)
    func notFinite(place: Int) {
        for value in [Float.nan, .infinity, -.infinity] {
            var logits: [Float] = [1, 5, 2]
            logits[place] = value
            let isInTop = Ranking.isInTop(3, label: 1, logits: logits.span)
            #expect(!isInTop)
        }
    }
}
