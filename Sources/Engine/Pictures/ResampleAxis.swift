/// The sampling places of TensorFlow 1's bilinear resize along one axis.
///
/// Place `i` of the result samples the source at `i * (source / result)`, in float32, between the pixels
/// `low = ⌊place⌋` and `min(low + 1, source - 1)`, the second with weight `place - low`.
struct ResampleAxis: ~Copyable {
    /// The source pixel before each place, counted from ``first``.
    private(set) var low: [Int32] = []
    /// The source pixel after it.
    private(set) var high: [Int32] = []
    /// The weight of the pixel after it.
    private(set) var weight: [Float] = []
    /// The first source pixel that any place needs.
    private(set) var first = 0
    /// How many source pixels from there on are needed.
    private(set) var count = 0

    /// Works out the places `start..<start + length` of a resize of `source` pixels to `result`.
    ///
    /// `low` and `high` are multiplied by `step`.
    ///
    /// - Precondition: all extents are positive, and the places lie inside the result.
    mutating func place(
        source: Int,
        result: Int,
        start: Int,
        length: Int,
        step: Int,
        isMirrored: Bool = false
    ) {
        precondition(source > 0 && start >= 0 && length > 0 && start + length <= result)
        let scale = Float(source) / Float(result)
        func pixel(_ place: Int) -> Int { min(Int(Float(place) * scale), source - 1) }
        let (least, most) = (pixel(start), min(pixel(start + length - 1) + 1, source - 1))
        first = isMirrored ? source - 1 - most : least
        count = most - least + 1
        low.removeAll(keepingCapacity: true)
        high.removeAll(keepingCapacity: true)
        weight.removeAll(keepingCapacity: true)
        for index in start..<start + length {
            let before = pixel(index)
            let after = min(before + 1, source - 1)
            low.append(Int32(step * (isMirrored ? most - before : before - least)))
            high.append(Int32(step * (isMirrored ? most - after : after - least)))
            let place = Float(index) * scale
            weight.append(place - place.rounded(.down))
        }
    }
}
