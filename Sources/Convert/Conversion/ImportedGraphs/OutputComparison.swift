internal import Proto
package import Reference

/// What a network and the same one in another file make of the same inputs, for one of its outputs.
public struct OutputComparison: Equatable, Sendable {
    /// What the output is called.
    public let name: String
    /// Its extents.
    public let shape: [Int]
    /// The type of its elements.
    public let type: String
    /// Why the values cannot be compared, such as another shape; nil where they can.
    public let misfit: String?
    /// The elements that are not the same.
    public let differingCount: Int
    /// The largest difference of two numbers; of whole numbers, truths and texts 0.
    public let largestDifference: Double
    /// The largest difference of a number over the largest number of its row.
    public let largestRelativeDifference: Double
    /// Whether the elements have to be the same, as whole numbers, truths and texts do.
    public let isExact: Bool

    /// The relative difference that float32 arithmetic in another order stays below.
    public static let tolerance = Double(LogitComparison.tolerance)

    /// Compares values.
    ///
    /// - Parameters:
    ///   - name: What the output is called.
    ///   - expected: What the network gives.
    ///   - found: What the file gives.
    package init(_ name: String, _ expected: ReferenceTensor, _ found: ReferenceTensor) {
        self.name = name
        shape = expected.shape
        type = expected.type.name
        let isNumber = (try? expected.floats()) != nil
        isExact = !isNumber
        guard expected.shape == found.shape, expected.type == found.type else {
            misfit =
                "\(found.type.name)\(found.shape), expected \(expected.type.name)\(expected.shape)"
            differingCount = expected.count
            (largestDifference, largestRelativeDifference) = (.infinity, .infinity)
            return
        }
        misfit = nil
        guard let left = try? expected.floats(), let right = try? found.floats() else {
            let isSame = expected.elements == found.elements
            differingCount = isSame ? 0 : Self.differences(expected, found)
            (largestDifference, largestRelativeDifference) = (0, 0)
            return
        }
        let rows = max(shape.first ?? 1, 1)
        let width = left.count / rows
        var (count, difference, relative) = (0, 0.0, 0.0)
        for row in 0..<rows where width > 0 {
            var (largest, scale) = (0.0, 0.0)
            for index in (row * width)..<((row + 1) * width) {
                scale = max(scale, left[index].magnitude)
                guard left[index].bitPattern != right[index].bitPattern else { continue }
                // Two that are no numbers are the same, whatever their bits.
                if left[index].isNaN, right[index].isNaN { continue }
                let error = (left[index] - right[index]).magnitude
                if error > 0 || error.isNaN { count += 1 }
                largest = max(largest, error.isNaN ? .infinity : error)
            }
            difference = max(difference, largest)
            let share = largest == 0 ? 0 : largest / scale
            relative = max(relative, share.isNaN ? .infinity : share)
        }
        differingCount = count
        largestDifference = difference
        largestRelativeDifference = relative
    }

    private static func differences(_ left: ReferenceTensor, _ right: ReferenceTensor) -> Int {
        guard let one = left.bytes, let other = right.bytes, left.count > 0 else {
            return left.count
        }
        let width = one.count / left.count
        return (0..<left.count).count { index in
            let place = (index * width)..<((index + 1) * width)
            return one[place] != other[place]
        }
    }

    /// Whether the first of two comparisons is nearer than the second.
    static func isBetter(_ left: OutputComparison, _ right: OutputComparison) -> Bool {
        guard left.isPassed == right.isPassed else { return left.isPassed }
        return left.largestRelativeDifference < right.largestRelativeDifference
    }

    /// Whether the difference is what float32 arithmetic in another order makes, and nothing else differs.
    public var isPassed: Bool {
        guard misfit == nil else { return false }
        return isExact ? differingCount == 0 : largestRelativeDifference <= Self.tolerance
    }
}
