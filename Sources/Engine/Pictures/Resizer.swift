import CPictures

/// TensorFlow's resize of the part of a picture that is seen, into the caller's memory.
///
/// Keeps its tables and two rows of floats from picture to picture.
struct Resizer: ~Copyable {
    private var columns = ResampleAxis()
    private var rows = ResampleAxis()
    private var weighted: (columns: WeightedAxis, rows: WeightedAxis)?
    private var scratch = Scratch()
    private var crop = PictureWindow(x: 0, y: 0, width: 1, height: 1)
    private var needed = PictureWindow(x: 0, y: 0, width: 1, height: 1)

    /// Works out where a view samples its picture, and so which pixels are needed.
    mutating func needs(of view: PictureView) -> PictureWindow {
        crop = view.crop
        weighted = nil
        switch view.rule.method {
        case .bicubic, .area: return needsSeveral(view)
        case .bilinear, .nearest: break
        }
        columns.place(
            source: view.source.width,
            result: view.resized.width,
            start: crop.x,
            length: crop.width,
            step: 3,
            rule: view.rule,
            isMirrored: view.isMirrored
        )
        rows.place(
            source: view.source.height,
            result: view.resized.height,
            start: crop.y,
            length: crop.height,
            step: 1,
            rule: view.rule
        )
        needed = PictureWindow(
            x: view.source.x + columns.first,
            y: view.source.y + rows.first,
            width: columns.count,
            height: rows.count
        )
        return needed
    }

    private mutating func needsSeveral(_ view: PictureView) -> PictureWindow {
        let columns = WeightedAxis(
            source: view.source.width,
            result: view.resized.width,
            start: crop.x,
            length: crop.width,
            rule: view.rule,
            isMirrored: view.isMirrored
        )
        let rows = WeightedAxis(
            source: view.source.height,
            result: view.resized.height,
            start: crop.y,
            length: crop.height,
            rule: view.rule
        )
        weighted = (columns, rows)
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
        if let weighted {
            pixels.resized(
                weighted.columns,
                weighted.rows,
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
