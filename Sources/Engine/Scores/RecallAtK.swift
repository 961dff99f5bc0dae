import COneDNN

/// The share of pictures whose nearest neighbours hold one of the same label.
///
/// Every picture is a query against all the others; a label of -1 marks a distractor, which is a neighbour but
/// never a query. Of equally near neighbours the one that comes first is the nearer.
public struct RecallAtK: Equatable, Sendable {
    /// What near means.
    public enum Similarity: String, CaseIterable, Equatable, Sendable {
        /// The cosine of the angle between two embeddings.
        case cosine
        /// The negative squared distance.
        case euclidean
    }

    /// For each query, how many others are nearer than the nearest of its label; nil where there is none.
    private let ranks: [Int?]

    /// How many queries there were.
    public var queryCount: Int { ranks.count }

    /// How many of them have another of their label, which could be found.
    public var answerableCount: Int { ranks.count { $0 != nil } }

    /// Ranks all neighbours.
    ///
    /// `embeddings` is `[picture, dimension]`, row by row.
    ///
    /// - Precondition: there is a label for every row of `embeddings`, which must not be empty.
    public init(_ embeddings: consuming [Float], labels: [Int], similarity: Similarity = .cosine) {
        let count = labels.count
        precondition(
            count > 0 && !embeddings.isEmpty && embeddings.count.isMultiple(of: count),
            "\(embeddings.count) values for \(count) labels"
        )
        let dimension = embeddings.count / count
        if similarity == .cosine { Self.normalize(&embeddings, dimension: dimension) }
        let lengths = similarity == .cosine ? [] : Self.lengths(embeddings, dimension: dimension)
        let rows = min(Self.rowsAtOnce, count)
        var products = [Float](repeating: 0, count: rows * count)
        var ranks: [Int?] = []
        for first in stride(from: 0, to: count, by: rows) {
            let taken = min(rows, count - first)
            Self.multiply(embeddings, first: first, taken: taken, dimension: dimension, &products)
            for row in 0..<taken where labels[first + row] != -1 {
                let query = first + row
                let start = row * count
                if similarity == .euclidean {
                    for other in 0..<count {
                        let product = products[start + other]
                        products[start + other] =
                            -((lengths[query] + lengths[other]) - 2 * product)
                    }
                }
                let nearness = products.span.extracting(start..<start + count)
                ranks.append(Self.rank(of: query, labels: labels, nearness: nearness))
            }
        }
        self.ranks = ranks
    }

    /// The share of queries that have their label among the `k` nearest; not a number without queries.
    public func value(_ k: Int) -> Double {
        Double(ranks.count { rank in rank.map { $0 < k } ?? false }) / Double(ranks.count)
    }

    private static let rowsAtOnce = 64

    private static func rank(of query: Int, labels: [Int], nearness: Span<Float>) -> Int? {
        var best: Int?
        for other in nearness.indices where other != query && labels[other] == labels[query] {
            if let known = best, nearness[other] <= nearness[known] { continue }
            best = other
        }
        guard let best else { return nil }
        let bound = nearness[best]
        var nearer = 0
        for other in nearness.indices where other != query {
            if nearness[other] > bound || (nearness[other] == bound && other < best) { nearer += 1 }
        }
        return nearer
    }

    private static func lengths(_ embeddings: [Float], dimension: Int) -> [Float] {
        stride(from: 0, to: embeddings.count, by: dimension).map { start in
            var sum: Float = 0
            for index in start..<start + dimension { sum += embeddings[index] * embeddings[index] }
            return sum
        }
    }

    /// Divides each row by its length, or by 1e-6 if it is shorter, as TensorFlow's `l2_normalize`.
    private static func normalize(_ embeddings: inout [Float], dimension: Int) {
        for (row, length) in lengths(embeddings, dimension: dimension).enumerated() {
            let factor = 1 / max(length, 1e-12).squareRoot()
            for index in row * dimension..<(row + 1) * dimension { embeddings[index] *= factor }
        }
    }

    /// The products of some rows with all rows, by oneDNN.
    private static func multiply(
        _ embeddings: [Float],
        first: Int,
        taken: Int,
        dimension: Int,
        _ products: inout [Float]
    ) {
        let count = embeddings.count / dimension
        let status = unsafe embeddings.withUnsafeBufferPointer { rows in
            unsafe products.withUnsafeMutableBufferPointer { products in
                unsafe dnnl_sgemm(
                    CChar(UInt8(ascii: "N")),
                    CChar(UInt8(ascii: "T")),
                    dnnl_dim_t(taken),
                    dnnl_dim_t(count),
                    dnnl_dim_t(dimension),
                    1,
                    rows.baseAddress.map { unsafe $0 + first * dimension },
                    dnnl_dim_t(dimension),
                    rows.baseAddress,
                    dnnl_dim_t(dimension),
                    0,
                    products.baseAddress,
                    dnnl_dim_t(count)
                )
            }
        }
        precondition(status == dnnl_success, "a product of \(taken)x\(count)x\(dimension) failed")
    }
}
