import CPictures

/// TensorFlow 1's bilinear or bicubic resize of the part of a picture that is seen, into the caller's memory.
///
/// Keeps its tables and two rows of floats from picture to picture.
struct Resizer: ~Copyable {
    private var columns = ResampleAxis()
    private var rows = ResampleAxis()
    private var cubic: (columns: CubicAxis, rows: CubicAxis)?
    private var scratch = Scratch()
    private var crop = PictureWindow(x: 0, y: 0, width: 1, height: 1)
    private var needed = PictureWindow(x: 0, y: 0, width: 1, height: 1)

    /// Works out where a view samples its picture, and so which pixels are needed.
    mutating func needs(of view: PictureView) -> PictureWindow {
        crop = view.crop
        cubic = nil
        if view.rule == .bicubic { return needsCubic(view) }
        columns.place(
            source: view.source.width,
            result: view.resized.width,
            start: crop.x,
            length: crop.width,
            step: 3,
            isMirrored: view.isMirrored
        )
        rows.place(
            source: view.source.height,
            result: view.resized.height,
            start: crop.y,
            length: crop.height,
            step: 1
        )
        needed = PictureWindow(
            x: view.source.x + columns.first,
            y: view.source.y + rows.first,
            width: columns.count,
            height: rows.count
        )
        return needed
    }

    private mutating func needsCubic(_ view: PictureView) -> PictureWindow {
        let columns = CubicAxis(
            source: view.source.width,
            result: view.resized.width,
            start: crop.x,
            length: crop.width,
            isMirrored: view.isMirrored
        )
        let rows = CubicAxis(
            source: view.source.height,
            result: view.resized.height,
            start: crop.y,
            length: crop.height
        )
        cubic = (columns, rows)
        needed = PictureWindow(
            x: view.source.x + columns.first,
            y: view.source.y + rows.first,
            width: columns.count,
            height: rows.count
        )
        return needed
    }

    /// Resizes pixels that hold the window that ``needs(of:)`` gave last.
    ///
    /// Each value is `resize(value * scale) - mean` of its channel, and then what `finish` says.
    ///
    /// - Precondition: `output` has room for `3 * crop.width * crop.height` values.
    mutating func resize(
        _ pixels: PixelRows,
        scale: Float,
        means: ChannelMeans,
        finish: ChannelFinish = .none,
        layout: PixelLayout,
        into output: inout MutableSpan<Float>
    ) throws(PictureError) {
        let count = 3 * crop.width * crop.height
        precondition(output.count == count, "room for \(output.count) values, expected \(count)")
        let (x, y) = (needed.x - pixels.window.x, needed.y - pixels.window.y)
        let inset = y * pixels.stride + 3 * x
        if let cubic {
            pixels.resized(
                cubic.columns,
                cubic.rows,
                corner: inset,
                scale: scale,
                means: means,
                layout: layout,
                into: &output
            )
            if finish != .none { finish.apply(to: &output, layout) }
            return
        }
        let bytes = 2 * pictures_scratch_row(crop.width) * MemoryLayout<Float>.stride
        let floats = unsafe try scratch.room(for: bytes).assumingMemoryBound(to: Float.self)
        let (width, height) = (crop.width, crop.height)
        unsafe columns.withPointers { left, right, xWeight in
            unsafe rows.withPointers { top, bottom, yWeight in
                unsafe output.withUnsafeMutableBufferPointer { output in
                    var resize = unsafe PicturesResize(
                        pixels: pixels.start + inset,
                        stride: pixels.stride,
                        width: width,
                        height: height,
                        left: left,
                        right: right,
                        x_weight: xWeight,
                        top: top,
                        bottom: bottom,
                        y_weight: yWeight,
                        scale: scale,
                        means: (means.red, means.green, means.blue),
                        scratch: floats,
                        planar: layout == .nchw,
                        output: output.baseAddress
                    )
                    unsafe pictures_resize(&resize)
                }
            }
        }
        if finish != .none { finish.apply(to: &output, layout) }
    }
}

extension ResampleAxis {
    fileprivate borrowing func withPointers(
        _ body: (UnsafePointer<Int32>?, UnsafePointer<Int32>?, UnsafePointer<Float>?) -> Void
    ) {
        unsafe low.withUnsafeBufferPointer { low in
            unsafe high.withUnsafeBufferPointer { high in
                unsafe weight.withUnsafeBufferPointer { weight in
                    unsafe body(low.baseAddress, high.baseAddress, weight.baseAddress)
                }
            }
        }
    }
}

extension ChannelFinish {
    /// Changes the values of one picture.
    fileprivate func apply(to values: inout MutableSpan<Float>, _ layout: PixelLayout) {
        let area = values.count / 3
        let (pixelStep, channelStep) = layout == .nhwc ? (3, 1) : (1, area)
        for pixel in 0..<area {
            let start = pixel * pixelStep
            for channel in 0..<3 { values[start + channel * channelStep] *= factors[channel] }
            guard isReversed else { continue }
            let red = values[start]
            values[start] = values[start + 2 * channelStep]
            values[start + 2 * channelStep] = red
        }
    }
}
