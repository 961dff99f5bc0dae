extension ReferenceTensor {
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
