internal import Proto

// Products of matrices.
extension ReferenceTensor {
    /// The product of the matrices of two tensors of rank 2.
    ///
    /// - Throws: ``ReferenceError`` if they do not fit.
    package func product(
        _ other: ReferenceTensor,
        transposesFirst: Bool = false,
        transposesSecond: Bool = false
    ) throws(ReferenceError) -> ReferenceTensor {
        guard rank == 2, other.rank == 2, type == other.type else {
            throw ReferenceError(
                "the product of \(type.name) \(shape) and \(other.type.name) \(other.shape)"
            )
        }
        let first = transposesFirst ? try transposed([1, 0]) : self
        let second = transposesSecond ? try other.transposed([1, 0]) : other
        let (rows, inner) = (first.shape[0], first.shape[1])
        guard second.shape[0] == inner else {
            throw ReferenceError("the product of \(first.shape) and \(second.shape)")
        }
        let outputs = second.shape[1]
        _ = try Self.count([rows, outputs])
        if [.float32, .float16, .bfloat16].contains(type) {
            // A matrix is a row of pixels, the other a kernel of one place.
            guard rows > 0 else {
                return try ReferenceTensor([0, outputs], [Float]()).cast(to: type)
            }
            let pixels = try first.reshaped([1, 1, rows, inner])
            let kernel = try second.reshaped([1, 1, inner, outputs])
            return try pixels.convolved(kernel, WindowGeometry()).reshaped([rows, outputs])
        }
        let product = PlainProduct(
            second: second.elements,
            rows: rows,
            inner: inner,
            outputs: outputs
        )
        return ReferenceTensor(
            unchecked: [rows, outputs],
            elements: try first.elements.accept(numbers: product)
        )
    }

    /// The products of matrices in the last two dimensions, the ones before spread over each other.
    ///
    /// - Throws: ``ReferenceError`` if they do not fit.
    package func batchProduct(
        _ other: ReferenceTensor,
        transposesFirst: Bool = false,
        transposesSecond: Bool = false
    ) throws(ReferenceError) -> ReferenceTensor {
        guard rank >= 2, other.rank >= 2 else {
            throw ReferenceError("the products of \(shape) and \(other.shape)")
        }
        let (left, right) = (Array(shape.suffix(2)), Array(other.shape.suffix(2)))
        let batch = try Self.broadcast(Array(shape.dropLast(2)), Array(other.shape.dropLast(2)))
        let count = try Self.count(batch)
        let firsts = try spread(over: batch + left).reshaped([count] + left)
        let seconds = try other.spread(over: batch + right).reshaped([count] + right)
        let (rows, outputs) = (
            transposesFirst ? left[1] : left[0], transposesSecond ? right[0] : right[1]
        )
        _ = try Self.count(batch + [rows, outputs])
        var parts: [ReferenceTensor] = []
        for index in 0..<count {
            parts.append(
                try firsts.taken([index], axis: 0).reshaped(left).product(
                    seconds.taken([index], axis: 0).reshaped(right),
                    transposesFirst: transposesFirst,
                    transposesSecond: transposesSecond
                )
            )
        }
        let zero = try ReferenceTensor(Float(0)).cast(to: type)
        let joined =
            parts.isEmpty
            ? try ReferenceTensor(filled: [0, outputs], with: zero)
            : try Self.concatenated(parts, axis: 0)
        return try joined.reshaped(batch + [rows, outputs])
    }
}

private struct PlainProduct: NumberVisitor {
    let second: ReferenceElements
    let rows: Int
    let inner: Int
    let outputs: Int

    func visit<Element: FloatElement>(floats values: [Element]) -> ReferenceElements {
        let others = (Element.values(of: second) ?? []).map(\.wide)
        return Element.elements(
            ReferenceTensor.filled(rows * outputs) { index in
                let (row, output) = (index / outputs, index % outputs)
                var sum = 0.0
                for place in 0..<inner {
                    sum += values[row * inner + place].wide * others[place * outputs + output]
                }
                return Element(rounding: sum)
            }
        )
    }

    func visit<Element: IntegerElement>(integers values: [Element]) -> ReferenceElements {
        let others = Element.values(of: second) ?? []
        return Element.elements(
            ReferenceTensor.filled(rows * outputs) { index in
                let (row, output) = (index / outputs, index % outputs)
                var sum: Element = 0
                for place in 0..<inner {
                    sum &+= values[row * inner + place] &* others[place * outputs + output]
                }
                return sum
            }
        )
    }
}
