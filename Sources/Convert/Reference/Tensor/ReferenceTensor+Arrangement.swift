internal import Proto

// Operations that only move elements, of any type.
extension ReferenceTensor {
    /// A tensor of one element everywhere.
    ///
    /// - Throws: ``ReferenceError`` if it is too large, or `element` is no scalar.
    package init(filled shape: [Int], with element: ReferenceTensor) throws(ReferenceError) {
        guard element.count == 1 else {
            throw ReferenceError("one element is needed, not the shape \(element.shape)")
        }
        let count = try Self.count(shape)
        self.init(unchecked: shape, elements: try element.elements.accept(Filling(count: count)))
    }

    /// The same values in another shape.
    ///
    /// - Throws: ``ReferenceError`` if it has another number of elements.
    package func reshaped(_ shape: [Int]) throws(ReferenceError) -> ReferenceTensor {
        guard try Self.count(shape) == count else {
            throw ReferenceError("the shape \(self.shape) cannot become \(shape)")
        }
        return ReferenceTensor(unchecked: shape, elements: elements)
    }

    /// Axis `i` of the result is axis `order[i]`.
    ///
    /// - Throws: ``ReferenceError`` if this is no order of the axes.
    package func transposed(_ order: [Int]) throws(ReferenceError) -> ReferenceTensor {
        guard order.sorted() == Array(shape.indices) else {
            throw ReferenceError("axes in the order \(order) of the shape \(shape)")
        }
        let own = Self.strides(shape)
        return try viewed(order.map { shape[$0] }, strides: order.map { own[$0] }, from: 0)
    }

    /// The elements at every place of a shape by strides over the values; the caller knows that they are all there.
    func viewed(
        _ shape: [Int],
        strides: [Int],
        from start: Int
    ) throws(ReferenceError) -> ReferenceTensor {
        let count = try Self.count(shape)
        let view = View(shape: shape, strides: strides, start: start, count: count)
        return ReferenceTensor(unchecked: shape, elements: try elements.accept(view))
    }

    /// The elements spread over a larger shape.
    ///
    /// - Throws: ``ReferenceError`` if they cannot be.
    package func spread(over shape: [Int]) throws(ReferenceError) -> ReferenceTensor {
        guard try Self.broadcast(self.shape, shape) == shape else {
            throw ReferenceError("the shape \(self.shape) over \(shape)")
        }
        return try viewed(shape, strides: spreadStrides(over: shape), from: 0)
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
        return try viewed(count, strides: strides, from: place)
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
    /// - Throws: ``ReferenceError`` if there are none, or their other extents or types differ.
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
            guard other.count == shape.count, part.type == first.type else {
                throw ReferenceError(
                    "parts do not fit: \(first.type.name) \(first.shape), \(part.type.name) \(part.shape)"
                )
            }
            other[axis] = shape[axis]
            guard other == shape else {
                throw ReferenceError("parts do not fit: the shapes \(first.shape), \(part.shape)")
            }
            let (sum, overflow) = shape[axis].addingReportingOverflow(part.shape[axis])
            guard !overflow else { throw ReferenceError("parts of \(sum) elements along an axis") }
            shape[axis] = sum
        }
        let count = try count(shape)
        let chain = Chain(
            parts: parts,
            outer: shape[..<axis].reduce(1, *),
            count: count
        )
        return ReferenceTensor(unchecked: shape, elements: try first.elements.accept(chain))
    }

    /// What surrounds a tensor.
    package enum Border: Equatable, Sendable {
        /// One value, of the tensor's type.
        case constant(ReferenceTensor)
        /// The elements mirrored at the first and last, which are not repeated.
        case reflected
        /// The elements mirrored with the first and last.
        case symmetric
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
        var filler: ReferenceTensor?
        if case .constant(let value) = border { filler = value }
        for axis in shape.indices where before[axis] > 0 || after[axis] > 0 {
            let extent = result.shape[axis]
            let largest = max(before[axis], after[axis])
            guard largest <= Self.limit,
                border != .reflected || largest < extent, border != .symmetric || largest <= extent
            else { throw ReferenceError("padding \(before), \(after) of the shape \(shape)") }
            var larger = result.shape
            larger[axis] = before[axis] + extent + after[axis]
            _ = try Self.count(larger)
            let places = (-before[axis]..<(extent + after[axis])).map { place -> Int? in
                if (0..<extent).contains(place) { return place }
                switch border {
                case .constant: return nil
                case .reflected: return place < 0 ? -place : 2 * (extent - 1) - place
                case .symmetric: return place < 0 ? -place - 1 : 2 * extent - 1 - place
                }
            }
            result = try result.taken(places, axis: axis, filler: filler)
        }
        return result
    }

    /// The elements at some indices of an axis; nil gives `filler`, or else zero.
    ///
    /// - Throws: ``ReferenceError`` if an index does not exist, or the filler is of another type.
    package func taken(
        _ places: [Int?],
        axis number: Int,
        filler: ReferenceTensor? = nil
    ) throws(ReferenceError) -> ReferenceTensor {
        let axis = try axis(number)
        let extent = shape[axis]
        for case .some(let place) in places where !(0..<extent).contains(place) {
            throw ReferenceError("index \(place) of \(extent)")
        }
        if let filler, filler.type != type || filler.count != 1 {
            throw ReferenceError("\(filler.type.name) among \(type.name)")
        }
        var result = shape
        result[axis] = places.count
        let count = try Self.count(result)
        let choice = Choice(
            places: places,
            extent: extent,
            inner: shape[(axis + 1)...].reduce(1, *),
            outer: shape[..<axis].reduce(1, *),
            count: count,
            filler: filler
        )
        return ReferenceTensor(unchecked: result, elements: try elements.accept(choice))
    }
}
