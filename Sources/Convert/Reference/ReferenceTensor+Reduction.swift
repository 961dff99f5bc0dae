internal import Glibc

// Operations that take several elements together.
extension ReferenceTensor {
    /// How elements are taken together.
    package enum Reduction: Sendable {
        case sum
        case mean
        case product
        case maximum
        case minimum
    }

    /// Takes elements together along some axes; sums are float64 until the end.
    ///
    /// - Throws: ``ReferenceError`` if there is no such axis.
    package func reduced(
        _ reduction: Reduction,
        axes numbers: [Int],
        keepsAxes: Bool
    ) throws(ReferenceError) -> ReferenceTensor {
        var axes: Set<Int> = []
        for number in numbers { axes.insert(try axis(number)) }
        let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
        let inner = Self.strides(kept)
        let strides = shape.indices.map { axes.contains($0) ? 0 : inner[$0] }
        let count = kept.reduce(1, *)
        let share = count == 0 ? 1 : max(values.count / count, 1)
        let start: Double =
            switch reduction {
            case .sum, .mean: 0
            case .product: 1
            case .maximum: -.infinity
            case .minimum: .infinity
            }
        var output = [Double](repeating: start, count: count)
        if !values.isEmpty {
            var position = Position(Array(shape.dropLast()))
            var index = 0
            let (width, step) = (shape.last ?? 1, strides.last ?? 0)
            repeat {
                var place = position.offset(strides)
                for _ in 0..<width {
                    let value = Double(values[index])
                    switch reduction {
                    case .sum, .mean: output[place] += value
                    case .product: output[place] *= value
                    case .maximum: output[place] = max(output[place], value)
                    case .minimum: output[place] = min(output[place], value)
                    }
                    index += 1
                    place += step
                }
            } while position.advance()
        }
        let divisor = reduction == .mean ? Double(share) : 1
        let result =
            keepsAxes ? kept : shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
        return ReferenceTensor(unchecked: result, output.map { Float($0 / divisor) })
    }

    /// exp(x) over the sum of all exp(x) along an axis.
    ///
    /// - Throws: ``ReferenceError`` if there is no such axis.
    package func softmax(axis number: Int) throws(ReferenceError) -> ReferenceTensor {
        let axis = try axis(number)
        let largest = try reduced(.maximum, axes: [axis], keepsAxes: true)
        let powers = try combined(with: largest) { expf($0 - $1) }
        let sums = try powers.reduced(.sum, axes: [axis], keepsAxes: true)
        return try powers.combined(with: sums) { $0 / $1 }
    }

    /// The first index of the largest element along an axis, which disappears unless it is kept.
    ///
    /// - Throws: ``ReferenceError`` if there is no such axis, or it is empty.
    package func indexOfMaximum(
        axis number: Int,
        keepsAxis: Bool = false
    ) throws(ReferenceError) -> (shape: [Int], indices: [Int]) {
        let axis = try axis(number)
        let extent = shape[axis]
        guard extent > 0 else { throw ReferenceError("the largest of no elements") }
        let inner = shape[(axis + 1)...].reduce(1, *)
        let outer = shape[..<axis].reduce(1, *)
        var indices: [Int] = []
        for first in 0..<outer {
            for last in 0..<inner {
                let start = first * extent * inner + last
                let best = (1..<extent).reduce(0) { best, index in
                    values[start + index * inner] > values[start + best * inner] ? index : best
                }
                indices.append(best)
            }
        }
        var result = shape
        if keepsAxis { result[axis] = 1 } else { result.remove(at: axis) }
        return (result, indices)
    }

    /// The product of the matrices of two tensors of rank 2.
    ///
    /// - Throws: ``ReferenceError`` if they do not fit.
    package func product(
        _ other: ReferenceTensor,
        transposesFirst: Bool = false,
        transposesSecond: Bool = false
    ) throws(ReferenceError) -> ReferenceTensor {
        guard rank == 2, other.rank == 2 else {
            throw ReferenceError("the product of \(shape) and \(other.shape)")
        }
        let first = transposesFirst ? try transposed([1, 0]) : self
        let second = transposesSecond ? try other.transposed([1, 0]) : other
        let (rows, inner) = (first.shape[0], first.shape[1])
        guard second.shape[0] == inner else {
            throw ReferenceError("the product of \(first.shape) and \(second.shape)")
        }
        let outputs = second.shape[1]
        // A matrix is a row of pixels, the other a kernel of one place.
        let pixels = try first.reshaped([1, 1, rows, inner])
        let kernel = try second.reshaped([1, 1, inner, outputs])
        return try pixels.convolved(kernel, WindowGeometry()).reshaped([rows, outputs])
    }
}
