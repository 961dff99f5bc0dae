/// What multiplies each channel by a number and adds another, so that what is before it can take it in.
package protocol ChannelAffine: Sendable {
    /// The factor and the summand of each channel.
    func affine(
        of node: String,
        _ weights: Weights
    ) throws(EngineError) -> (scale: [Double], offset: [Double])
}

/// The same for all channels.
struct UniformAffine: ChannelAffine {
    let channels: Int
    let slope: Float
    let offset: Float

    func affine(
        of node: String,
        _ weights: Weights
    ) throws(EngineError) -> (scale: [Double], offset: [Double]) {
        (
            [Double](repeating: Double(slope), count: channels),
            [Double](repeating: Double(offset), count: channels)
        )
    }
}
