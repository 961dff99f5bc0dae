internal import Proto

extension ReferenceTensor {
    /// (x - mean) / sqrt(variance + epsilon) * scale + offset, of each index of an axis.
    ///
    /// The statistics are float32, the values may be narrower.
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
        for tensor in [scale, offset, mean, variance] where tensor.count != channels {
            throw ReferenceError("\(tensor.count) statistics for \(channels) channels")
        }
        let (scales, offsets) = (try scale.floats(), try offset.floats())
        let (means, variances) = (try mean.floats(), try variance.floats())
        let inner = shape[(axis + 1)...].reduce(1, *)
        let factors = (0..<channels).map {
            scales[$0] / (variances[$0] + Double(epsilon)).squareRoot()
        }
        let values = try cast(to: .float32).values
        let output = Self.filled(inner == 0 ? 0 : values.count) { index -> Float in
            let channel = index / inner % channels
            return Float(
                (Double(values[index]) - means[channel]) * factors[channel] + offsets[channel]
            )
        }
        return try ReferenceTensor(unchecked: shape, output).cast(to: type)
    }
}
