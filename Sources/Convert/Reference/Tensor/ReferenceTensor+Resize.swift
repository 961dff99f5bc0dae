internal import Proto

/// Where the places of a resized axis lie on the source's.
package enum ResizeRule: Equatable, Sendable {
    /// Place `i` lies at `i * source / result`: TensorFlow 1.
    case cornersAtZero
    /// The first and last places lie on the first and last: `align_corners`.
    case alignedCorners
    /// Pixels are squares around their centres: `half_pixel_centers`.
    case centres

    /// Source places for each place of the result, in float32 as TensorFlow computes them.
    func scale(_ source: Int, _ result: Int) -> Float {
        self == .alignedCorners && result > 1
            ? Float(source - 1) / Float(result - 1) : Float(source) / Float(result)
    }

    /// Where a place lies.
    func place(_ index: Int, _ scale: Float) -> Float {
        self == .centres ? (Float(index) + 0.5) * scale - 0.5 : Float(index) * scale
    }

    /// The nearest pixel of each place.
    package func nearest(_ source: Int, _ result: Int) -> [Int] {
        let scale = scale(source, result)
        return (0..<result).map { index in
            let place =
                switch self {
                case .cornersAtZero: (Float(index) * scale).rounded(.down)
                case .alignedCorners: (Float(index) * scale).rounded(.toNearestOrAwayFromZero)
                case .centres: ((Float(index) + 0.5) * scale).rounded(.down)
                }
            return max(min(Int(place), source - 1), 0)
        }
    }
}

/// What a place of a resized axis is made of: pixels of the source, each with its share.
package typealias ResizeTaps = [(index: Int, weight: Double)]

// Resizing of `[batch, height, width, channel]`.
extension ReferenceTensor {
    /// The nearest pixel of each place, of any type.
    ///
    /// - Throws: ``ReferenceError`` if there are no pixels.
    package func resizedToNearest(
        height: Int,
        width: Int,
        _ rule: ResizeRule = .cornersAtZero
    ) throws(ReferenceError) -> ReferenceTensor {
        try checkResize(height, width)
        return try taken(rule.nearest(shape[1], height), axis: 1)
            .taken(rule.nearest(shape[2], width), axis: 2)
    }

    /// Bilinear interpolation, as float32.
    ///
    /// - Throws: ``ReferenceError`` if there are no pixels.
    package func resizedBilinearly(
        height: Int,
        width: Int,
        _ rule: ResizeRule = .cornersAtZero
    ) throws(ReferenceError) -> ReferenceTensor {
        try resized(height: height, width: width) { source, result in
            let scale = rule.scale(source, result)
            return (0..<result).map { index in
                let place = rule.place(index, scale)
                let low = place.rounded(.down)
                let share = Double(place - low)
                let upper = min(Int(place.rounded(.up)), source - 1)
                return [(min(max(Int(low), 0), upper), 1 - share), (max(upper, 0), share)]
            }
        }
    }

    /// Cubic interpolation, as float32, with TensorFlow's table of 1,024 steps.
    ///
    /// - Throws: ``ReferenceError`` if there are no pixels.
    package func resizedCubically(
        height: Int,
        width: Int,
        _ rule: ResizeRule = .cornersAtZero
    ) throws(ReferenceError) -> ReferenceTensor {
        try resized(height: height, width: width) { source, result in
            let scale = rule.scale(source, result)
            return (0..<result).map { index in
                CubicTaps.taps(at: rule.place(index, scale), of: source, isKeys: rule == .centres)
            }
        }
    }

    /// Each place is the mean of the pixels that it covers, as float32.
    ///
    /// - Throws: ``ReferenceError`` if there are no pixels.
    package func resizedByArea(
        height: Int,
        width: Int,
        _ rule: ResizeRule = .cornersAtZero
    ) throws(ReferenceError) -> ReferenceTensor {
        try resized(height: height, width: width) { source, result in
            let scale = rule.scale(source, result)
            // One pixel whose corners are aligned with several covers them all.
            guard scale > 0 else { return [ResizeTaps](repeating: [(0, 1)], count: result) }
            return (0..<result).map { index in
                let (from, to) = (Float(index) * scale, Float(index + 1) * scale)
                let pixels = Int(from.rounded(.down))..<max(Int(to.rounded(.up)), Int(from) + 1)
                return pixels.map { pixel in
                    let covered = min(Float(pixel + 1), to) - max(Float(pixel), from)
                    return (min(max(pixel, 0), source - 1), Double(covered / scale))
                }
            }
        }
    }

    /// Rows and columns each made of taps.
    private func resized(
        height: Int,
        width: Int,
        _ taps: (_ source: Int, _ result: Int) -> [ResizeTaps]
    ) throws(ReferenceError) -> ReferenceTensor {
        try checkResize(height, width)
        let wide = try cast(to: .float32)
        return try wide.resampled(axis: 2, taps(shape[2], width))
            .resampled(axis: 1, taps(shape[1], height))
    }

    /// Every place of an axis made of taps; the indices are there.
    func resampled(axis: Int, _ taps: [ResizeTaps]) throws(ReferenceError) -> ReferenceTensor {
        var result = shape
        result[axis] = taps.count
        let count = try Self.count(result)
        let inner = shape[(axis + 1)...].reduce(1, *)
        let extent = shape[axis]
        let values = self.values
        let output = Self.filled(count) { index -> Float in
            let (row, place) = (index / inner / taps.count, index / inner % taps.count)
            let base = row * extent * inner + index % inner
            var sum = 0.0
            for tap in taps[place] { sum += Double(values[base + tap.index * inner]) * tap.weight }
            return Float(sum)
        }
        return ReferenceTensor(unchecked: result, output)
    }

    private func checkResize(_ height: Int, _ width: Int) throws(ReferenceError) {
        guard rank == 4, shape[1] > 0, shape[2] > 0, height > 0, width > 0 else {
            throw ReferenceError("a picture of \(height)x\(width) from the shape \(shape)")
        }
        _ = try Self.count([shape[0], height, width, shape[3]])
        _ = try Self.count([shape[0], shape[1], width, shape[3]])
    }
}

/// The four pixels around a place, by the cubic of Keys.
private enum CubicTaps {
    private static let steps = 1024

    static func taps(at place: Float, of source: Int, isKeys: Bool) -> ResizeTaps {
        let low = place.rounded(.down)
        let step = Int(((place - low) * Float(steps)).rounded(.toNearestOrEven))
        let sharpness: Float = isKeys ? -0.5 : -0.75
        let weights = [
            outer(step, sharpness), inner(step, sharpness), inner(steps - step, sharpness),
            outer(steps - step, sharpness),
        ]
        var taps: ResizeTaps = []
        for (offset, weight) in weights.enumerated() {
            let pixel = Int(low) - 1 + offset
            let index = min(max(pixel, 0), source - 1)
            // With centres, pixels outside do not count; else the border is repeated.
            taps.append((index, isKeys && index != pixel ? 0 : Double(weight)))
        }
        let sum = taps.reduce(0) { $0 + $1.weight }
        return isKeys && sum != 0 ? taps.map { ($0.index, $0.weight / sum) } : taps
    }

    /// The weight of a pixel less than one away.
    private static func inner(_ step: Int, _ a: Float) -> Float {
        let x = Float(step) / Float(steps)
        return ((a + 2) * x - (a + 3)) * x * x + 1
    }

    /// The weight of a pixel one to two away.
    private static func outer(_ step: Int, _ a: Float) -> Float {
        let x = Float(step) / Float(steps) + 1
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    }
}
