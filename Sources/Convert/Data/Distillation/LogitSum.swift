internal import Foundation

/// The weighted mean of several networks' logits of the same pictures, in float64.
struct LogitSum {
    private let average: TeacherNetworks.Average
    private let classes: Int
    /// Sums of logits, or the logarithms of sums of probabilities.
    private var sums: [Double]
    private var total = 0.0

    init(_ average: TeacherNetworks.Average, rows: Int, classes: Int) {
        self.average = average
        self.classes = classes
        sums = [Double](
            repeating: average == .logits ? 0 : -.infinity,
            count: rows * classes
        )
    }

    /// Adds the logits of all pictures, `[record, class]`.
    mutating func add(_ logits: Span<Float>, weight: Double) {
        precondition(logits.count == sums.count, "\(logits.count) logits, expected \(sums.count)")
        guard weight > 0 else { return }
        total += weight
        guard average == .probabilities else {
            for index in sums.indices { sums[index] += weight * Double(logits[index]) }
            return
        }
        for row in stride(from: 0, to: sums.count, by: classes) {
            let values = (row..<row + classes).map { Double(logits[$0]) }
            let most = values.max() ?? 0
            let norm = most + log(values.reduce(0) { $0 + exp($1 - most) }) - log(weight)
            for (place, value) in values.enumerated() {
                sums[row + place] = Self.logSum(sums[row + place], value - norm)
            }
        }
    }

    /// The logarithm of e^a + e^b.
    private static func logSum(_ a: Double, _ b: Double) -> Double {
        let most = max(a, b)
        return most == -.infinity ? most : most + log(exp(a - most) + exp(b - most))
    }

    /// The mean logits, or the logarithms of the mean probabilities.
    var mean: [Float] {
        average == .logits ? sums.map { Float($0 / total) } : sums.map { Float($0 - log(total)) }
    }
}
