extension Preprocessing {
    /// A decoded picture as the network takes it: `[imageSize, imageSize, 3]`.
    ///
    /// - Throws: ``PictureError`` if there is no memory.
    package func prepare(_ picture: Picture) throws(PictureError) -> [Float] {
        var resizer = Resizer()
        let window = resizer.needs(of: view(of: picture.size))
        let stride = 3 * picture.size.width
        let bytes = picture.pixels + [UInt8](repeating: 0, count: PixelRows.slack)
        var output = [Float](repeating: 0, count: 3 * imageSize * imageSize)
        var failure: PictureError?
        unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            let first = unsafe start + window.y * stride + 3 * window.x
            let rows = unsafe PixelRows(window: window, stride: stride, start: first)
            var span = output.mutableSpan
            do throws(PictureError) {
                try resizer.resize(
                    rows,
                    scale: scale,
                    means: means,
                    finish: finish,
                    layout: .nhwc,
                    into: &span
                )
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return output
    }
}
