// Operations that only move elements.
extension ReferenceTensor {
    /// The same values in another shape.
    ///
    /// - Throws: ``ReferenceError`` if it has another number of elements.
    package func reshaped(_ shape: [Int]) throws(ReferenceError) -> ReferenceTensor {
        guard try Self.count(shape) == values.count else {
            throw ReferenceError("the shape \(self.shape) cannot become \(shape)")
        }
        return ReferenceTensor(unchecked: shape, values)
    }

    /// Axis `i` of the result is axis `order[i]`.
    ///
    /// - Throws: ``ReferenceError`` if this is no order of the axes.
    package func transposed(_ order: [Int]) throws(ReferenceError) -> ReferenceTensor {
        guard order.sorted() == Array(shape.indices) else {
            throw ReferenceError("axes in the order \(order) of the shape \(shape)")
        }
        let own = Self.strides(shape)
        return gathered(order.map { shape[$0] }, strides: order.map { own[$0] }, from: 0)
    }

    /// The elements at every place of a shape by strides over the values.
    private func gathered(_ shape: [Int], strides: [Int], from start: Int) -> ReferenceTensor {
        let count = shape.reduce(1, *)
        guard count > 0 else { return ReferenceTensor(unchecked: shape, []) }
        let (width, step) = (shape.last ?? 1, strides.last ?? 0)
        let output = unsafe [Float](unsafeUninitializedCapacity: count) { buffer, filled in
            var position = Position(Array(shape.dropLast()))
            repeat {
                var place = start + position.offset(strides)
                for _ in 0..<width {
                    unsafe buffer[filled] = values[place]
                    filled += 1
                    place += step
                }
            } while position.advance()
        }
        return ReferenceTensor(unchecked: shape, output)
    }

    /// The elements from `start` on, `count` of each axis.
    ///
    /// - Throws: ``ReferenceError`` if they are not all there.
    package func sliced(start: [Int], count: [Int]) throws(ReferenceError) -> ReferenceTensor {
        guard start.count == rank, count.count == rank,
            shape.indices.allSatisfy({
                start[$0] >= 0 && count[$0] >= 0 && start[$0] <= shape[$0]
                    && count[$0] <= shape[$0] - start[$0]
            })
        else { throw ReferenceError("\(count) elements from \(start) of the shape \(shape)") }
        let strides = Self.strides(shape)
        let place = zip(start, strides).reduce(0) { $0 + $1.0 * $1.1 }
        return gathered(count, strides: strides, from: place)
    }

    /// Parts of these extents along an axis.
    ///
    /// - Throws: ``ReferenceError`` if they are not the whole.
    package func split(
        axis number: Int,
        _ extents: [Int]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        let axis = try axis(number)
        var parts: [ReferenceTensor] = []
        var start = [Int](repeating: 0, count: rank)
        for extent in extents {
            var count = shape
            count[axis] = extent
            parts.append(try sliced(start: start, count: count))
            start[axis] += extent
        }
        guard start[axis] == shape[axis] else {
            throw ReferenceError("parts of \(extents) elements of \(shape[axis])")
        }
        return parts
    }

    /// Tensors behind each other along an axis.
    ///
    /// - Throws: ``ReferenceError`` if there are none, or their other extents differ.
    package static func concatenated(
        _ parts: [ReferenceTensor],
        axis number: Int
    ) throws(ReferenceError) -> ReferenceTensor {
        guard let first = parts.first else { throw ReferenceError("no parts") }
        let axis = try first.axis(number)
        var shape = first.shape
        shape[axis] = 0
        for part in parts {
            var other = part.shape
            guard other.count == shape.count else { throw ReferenceError("parts do not fit") }
            other[axis] = shape[axis]
            guard other == shape else { throw ReferenceError("parts do not fit") }
            shape[axis] += part.shape[axis]
        }
        let outer = shape[..<axis].reduce(1, *)
        var output: [Float] = []
        output.reserveCapacity(try count(shape))
        for index in 0..<outer {
            for part in parts {
                let run = part.values.count / max(outer, 1)
                output += part.values[(index * run)..<((index + 1) * run)]
            }
        }
        return ReferenceTensor(unchecked: shape, output)
    }

    /// What surrounds a tensor.
    package enum Border: Equatable, Sendable {
        /// One value.
        case constant(Float)
        /// The elements mirrored at the first and last, which are not repeated.
        case reflected
    }

    /// The tensor with elements added before and after along each axis.
    ///
    /// - Throws: ``ReferenceError`` if numbers are negative, or there is too little to mirror.
    package func padded(
        before: [Int],
        after: [Int],
        _ border: Border
    ) throws(ReferenceError) -> ReferenceTensor {
        guard before.count == rank, after.count == rank, (before + after).allSatisfy({ $0 >= 0 })
        else { throw ReferenceError("padding \(before), \(after) of the shape \(shape)") }
        var result = self
        for axis in shape.indices where before[axis] > 0 || after[axis] > 0 {
            let extent = result.shape[axis]
            let (sum, overflow) = extent.addingReportingOverflow(before[axis])
            guard !overflow, before[axis] < Self.limit, after[axis] < Self.limit,
                border != .reflected || max(before[axis], after[axis]) < extent
            else { throw ReferenceError("padding \(before), \(after) of the shape \(shape)") }
            let places = (0..<(sum + after[axis])).map { index -> Int? in
                let place = index - before[axis]
                if (0..<extent).contains(place) { return place }
                guard border == .reflected else { return nil }
                return place < 0 ? -place : 2 * (extent - 1) - place
            }
            var filler: Float = 0
            if case .constant(let value) = border { filler = value }
            result = try result.taken(places, axis: axis, filler: filler)
        }
        return result
    }

    /// The elements at some indices of an axis; nil gives `filler`.
    ///
    /// - Throws: ``ReferenceError`` if an index does not exist.
    package func taken(
        _ places: [Int?],
        axis number: Int,
        filler: Float = 0
    ) throws(ReferenceError) -> ReferenceTensor {
        let axis = try axis(number)
        let extent = shape[axis]
        for case .some(let place) in places where !(0..<extent).contains(place) {
            throw ReferenceError("index \(place) of \(extent)")
        }
        var result = shape
        result[axis] = places.count
        let count = try Self.count(result)
        let inner = shape[(axis + 1)...].reduce(1, *)
        let outer = shape[..<axis].reduce(1, *)
        var output: [Float] = []
        output.reserveCapacity(count)
        for index in 0..<outer {
            for place in places {
                guard let place else {
                    output += repeatElement(filler, count: inner)
                    continue
                }
                let start = (index * extent + place) * inner
                output += values[start..<(start + inner)]
            }
        }
        return ReferenceTensor(unchecked: result, output)
    }
}
