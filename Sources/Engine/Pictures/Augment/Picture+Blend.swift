/// Operations that mix a picture with another made of it.
extension Picture {
    /// `first + factor * (second - first)` in float32, cut to a byte.
    static func blend(_ first: UInt8, _ second: UInt8, by factor: Float) -> UInt8 {
        if factor == 0 { return first }
        if factor == 1 { return second }
        let scaled = factor * (Float(second) - Float(first))
        return UInt8(min(max(Float(first) + scaled, 0), 255))
    }

    /// Mixes with another picture, which a factor of 0 gives.
    mutating func blend(from other: [UInt8], by factor: Float) {
        var values = pixels.mutableSpan
        let others = other.span
        for index in values.indices {
            values[index] = Self.blend(others[index], values[index], by: factor)
        }
    }

    /// The same in grey, in three equal channels.
    func grey() -> [UInt8] {
        let values = pixels.span
        var result = [UInt8](repeating: 0, count: values.count)
        for start in stride(from: 0, to: values.count, by: 3) {
            func share(_ channel: Int) -> Float { Float(values[start + channel]) * (1 / 255) }
            let weighted = share(0) * 0.2989 + share(1) * 0.5870 + share(2) * 0.1140
            let grey = UInt8(min(weighted * 255.5, 255))
            for channel in 0..<3 { result[start + channel] = grey }
        }
        return result
    }

    /// A 3x3 mean in which the centre counts fivefold; the outermost pixels stay.
    func smoothed() -> [UInt8] {
        var result = pixels
        let values = pixels.span
        let row = 3 * size.width
        guard size.width > 2, size.height > 2 else { return result }
        for y in 1..<size.height - 1 {
            for index in y * row + 3..<(y + 1) * row - 3 {
                var sum: Float = 0
                for start in [index - row, index, index + row] {
                    for place in [start - 3, start, start + 3] {
                        sum += Float(values[place]) * (place == index ? 5 / 13 : 1 / 13)
                    }
                }
                result[index] = UInt8(min(sum, 255))
            }
        }
        return result
    }
}
