/// How well a candidate explains the labels of pictures.
public struct GuessTrial: Sendable {
    /// The candidate.
    public let candidate: GuessCandidate
    /// What is added to the labels, for each row of ``losses``.
    let offsets: [Int]
    /// The cross entropy of each picture that was tried, for each label offset; not a number where the picture cannot be used.
    private var losses: [[Double]]
    /// Whether the label had the largest logit.
    private(set) var hits: [[Bool]]

    init(_ candidate: GuessCandidate, offsets: [Int]) {
        self.candidate = candidate
        self.offsets = offsets
        losses = offsets.map { _ in [] }
        hits = losses.map { _ in [] }
    }

    /// How many pictures were tried.
    public var count: Int { losses[0].count }

    /// Counts a picture: for each offset its loss, and whether it is a hit.
    mutating func add(_ results: [(loss: Double, isHit: Bool)]) {
        for (row, result) in results.enumerated() {
            losses[row].append(result.loss)
            hits[row].append(result.isHit)
        }
    }

    /// What counts: the cross entropy, which tells candidates apart that are equally often right, and as much again as 1 nat for
    /// a picture that is not recognised, which tells a network that is right from one that is merely sure.
    private func score(_ row: Int, _ picture: Int) -> Double {
        losses[row][picture] + (hits[row][picture] ? 0 : 1)
    }

    private func scores(_ row: Int, _ count: Int) -> [Double] {
        (0..<count).map { score(row, $0) }
    }

    /// The row with the least score over the first pictures; the usual offset, if it is as good.
    private func best(_ count: Int) -> Int {
        let means = losses.indices.map { Self.mean(scores($0, count)) }
        return means.indices.min { means[$0] < means[$1] } ?? 0
    }

    /// The mean score, see ``margin(to:)``.
    var score: Double { Self.mean(scores(best(count), count)) }

    /// What is best added to the labels.
    public var labelOffset: Int { offsets[best(count)] }

    /// The mean cross entropy, in nats; that of one picture counts no more than a few times that of a blind guess.
    public var loss: Double { Self.mean(losses[best(count)]) }

    /// The share of pictures whose label has the largest logit.
    public var accuracy: Double {
        let row = best(count)
        let used = losses[row].indices.filter { !losses[row][$0].isNaN }
        return Double(used.count { hits[row][$0] }) / Double(max(used.count, 1))
    }

    /// By how much another one is worse, over the pictures that both have seen: the mean of cross entropy and misses together, in
    /// nats, and its standard error.
    public func margin(to other: GuessTrial) -> (mean: Double, error: Double) {
        let shared = min(count, other.count)
        let own = scores(best(shared), shared)
        let others = other.scores(other.best(shared), shared)
        let differences = (0..<shared).map { others[$0] - own[$0] }.filter { !$0.isNaN }
        guard differences.count > 1 else { return (0, .infinity) }
        let mean = differences.reduce(0, +) / Double(differences.count)
        let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let variance = squares / Double(differences.count - 1)
        return (mean, (variance / Double(differences.count)).squareRoot())
    }

    private static func mean(_ values: [Double]) -> Double {
        let used = values.filter { !$0.isNaN }
        return used.isEmpty ? .infinity : used.reduce(0, +) / Double(used.count)
    }
}
