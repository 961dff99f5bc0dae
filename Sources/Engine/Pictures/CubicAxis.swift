import Foundation

/// The sampling places of TensorFlow 1's bicubic resize along one axis.
///
/// Place `i` of the result samples the source at `i * (source / result)`, in float32, of the pixel at or before it, the one
/// before that and the two behind, each held inside of the source. Weights come from a table of 1,025 of Keys' kernel with
/// a = -0.75.
package struct CubicAxis {
    /// Pixels that each place samples.
    static let taps = 4
    /// The pixels of each place, counted from ``first``.
    private(set) var pixels: [Int] = []
    /// Their weights.
    private(set) var weights: [Float] = []
    /// The first source pixel that any place needs.
    private(set) var first = 0
    /// How many source pixels from there on are needed.
    private(set) var count = 0

    /// Parts of a pixel's distance that the table has.
    package static let steps = 1024

    /// The weights of the pixel before the one at or before a place, of that, and of the two behind, for each part of a
    /// pixel's distance from it.
    package static var kernel: [[Float]] {
        let behind = table.reversed()
        return [table.map(\.far), table.map(\.near), behind.map(\.near), behind.map(\.far)]
    }

    /// The kernel near a pixel and one further away, for so many parts of a pixel's distance.
    private static let table: [(near: Float, far: Float)] = (0...steps).map { step in
        let a = -0.75
        let x = Double(Float(step) / Float(steps))
        let y = x + 1
        return (
            Float(((a + 2) * x - (a + 3)) * x * x + 1),
            Float(((a * y - 5 * a) * y + 8 * a) * y - 4 * a)
        )
    }

    /// Works out the places `start..<start + length` of a resize of `source` pixels to `result`.
    ///
    /// - Precondition: all extents are positive, and the places lie inside the result.
    init(source: Int, result: Int, start: Int, length: Int, isMirrored: Bool = false) {
        precondition(source > 0 && start >= 0 && length > 0 && start + length <= result)
        let scale = Float(source) / Float(result)
        for index in start..<start + length {
            let place = Float(index) * scale
            let pixel = place.rounded(.down)
            let step = Int(((place - pixel) * Float(Self.steps)).rounded(.toNearestOrEven))
            let (before, behind) = (Self.table[step], Self.table[Self.steps - step])
            weights += [before.far, before.near, behind.near, behind.far]
            for tap in -1...2 {
                let found = min(max(Int(pixel) + tap, 0), source - 1)
                pixels.append(isMirrored ? source - 1 - found : found)
            }
        }
        first = pixels.min() ?? 0
        count = (pixels.max() ?? 0) - first + 1
        for index in pixels.indices { pixels[index] -= first }
    }
}

extension PixelRows {
    /// Resizes along both axes, the rows first, and scales: `resize(value * scale) - mean` of its channel.
    ///
    /// `corner` is the first pixel that the axes count from, in bytes behind ``start``.
    func resized(
        _ columns: CubicAxis,
        _ rows: CubicAxis,
        corner: Int,
        scale: Float,
        means: ChannelMeans,
        layout: PixelLayout,
        into output: inout MutableSpan<Float>
    ) {
        let width = columns.pixels.count / CubicAxis.taps
        let height = rows.pixels.count / CubicAxis.taps
        let channelMeans = [means.red, means.green, means.blue]
        let pixels = unsafe start + corner
        var line = [Float](repeating: 0, count: 3 * columns.count)
        for y in 0..<height {
            for place in line.indices {
                var sum: Float = 0
                for tap in 0..<CubicAxis.taps {
                    let row = rows.pixels[CubicAxis.taps * y + tap]
                    let value = unsafe Float(pixels[row * stride + place]) * scale
                    sum += value * rows.weights[CubicAxis.taps * y + tap]
                }
                line[place] = sum
            }
            for x in 0..<width {
                for channel in 0..<3 {
                    var sum: Float = 0
                    for tap in 0..<CubicAxis.taps {
                        let column = columns.pixels[CubicAxis.taps * x + tap]
                        sum +=
                            line[3 * column + channel] * columns.weights[CubicAxis.taps * x + tap]
                    }
                    let pixel = y * width + x
                    let target =
                        layout == .nhwc ? 3 * pixel + channel : channel * width * height + pixel
                    output[target] = sum - channelMeans[channel]
                }
            }
        }
    }
}
