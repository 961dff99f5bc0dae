import Engine
import TestSupport
import Testing

@Suite struct RecallAtKTests {
    @Test("neighbours on a line")
    func line() {
        // 0 and 1 are pairs of a label, 4 is alone with its label, -1 lies between.
        let places: [Float] = [0, 1, 1.5, 3, 10]
        let labels = [7, 7, -1, 8, 8]
        let recall = RecallAtK(places, labels: labels, similarity: .euclidean)
        #expect(recall.queryCount == 4)
        // Place 1 has the distractor nearest, place 3 the distractor, 1 and 0; place 10 has 3.
        #expect(recall.value(1) == 0.5)
        #expect(recall.value(2) == 0.75)
        #expect(recall.value(3) == 0.75)
        #expect(recall.value(4) == 1)
    }

    @Test("a label that occurs once is never found")
    func alone() {
        let recall = RecallAtK([1, 2, 3], labels: [1, 1, 2], similarity: .euclidean)
        #expect(recall.value(100) == 2.0 / 3)
    }

    @Test("of equally near ones the first counts as nearer")
    func ties() {
        let before = RecallAtK([0, 1, 1], labels: [5, 5, -1], similarity: .euclidean)
        let after = RecallAtK([0, 1, 1], labels: [5, -1, 5], similarity: .euclidean)
        #expect(before.value(1) == 0.5)
        #expect(after.value(1) == 0)
        #expect(after.value(2) == 1)
    }

    @Test("cosine does not see lengths", arguments: [RecallAtK.Similarity.cosine, .euclidean])
    func naive(similarity: RecallAtK.Similarity) {
        let (count, dimension) = (150, 24)
        let values = Uniform.values("recall", count: count * dimension).enumerated()
            .map { ($1 - 0.5) * Float(1 + $0 / dimension % 5) }
        let labels = Uniform.values("recall/labels", count: count).map { Int($0 * 12) - 1 }
        let recall = RecallAtK(values, labels: labels, similarity: similarity)
        func row(_ index: Int) -> [Double] {
            let row = values[index * dimension..<(index + 1) * dimension].map(Double.init)
            let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return similarity == .cosine ? row.map { $0 / length } : row
        }
        let rows = (0..<count).map(row)
        let neighbours = (0..<count).map { query in
            let distances = (0..<count).map { other in
                zip(rows[query], rows[other]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            }
            return (0..<count).filter { $0 != query }.sorted { distances[$0] < distances[$1] }
        }
        for k in [1, 2, 5, 20] {
            let found = (0..<count).count { query in
                labels[query] != -1
                    && neighbours[query].prefix(k).contains { labels[$0] == labels[query] }
            }
            #expect(recall.value(k) == Double(found) / Double(recall.queryCount), "k = \(k)")
        }
    }
}
