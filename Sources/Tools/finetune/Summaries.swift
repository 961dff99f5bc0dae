import Convert
import Pictures
import Proto

extension Summary.Image {
    /// One of several planar pictures, its means added back.
    init(
        planar pictures: UnsafeMutableBufferPointer<Float>,
        at index: Int,
        size: Int,
        means: ChannelMeans
    ) {
        let area = size * size
        var pixels = [UInt8](repeating: 0, count: 3 * area)
        for (channel, mean) in [means.red, means.green, means.blue].enumerated() {
            for place in 0..<area {
                let value = unsafe pictures[(index * 3 + channel) * area + place] + mean
                pixels[place * 3 + channel] = UInt8(min(max(value.rounded(), 0), 255))
            }
        }
        self.init(
            height: Int32(size),
            width: Int32(size),
            channels: 3,
            encoded: PNGFile.bytes(
                of: Picture(size: PictureSize(width: size, height: size), pixels: pixels)
            )
        )
    }
}

extension Summary.Histogram {
    /// How values are spread, in TensorFlow's buckets, each a tenth wider than the one before.
    init(of values: [Float]) {
        var limits: [Double] = []
        var limit = 1e-12
        while limit < 1e20 {
            limits.append(limit)
            limit *= 1.1
        }
        let all =
            [-Double.greatestFiniteMagnitude] + limits.reversed().map { -$0 } + [0] + limits
            + [.greatestFiniteMagnitude]
        var counts = [Double](repeating: 0, count: all.count)
        var (sum, squares) = (0.0, 0.0)
        var (least, most) = (Double.infinity, -Double.infinity)
        for value in values.lazy.map(Double.init) where !value.isNaN {
            // The first limit that is larger.
            var (low, high) = (0, all.count - 1)
            while low < high {
                let middle = (low + high) / 2
                if all[middle] > value { high = middle } else { low = middle + 1 }
            }
            counts[low] += 1
            sum += value
            squares += value * value
            least = min(least, value)
            most = max(most, value)
        }
        // Runs of empty buckets become one.
        var kept: [(limit: Double, count: Double)] = []
        for (limit, count) in zip(all, counts) {
            if count == 0, let last = kept.last, last.count == 0 { kept.removeLast() }
            kept.append((limit, count))
        }
        self.init(
            minimum: least.isFinite ? least : 0,
            maximum: most.isFinite ? most : 0,
            count: counts.reduce(0, +),
            sum: sum,
            squareSum: squares,
            limits: kept.map(\.limit),
            buckets: kept.map(\.count)
        )
    }
}
