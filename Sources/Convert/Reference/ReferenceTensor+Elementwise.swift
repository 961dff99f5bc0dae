internal import Glibc

// Operations on single elements.
extension ReferenceTensor {
    /// Every element changed by itself.
    package func map(_ body: (Float) -> Float) -> ReferenceTensor {
        ReferenceTensor(unchecked: shape, values.map(body))
    }

    /// Negative values become zero.
    package var rectified: ReferenceTensor { map { $0 > 0 ? $0 : ($0.isNaN ? $0 : 0) } }

    /// 1 / (1 + exp(-x)).
    package var sigmoid: ReferenceTensor { map { 1 / (1 + expf(-$0)) } }

    /// The shape of two that are spread over each other: extents are equal, or one of them is 1.
    ///
    /// - Throws: ``ReferenceError`` if they do not fit.
    package static func broadcast(
        _ first: [Int],
        _ second: [Int]
    ) throws(ReferenceError) -> [Int] {
        let rank = max(first.count, second.count)
        let left = [Int](repeating: 1, count: rank - first.count) + first
        let right = [Int](repeating: 1, count: rank - second.count) + second
        var result: [Int] = []
        for (one, other) in zip(left, right) {
            guard one == other || one == 1 || other == 1 else {
                throw ReferenceError("the shapes \(first) and \(second) do not fit")
            }
            result.append(one == 1 ? other : one)
        }
        return result
    }

    /// Pairs of elements combined; the smaller tensor is spread over the larger.
    ///
    /// - Throws: ``ReferenceError`` if the shapes do not fit.
    package func combined(
        with other: ReferenceTensor,
        _ body: (Float, Float) -> Float
    ) throws(ReferenceError) -> ReferenceTensor {
        if shape == other.shape {
            return ReferenceTensor(unchecked: shape, zip(values, other.values).map(body))
        }
        if other.values.count == 1, other.rank <= rank {
            let second = other.values[0]
            return map { body($0, second) }
        }
        let result = try Self.broadcast(shape, other.shape)
        let count = try Self.count(result)
        let (left, right) = (spread(to: result), other.spread(to: result))
        let width = result.last ?? 1
        guard count > 0, width > 0 else { return ReferenceTensor(unchecked: result, []) }
        var output: [Float] = []
        output.reserveCapacity(count)
        var position = Position(Array(result.dropLast()))
        repeat {
            let (from, with) = (position.offset(left), position.offset(right))
            let (step, otherStep) = (left.last ?? 0, right.last ?? 0)
            for index in 0..<width {
                output.append(
                    body(values[from + index * step], other.values[with + index * otherStep])
                )
            }
        } while position.advance()
        return ReferenceTensor(unchecked: result, output)
    }

    /// The strides that spread this tensor over a larger shape.
    private func spread(to larger: [Int]) -> [Int] {
        let strides = Self.strides(shape)
        let added = larger.count - rank
        return larger.indices.map { axis in
            guard axis >= added, shape[axis - added] != 1 else { return 0 }
            return strides[axis - added]
        }
    }

    /// (x - mean) / sqrt(variance + epsilon) * scale + offset, of each index of an axis.
    ///
    /// - Throws: ``ReferenceError`` if there are not as many statistics as indices.
    package func normalized(
        axis number: Int,
        scale: ReferenceTensor,
        offset: ReferenceTensor,
        mean: ReferenceTensor,
        variance: ReferenceTensor,
        epsilon: Float
    ) throws(ReferenceError) -> ReferenceTensor {
        let axis = try axis(number)
        let channels = shape[axis]
        for tensor in [scale, offset, mean, variance] where tensor.values.count != channels {
            throw ReferenceError("\(tensor.values.count) statistics for \(channels) channels")
        }
        let inner = shape[(axis + 1)...].reduce(1, *)
        let factors = (0..<channels).map {
            scale.values[$0] / (variance.values[$0] + epsilon).squareRoot()
        }
        var output = values
        for run in 0..<(inner == 0 ? 0 : values.count / inner) {
            let channel = run % channels
            let (factor, shift) = (factors[channel], mean.values[channel])
            for index in (run * inner)..<((run + 1) * inner) {
                output[index] = (values[index] - shift) * factor + offset.values[channel]
            }
        }
        return ReferenceTensor(unchecked: shape, output)
    }
}

/// Counts through the indices of a shape, the last the fastest.
struct Position {
    private let shape: [Int]
    private(set) var indices: [Int]

    /// The first place of a shape without empty extents.
    init(_ shape: [Int]) {
        self.shape = shape
        indices = [Int](repeating: 0, count: shape.count)
    }

    /// The place in memory with these strides; further strides are not looked at.
    func offset(_ strides: [Int]) -> Int {
        var offset = 0
        for (index, stride) in zip(indices, strides) { offset += index * stride }
        return offset
    }

    /// Moves to the next place; false if there is none.
    mutating func advance() -> Bool {
        for axis in shape.indices.reversed() {
            indices[axis] += 1
            if indices[axis] < shape[axis] { return true }
            indices[axis] = 0
        }
        return false
    }
}
