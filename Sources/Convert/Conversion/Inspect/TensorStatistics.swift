public import Networks
internal import Proto

/// What the numbers of a tensor are like.
///
/// Least, largest, mean, deviation, norm and histogram are of the finite numbers; they are computed in `Double`.
public struct TensorStatistics: Equatable, Sendable {
    /// The number of elements.
    public private(set) var count = 0
    /// The least number; NaN if none is finite.
    public private(set) var minimum = Double.nan
    /// The largest number; NaN if none is finite.
    public private(set) var maximum = Double.nan
    /// The mean; NaN if none is finite.
    public private(set) var mean = Double.nan
    /// The standard deviation, as of the whole population.
    public private(set) var deviation = Double.nan
    /// The square root of the sum of the squares.
    public private(set) var norm = 0.0
    /// How many are zero.
    public private(set) var zeros = 0
    /// How many are no number.
    public private(set) var nans = 0
    /// How many are infinite.
    public private(set) var infinities = 0
    /// How many lie in each of ``binCount`` equal parts of the range from ``minimum`` to ``maximum``.
    public private(set) var histogram: [Int] = []

    /// The parts of a histogram.
    public static let binCount = 24

    /// Looks at every element.
    ///
    /// - Precondition: `bytes` holds `count` elements of the format.
    public init(_ bytes: RawSpan, count: Int, _ format: NumberFormat) {
        self.count = count
        if format.dataType == .float32 {
            // The common type goes without a decision for each element.
            measure { index in
                Double(unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index * 4, as: Float.self))
            }
        } else {
            measure { format.number(bytes, at: $0) }
        }
    }

    @inline(__always)
    private mutating func measure(_ number: (Int) -> Double) {
        var (least, largest) = (Double.infinity, -Double.infinity)
        var (sum, squares) = (0.0, 0.0)
        for index in 0..<count {
            let value = number(index)
            guard value.isFinite else {
                if value.isNaN { nans += 1 } else { infinities += 1 }
                continue
            }
            if value == 0 { zeros += 1 }
            least = min(least, value)
            largest = max(largest, value)
            sum += value
            squares += value * value
        }
        let finite = count - nans - infinities
        guard finite > 0 else { return }
        let mean = sum / Double(finite)
        (minimum, maximum, self.mean, norm) = (least, largest, mean, squares.squareRoot())
        var bins = [Int](repeating: 0, count: Self.binCount)
        // Halves keep the range of the largest numbers finite.
        let range = largest / 2 - least / 2
        let scale = range > 0 ? Double(Self.binCount) / 2 / range : 0
        var spread = 0.0
        for index in 0..<count {
            let value = number(index)
            guard value.isFinite else { continue }
            spread += (value - mean) * (value - mean)
            let place = (value - least) * scale
            bins[place < Double(Self.binCount) ? max(0, Int(place)) : Self.binCount - 1] += 1
        }
        deviation = (spread / Double(finite)).squareRoot()
        histogram = bins
    }

    /// What is suspicious about a tensor with this role and name, a few words each.
    public func suspicions(_ role: VariableRole, name: String) -> [String] {
        var found: [String] = []
        if nans > 0 { found.append("NaN") }
        if infinities > 0 { found.append("infinite") }
        if role == .weight || role == .statistic {
            if count > 1, minimum == maximum { found.append("constant") }
            if deviation > 1e4 { found.append("huge spread") }
        }
        if name.contains("moving_variance"), minimum < 0 { found.append("negative variance") }
        return found
    }

    /// The histogram in one line of text, a character a part.
    public var histogramText: String {
        let bars: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
        guard let most = histogram.max(), most > 0 else { return "" }
        return String(
            histogram.map { part in
                part == 0 ? bars[0] : bars[1 + Int(Double(part) / Double(most) * 7)]
            }
        )
    }
}
