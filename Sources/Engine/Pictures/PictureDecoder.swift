/// Turns the bytes of picture files into pixels, or straight into a network's input.
///
/// Holds the decoders' state and scratch memory from picture to picture, so that a steady stream of pictures
/// allocates nothing of its own. Use one for each thread: it is not `Sendable`.
public final class PictureDecoder {
    private let jpeg: JPEG
    private let png: PNG
    private var scratch = Scratch()
    private var resizer = Resizer()
    private var canvas = Canvas()

    /// A decoder that has seen no picture yet.
    ///
    /// - Throws: ``PictureError/outOfMemory(byteCount:)``.
    public init() throws(PictureError) {
        jpeg = try JPEG()
        png = try PNG()
    }

    /// The pixels of a whole picture: a JPEG, PNG or single-framed GIF, told apart by its content.
    ///
    /// Grey is repeated over three channels, alpha dropped, 16 bits cut to the upper eight. Equal to
    /// TensorFlow's `decode_jpeg(channels=3)` to the bit; what that refuses is refused.
    ///
    /// - Throws: ``PictureError``.
    public func decode(
        _ bytes: RawSpan,
        dctMethod: DCTMethod = .accurate
    ) throws(PictureError) -> Picture {
        try unsafe bytes.withUnsafeBytes { buffer throws(PictureError) in
            try unsafe pixels(of: buffer, dctMethod: dctMethod) { PictureWindow(whole: $0) }.copy()
        }
    }

    /// A window of a picture, as TensorFlow's `decode_and_crop_jpeg` gives it.
    ///
    /// Of a JPEG, the window is decoded as if it were a picture of its own: the interpolation of its colour
    /// planes does not look across its edges, and the file below it is not looked at. Of the other formats,
    /// the window is ignored and the whole picture comes back, as TensorFlow has it.
    ///
    /// - Throws: ``PictureError``, also where the window does not lie inside the picture.
    public func decode(
        _ bytes: RawSpan,
        window: PictureWindow,
        dctMethod: DCTMethod = .accurate
    ) throws(PictureError) -> Picture {
        try unsafe bytes.withUnsafeBytes { buffer throws(PictureError) in
            try unsafe pixels(of: buffer, dctMethod: dctMethod, alone: true) { _ in window }.copy()
        }
    }

    /// The size that a picture's header states.
    ///
    /// - Throws: ``PictureError``.
    public func size(of bytes: RawSpan) throws(PictureError) -> PictureSize {
        try unsafe bytes.withUnsafeBytes { buffer throws(PictureError) in
            switch try PictureFormat(sniffing: bytes) {
            case .jpeg: try unsafe jpeg.open(buffer).size
            case .png: try unsafe png.open(buffer)
            case .gif: try unsafe GIF(buffer).size
            }
        }
    }

    /// Whether a file is a JPEG of four inks, which many programs do not show.
    ///
    /// - Throws: ``PictureError``.
    package func hasFourInks(_ bytes: RawSpan) throws(PictureError) -> Bool {
        guard try PictureFormat(sniffing: bytes) == .jpeg else { return false }
        return try unsafe bytes.withUnsafeBytes { buffer throws(PictureError) in
            try unsafe jpeg.open(buffer).channels == 4
        }
    }

    /// Decodes, resizes, crops and normalises a picture for evaluation, into its place in a batch.
    ///
    /// Only the pixels that survive the crop are computed. `output` is `[size, size, 3]` or
    /// `[3, size, size]` float32, where size is `preprocessing.imageSize`.
    ///
    /// - Returns: the size of the picture.
    /// - Throws: ``PictureError``; `output` may be written in part then.
    /// - Precondition: `output` has exactly that many elements.
    @discardableResult
    public func prepare(
        _ bytes: RawSpan,
        as preprocessing: Preprocessing,
        layout: PixelLayout,
        into output: inout MutableSpan<Float>
    ) throws(PictureError) -> PictureSize {
        try unsafe bytes.withUnsafeBytes { buffer throws(PictureError) in
            var seen = PictureSize(width: 0, height: 0)
            let pixels = try unsafe pixels(of: buffer, dctMethod: preprocessing.dctMethod) {
                size throws(PictureError) in
                seen = size
                try preprocessing.check(size)
                return resizer.needs(of: preprocessing.view(of: size))
            }
            try resizer.resize(
                pixels,
                scale: preprocessing.scale,
                means: preprocessing.means,
                finish: preprocessing.finish,
                layout: layout,
                into: &output
            )
            return seen
        }
    }

    /// Decodes a window of a picture and makes it a square, for training, into its place in a batch.
    ///
    /// `choose` is told the picture's size and draws the window. Only JPEGs are cut (see
    /// ``decode(_:window:dctMethod:)``). What `preprocessing` says of framing does not matter; the
    /// mirror comes before the resize, as published. `augment`, if given, changes the resized picture, whose
    /// values are cut to bytes for it. `output` is as for ``prepare(_:as:layout:into:)``.
    ///
    /// - Returns: the size of the picture.
    /// - Throws: ``PictureError``; `output` may be written in part then.
    /// - Precondition: `output` has exactly so many elements.
    @discardableResult
    public func prepareCrop(
        _ bytes: RawSpan,
        as preprocessing: Preprocessing,
        layout: PixelLayout,
        into output: inout MutableSpan<Float>,
        choose: (PictureSize) -> TrainingCrop,
        augment: ((inout Picture) -> Void)? = nil
    ) throws(PictureError) -> PictureSize {
        try unsafe bytes.withUnsafeBytes { buffer throws(PictureError) in
            var seen = PictureSize(width: 0, height: 0)
            var isMirrored = false
            let method = preprocessing.dctMethod
            let pixels = try unsafe pixels(of: buffer, dctMethod: method, alone: true) { size in
                seen = size
                let crop = choose(size)
                isMirrored = crop.isMirrored
                return crop.window
            }
            let square = PictureSize(
                width: preprocessing.imageSize,
                height: preprocessing.imageSize
            )
            let view = PictureView(
                source: pixels.window,
                resized: square,
                crop: PictureWindow(whole: square),
                isMirrored: isMirrored,
                rule: preprocessing.rule
            )
            _ = resizer.needs(of: view)
            guard let augment else {
                try resizer.resize(
                    pixels,
                    scale: preprocessing.scale,
                    means: preprocessing.means,
                    finish: preprocessing.finish,
                    layout: layout,
                    into: &output
                )
                return seen
            }
            try canvas.draw(square) { values throws(PictureError) in
                try resizer.resize(pixels, scale: 1, means: .none, layout: .nhwc, into: &values)
            }
            augment(&canvas.picture)
            canvas.write(as: preprocessing, layout: layout, into: &output)
            return seen
        }
    }

    /// Decodes a picture, cuts and resizes its pixels, mirrors them and changes their colours, for training.
    ///
    /// `choose` is told the picture's size and draws what is seen; its crop has the side of `preprocessing`. Pixels are those
    /// of the whole picture, of every format. `augment`, if given, changes the mirrored picture, whose values are cut to bytes
    /// for it; then colours stay as they are.
    ///
    /// - Throws: ``PictureError``; `output` may be written in part then.
    /// - Precondition: `output` has room for exactly one picture.
    package func prepareResized(
        _ bytes: RawSpan,
        as preprocessing: Preprocessing,
        layout: PixelLayout,
        into output: inout MutableSpan<Float>,
        choose: (PictureSize) -> ResizedCrop,
        augment: ((inout Picture) -> Void)? = nil
    ) throws(PictureError) {
        try unsafe bytes.withUnsafeBytes { buffer throws(PictureError) in
            var chosen: ResizedCrop?
            let pixels = try unsafe pixels(of: buffer, dctMethod: preprocessing.dctMethod) { size in
                let crop = choose(size)
                chosen = crop
                return resizer.needs(
                    of: PictureView(
                        source: crop.window,
                        resized: crop.resized,
                        crop: crop.crop,
                        rule: preprocessing.rule
                    )
                )
            }
            guard let chosen else { preconditionFailure("a picture without a size") }
            let square = PictureSize(width: chosen.crop.width, height: chosen.crop.height)
            let scale = augment == nil ? preprocessing.scale : 1
            try canvas.draw(square) { values throws(PictureError) in
                try resizer.resize(pixels, scale: scale, means: .none, layout: .nhwc, into: &values)
            }
            if chosen.isMirrored { canvas.mirror() }
            guard let augment else {
                if let colours = chosen.colours { canvas.shift(colours) }
                canvas.writeValues(as: preprocessing, layout: layout, into: &output)
                return
            }
            augment(&canvas.picture)
            canvas.write(as: preprocessing, layout: layout, into: &output)
        }
    }

    /// Decodes what is needed of a picture into the scratch.
    ///
    /// `choose` is told the picture's size. With `alone` its window is decoded as a picture of its own.
    private func pixels(
        of bytes: UnsafeRawBufferPointer,
        dctMethod: DCTMethod,
        alone: Bool = false,
        choose: (PictureSize) throws(PictureError) -> PictureWindow
    ) throws(PictureError) -> PixelRows {
        switch try unsafe PictureFormat(sniffing: bytes.bytes) {
        case .jpeg:
            let header = try unsafe jpeg.open(bytes)
            let size = header.size
            try PictureLimits.check(
                size,
                format: .jpeg,
                channels: header.channels,
                byteCount: bytes.count
            )
            let window = try choose(size)
            guard window.fits(size) else { throw .windowOutside(window, size) }
            return try jpeg.read(
                window,
                ofWhole: !alone,
                dct: dctMethod,
                scanLimit: PictureLimits.scans(of: size, byteCount: bytes.count),
                scratch: &scratch
            )
        case .png:
            let size = try unsafe png.open(bytes)
            try PictureLimits.check(size, format: .png, byteCount: bytes.count)
            _ = try choose(size)
            return try png.read(size, scratch: &scratch)
        case .gif:
            let gif = try unsafe GIF(bytes)
            try PictureLimits.check(gif.size, format: .gif, byteCount: bytes.count)
            _ = try choose(gif.size)
            return try gif.read(scratch: &scratch)
        }
    }
}
