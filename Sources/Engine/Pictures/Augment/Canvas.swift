/// A resized picture as bytes, for operations that work on bytes, and its way back to floats.
///
/// Keeps its memory from picture to picture.
struct Canvas: ~Copyable {
    private var values: [Float] = []

    /// The picture, open to change.
    var picture = Picture(size: PictureSize(width: 0, height: 0), pixels: [])

    /// Has a picture drawn in floats, `[height, width, 3]`, and cuts its values to bytes.
    mutating func draw(
        _ size: PictureSize,
        _ draw: (inout MutableSpan<Float>) throws(PictureError) -> Void
    ) throws(PictureError) {
        let count = 3 * size.width * size.height
        if values.count != count || picture.size != size {
            values = [Float](repeating: 0, count: count)
            picture = Picture(size: size, pixels: [UInt8](repeating: 0, count: count))
        }
        var floats = values.mutableSpan
        try draw(&floats)
        for index in values.indices {
            picture.pixels[index] = UInt8(min(max(values[index], 0), 255))
        }
    }

    /// Turns every row round, of the floats and of the bytes.
    mutating func mirror() {
        let (width, height) = (picture.size.width, picture.size.height)
        for row in 0..<height {
            for column in 0..<(width / 2) {
                let (left, right) = (
                    3 * (row * width + column), 3 * (row * width + width - 1 - column)
                )
                for channel in 0..<3 {
                    values.swapAt(left + channel, right + channel)
                    picture.pixels.swapAt(left + channel, right + channel)
                }
            }
        }
    }

    /// Changes the colours of the floats.
    mutating func shift(_ colours: ColourShift) {
        var floats = values.mutableSpan
        colours.apply(to: &floats)
    }

    /// Writes the floats as the network wants them: `value - mean`, then the finish.
    borrowing func writeValues(
        as preprocessing: Preprocessing,
        layout: PixelLayout,
        into output: inout MutableSpan<Float>
    ) {
        precondition(
            output.count == values.count,
            "room for \(output.count) of \(values.count) values"
        )
        let means = [preprocessing.means.red, preprocessing.means.green, preprocessing.means.blue]
        let plane = values.count / 3
        for channel in 0..<3 {
            for place in 0..<plane {
                let index = layout == .nhwc ? 3 * place + channel : channel * plane + place
                output[index] = values[3 * place + channel] - means[channel]
            }
        }
        if preprocessing.finish != .none { preprocessing.finish.apply(to: &output, layout) }
    }

    /// Writes the bytes as the network wants them: `value * scale - mean`, then the finish.
    borrowing func write(
        as preprocessing: Preprocessing,
        layout: PixelLayout,
        into output: inout MutableSpan<Float>
    ) {
        let bytes = picture.pixels.span
        precondition(
            output.count == bytes.count,
            "room for \(output.count) of \(bytes.count) values"
        )
        let means = [preprocessing.means.red, preprocessing.means.green, preprocessing.means.blue]
        let plane = bytes.count / 3
        for channel in 0..<3 {
            for place in 0..<plane {
                let value = Float(bytes[3 * place + channel]) * preprocessing.scale
                let index = layout == .nhwc ? 3 * place + channel : channel * plane + place
                output[index] = value - means[channel]
            }
        }
        if preprocessing.finish != .none { preprocessing.finish.apply(to: &output, layout) }
    }
}
