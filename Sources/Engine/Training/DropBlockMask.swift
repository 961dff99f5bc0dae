internal import Base

/// What a DropBlock layer multiplies its input with during one step: zero, or what scales up the rest.
@safe
package final class DropBlockMask {
    /// The layer's node.
    package let node: String
    /// The shape of what is masked.
    package let shape: FeatureShape
    /// Blocked as one picture's activations are.
    let factors: Storage
    private let gammaScale: Float

    init(node: String, shape: FeatureShape, gammaScale: Float) {
        self.node = node
        self.shape = shape
        self.gammaScale = gammaScale
        let blocks = (shape.channels + Processor.blockSize - 1) / Processor.blockSize
        factors = Storage(byteCount: blocks * shape.area * Processor.blockSize * 4)
        keepAll()
    }

    /// Uniform numbers that ``draw(keepProbability:noise:)`` takes: one for each place of a square and each channel.
    package var noiseCount: Int {
        let border = DropBlock.blockSize - 1
        return (shape.height - border) * (shape.width - border) * shape.channels
    }

    /// Drops nothing.
    package func keepAll() {
        unsafe factors.floats.update(repeating: 1)
    }

    /// Drops the squares whose uniform number is small enough.
    ///
    /// - Parameters:
    ///   - keepProbability: The share of values that is kept, about.
    ///   - noise: ``noiseCount`` numbers in 0..<1, `[height - 6, width - 6, channel]`.
    package func draw(keepProbability: Float, noise: [Float]) {
        precondition(noise.count == noiseCount, "\(noise.count) numbers, not \(noiseCount)")
        let size = DropBlock.blockSize
        let (height, width, channels) = (shape.height, shape.width, shape.channels)
        let places = (rows: height - size + 1, columns: width - size + 1)
        let gamma =
            gammaScale
            * ((1 - keepProbability) * Float(width * height) / Float(size * size)
                / Float(places.rows * places.columns))
        var isDropped = [Bool](repeating: false, count: shape.count)
        for row in 0..<places.rows {
            for column in 0..<places.columns {
                for channel in 0..<channels
                where noise[(row * places.columns + column) * channels + channel] < gamma {
                    for y in row..<(row + size) {
                        for x in column..<(column + size) {
                            isDropped[(y * width + x) * channels + channel] = true
                        }
                    }
                }
            }
        }
        let kept = isDropped.count { !$0 }
        let factor = Float(shape.count) / (Float(kept) + 1e-8)
        let block = Processor.blockSize
        for pixel in 0..<shape.area {
            for channel in 0..<channels {
                let place = (channel / block * shape.area + pixel) * block + channel % block
                unsafe factors.floats[place] = isDropped[pixel * channels + channel] ? 0 : factor
            }
        }
    }
}
