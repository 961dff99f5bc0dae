// Resizing of `[batch, height, width, channel]`, as TensorFlow 1 does it: place `i` of the result is
// `i * (source / result)` of the source, in float32, without half-pixel centres.
extension ReferenceTensor {
    /// The nearest pixel before each place.
    ///
    /// - Throws: ``ReferenceError`` if there are no pixels.
    package func resizedToNearest(height: Int, width: Int) throws(ReferenceError) -> ReferenceTensor
    {
        try checkResize(height, width)
        let rows = Self.places(shape[1], height).map(\.low)
        let columns = Self.places(shape[2], width).map(\.low)
        return try taken(rows, axis: 1).taken(columns, axis: 2)
    }

    /// Bilinear interpolation, along the columns first and then along the rows.
    ///
    /// - Throws: ``ReferenceError`` if there are no pixels.
    package func resizedBilinearly(
        height: Int,
        width: Int
    ) throws(ReferenceError) -> ReferenceTensor {
        try checkResize(height, width)
        return try interpolated(axis: 2, width).interpolated(axis: 1, height)
    }

    private func checkResize(_ height: Int, _ width: Int) throws(ReferenceError) {
        guard rank == 4, shape[1] > 0, shape[2] > 0, height > 0, width > 0 else {
            throw ReferenceError("a picture of \(height)x\(width) from the shape \(shape)")
        }
        _ = try Self.count([shape[0], height, width, shape[3]])
    }

    private func interpolated(axis: Int, _ extent: Int) throws(ReferenceError) -> ReferenceTensor {
        let places = Self.places(shape[axis], extent)
        let low = try taken(places.map(\.low), axis: axis)
        let high = try taken(places.map { min($0.low + 1, shape[axis] - 1) }, axis: axis)
        var extents = [1, 1, 1, 1]
        extents[axis] = extent
        let weights = try ReferenceTensor(extents, places.map(\.weight))
        let difference = try high.combined(with: low) { $0 - $1 }
        let share = try difference.combined(with: weights) { $0 * $1 }
        return try low.combined(with: share) { $0 + $1 }
    }

    private static func places(_ source: Int, _ result: Int) -> [(low: Int, weight: Float)] {
        let scale = Float(source) / Float(result)
        return (0..<result).map { index in
            let place = Float(index) * scale
            let low = min(Int(place), source - 1)
            return (low, place - place.rounded(.down))
        }
    }
}
