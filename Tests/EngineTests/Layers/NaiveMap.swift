/// Activations as nested loops like them, `[batch, height, width, channel]` in float64: what layers are compared with.
struct NaiveMap {
    let batch: Int
    let height: Int
    let width: Int
    let channels: Int
    var values: [Double]

    init(batch: Int, height: Int, width: Int, channels: Int, values: [Double]? = nil) {
        self.batch = batch
        self.height = height
        self.width = width
        self.channels = channels
        self.values =
            values ?? [Double](repeating: 0, count: batch * height * width * channels)
    }

    /// A value; outside of the map there are zeros.
    subscript(picture: Int, y: Int, x: Int, channel: Int) -> Double {
        get {
            guard (0..<height).contains(y), (0..<width).contains(x) else { return 0 }
            return values[((picture * height + y) * width + x) * channels + channel]
        }
        set { values[((picture * height + y) * width + x) * channels + channel] = newValue }
    }

    func contains(_ y: Int, _ x: Int) -> Bool {
        (0..<height).contains(y) && (0..<width).contains(x)
    }

    /// A map of which each value is computed by itself.
    func map(
        height: Int? = nil,
        width: Int? = nil,
        channels: Int? = nil,
        _ value: (_ picture: Int, _ y: Int, _ x: Int, _ channel: Int) -> Double
    ) -> NaiveMap {
        var result = NaiveMap(
            batch: batch,
            height: height ?? self.height,
            width: width ?? self.width,
            channels: channels ?? self.channels
        )
        for picture in 0..<batch {
            for y in 0..<result.height {
                for x in 0..<result.width {
                    for channel in 0..<result.channels {
                        result[picture, y, x, channel] = value(picture, y, x, channel)
                    }
                }
            }
        }
        return result
    }

    /// Cross-correlation with a kernel `[size, size, input, output]`, zeros around the map.
    func convolved(
        _ kernel: [Float],
        size: Int,
        stride: Int,
        before: Int,
        after: Int,
        outputs: Int
    ) -> NaiveMap {
        map(
            height: (height + before + after - size) / stride + 1,
            width: (width + before + after - size) / stride + 1,
            channels: outputs
        ) { picture, y, x, output in
            var sum = 0.0
            for i in 0..<size {
                for j in 0..<size {
                    for input in 0..<channels {
                        let weight = kernel[((i * size + j) * channels + input) * outputs + output]
                        sum +=
                            Double(weight)
                            * self[picture, y * stride + i - before, x * stride + j - before, input]
                    }
                }
            }
            return sum
        }
    }

    /// Cross-correlation with a kernel `[height, width, input of a group, output]`; of any window, with zeros around.
    ///
    /// `padding` is top, bottom, left, right.
    func convolved(
        _ kernel: [Float],
        _ size: (Int, Int),
        stride: (Int, Int),
        dilation: (Int, Int),
        padding: (Int, Int, Int, Int),
        groups: Int,
        outputs: Int
    ) -> NaiveMap {
        let span = ((size.0 - 1) * dilation.0 + 1, (size.1 - 1) * dilation.1 + 1)
        let (ins, outs) = (channels / groups, outputs / groups)
        return map(
            height: (height + padding.0 + padding.1 - span.0) / stride.0 + 1,
            width: (width + padding.2 + padding.3 - span.1) / stride.1 + 1,
            channels: outputs
        ) { picture, y, x, output in
            var sum = 0.0
            for i in 0..<size.0 {
                for j in 0..<size.1 {
                    let row = y * stride.0 + i * dilation.0 - padding.0
                    let column = x * stride.1 + j * dilation.1 - padding.2
                    for input in 0..<ins {
                        let weight = kernel[((i * size.1 + j) * ins + input) * outputs + output]
                        sum +=
                            Double(weight)
                            * self[picture, row, column, output / outs * ins + input]
                    }
                }
            }
            return sum
        }
    }

    /// Means over space, `[batch, channel]`.
    func means() -> NaiveMap {
        map(height: 1, width: 1) { picture, _, _, channel in
            var sum = 0.0
            for y in 0..<height { for x in 0..<width { sum += self[picture, y, x, channel] } }
            return sum / Double(height * width)
        }
    }
}
