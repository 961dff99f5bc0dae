/// The sampling places of a resize along one axis, each between two pixels, see ``ResizeRule``.
///
/// A place lies between the pixels `low` and `high`, the second with its weight; of a nearest pixel both are the same.
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
        rule: ResizeRule = .bilinear,
        isMirrored: Bool = false
    ) {
        precondition(source > 0 && start >= 0 && length > 0 && start + length <= result)
        let scale = rule.step(source, result)
        let least = rule.neighbours(of: start, scale, source: source).low
        let most = rule.neighbours(of: start + length - 1, scale, source: source).high
        first = isMirrored ? source - 1 - most : least
        count = most - least + 1
        low.removeAll(keepingCapacity: true)
        high.removeAll(keepingCapacity: true)
        weight.removeAll(keepingCapacity: true)
        for index in start..<start + length {
            let (before, after, share) = rule.neighbours(of: index, scale, source: source)
            low.append(Int32(step * (isMirrored ? most - before : before - least)))
            high.append(Int32(step * (isMirrored ? most - after : after - least)))
            weight.append(share)
        }
    }
}
