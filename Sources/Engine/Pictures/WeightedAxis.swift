/// The sampling places of a resize along one axis, each the sum of several pixels with their weights: bicubic, or by area.
///
/// Pixels beyond the source are those at its edge.
struct WeightedAxis {
    /// Where each place's pixels begin in the lists below; one number more than there are places.
    private(set) var starts = [0]
    /// The pixels of one place after the other, counted from ``first``.
    private(set) var pixels: [Int] = []
    /// Their weights.
    private(set) var weights: [Float] = []
    /// The first source pixel that any place needs.
    private(set) var first = 0
    /// How many source pixels from there on are needed.
    private(set) var count = 0

    /// How many places there are.
    var length: Int { starts.count - 1 }

    /// Works out the places `start..<start + length` of a resize of `source` pixels to `result`.
    ///
    /// - Precondition: all extents are positive, and the places lie inside the result.
    init(
        source: Int,
        result: Int,
        start: Int,
        length: Int,
        rule: ResizeRule,
        isMirrored: Bool = false
    ) {
        precondition(source > 0 && start >= 0 && length > 0 && start + length <= result)
        let step = rule.step(source, result)
        for index in start..<start + length {
            if rule.method == .area {
                appendCovered(from: Float(index) * step, to: Float(index + 1) * step, step)
            } else {
                let place = rule.place(index, step)
                let before = Int(place.rounded(.down))
                pixels += (before - 1)...(before + 2)
                weights +=
                    rule.hasCentres
                    ? CubicKernel.keys.weights(at: place, inside: 0..<source)
                    : CubicKernel.steep.weights(at: place)
            }
            starts.append(pixels.count)
        }
        for index in pixels.indices {
            let pixel = min(max(pixels[index], 0), source - 1)
            pixels[index] = isMirrored ? source - 1 - pixel : pixel
        }
        first = pixels.min() ?? 0
        count = (pixels.max() ?? 0) - first + 1
        for index in pixels.indices { pixels[index] -= first }
    }

    private mutating func appendCovered(from: Float, to: Float, _ step: Float) {
        let last = max(Int(to.rounded(.up)), Int(from) + 1)
        for pixel in Int(from)..<last {
            pixels.append(pixel)
            weights.append((min(Float(pixel + 1), to) - max(Float(pixel), from)) / step)
        }
    }
}

/// The four weights of a bicubic resize, from a table of 1,025 of Keys' kernel.
struct CubicKernel {
    private static let steps = 1024

    /// TensorFlow 1's, with a = -0.75.
    static let steep = CubicKernel(-0.75)
    /// TensorFlow 2's, with a = -0.5.
    static let keys = CubicKernel(-0.5)

    /// The kernel near a pixel and one further away, for so many parts of a pixel's distance.
    private let table: [(near: Float, far: Float)]

    private init(_ a: Double) {
        table = (0...Self.steps).map { step in
            let x = Double(Float(step) / Float(Self.steps))
            let y = x + 1
            return (
                Float(((a + 2) * x - (a + 3)) * x * x + 1),
                Float(((a * y - 5 * a) * y + 8 * a) * y - 4 * a)
            )
        }
    }

    /// The weights of the pixel before the one at or before a place, that one, and the two behind.
    func weights(at place: Float) -> [Float] {
        let part = place - place.rounded(.down)
        let step = Int((part * Float(Self.steps)).rounded(.toNearestOrEven))
        let (before, behind) = (table[step], table[Self.steps - step])
        return [before.far, before.near, behind.near, behind.far]
    }

    /// The same, those of pixels outside left out and the others made 1 together.
    func weights(at place: Float, inside pixels: Range<Int>) -> [Float] {
        let first = Int(place.rounded(.down)) - 1
        var weights = weights(at: place)
        for tap in weights.indices where !pixels.contains(first + tap) { weights[tap] = 0 }
        let sum = weights.reduce(0, +)
        guard abs(sum) >= 1000 * .leastNormalMagnitude else { return weights }
        return weights.map { $0 * (1 / sum) }
    }
}

extension PixelRows {
    /// Resizes along both axes, the rows first, and scales: `resize(value * scale) - mean` of its channel.
    ///
    /// `corner` is the first pixel that the axes count from, in bytes behind ``start``.
    func resized(
        _ columns: WeightedAxis,
        _ rows: WeightedAxis,
        corner: Int,
        scale: Float,
        means: ChannelMeans,
        layout: PixelLayout,
        into output: inout MutableSpan<Float>
    ) {
        let (width, height) = (columns.length, rows.length)
        let channelMeans = [means.red, means.green, means.blue]
        let pixels = unsafe start + corner
        var line = [Float](repeating: 0, count: 3 * columns.count)
        for y in 0..<height {
            unsafe sum(rows, y, of: pixels, scale: scale, into: &line)
            for x in 0..<width {
                for channel in 0..<3 {
                    var sum: Float = 0
                    for tap in columns.starts[x]..<columns.starts[x + 1] {
                        sum += line[3 * columns.pixels[tap] + channel] * columns.weights[tap]
                    }
                    let pixel = y * width + x
                    let target =
                        layout == .nhwc ? 3 * pixel + channel : channel * width * height + pixel
                    output[target] = sum - channelMeans[channel]
                }
            }
        }
    }

    /// The weighted sum of the rows that one place needs.
    private func sum(
        _ rows: WeightedAxis,
        _ place: Int,
        of pixels: UnsafePointer<UInt8>,
        scale: Float,
        into line: inout [Float]
    ) {
        unsafe line.withUnsafeMutableBufferPointer { line in
            unsafe line.update(repeating: 0)
            for tap in rows.starts[place]..<rows.starts[place + 1] {
                let row = unsafe pixels + rows.pixels[tap] * stride
                let weight = rows.weights[tap]
                for index in line.indices {
                    unsafe line[index] += Float(row[index]) * scale * weight
                }
            }
        }
    }
}
