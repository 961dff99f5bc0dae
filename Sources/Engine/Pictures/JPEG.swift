import CJPEG

/// libjpeg-turbo's decompressor, used again from picture to picture.
///
/// Owns one `CJPEGDecoder`.
@safe
struct JPEG: ~Copyable {
    private let decoder: OpaquePointer

    /// What a file says about itself before its first scan.
    struct Header {
        let size: PictureSize
        let channels: Int
    }

    init() throws(PictureError) {
        guard let decoder = unsafe cjpeg_create() else { throw .outOfMemory(byteCount: 0) }
        unsafe self.decoder = decoder
    }

    deinit { unsafe cjpeg_destroy(decoder) }

    /// Reads the header.
    ///
    /// The bytes must stay until the pixels are read.
    func open(_ bytes: UnsafeRawBufferPointer) throws(PictureError) -> Header {
        var (width, height, channels) = (UInt32(0), UInt32(0), UInt32(0))
        let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard unsafe cjpeg_open(decoder, start, bytes.count, &width, &height, &channels) else {
            throw failure()
        }
        return Header(
            size: PictureSize(width: Int(width), height: Int(height)),
            channels: Int(channels)
        )
    }

    /// Decodes a window of the opened file into the scratch.
    ///
    /// With `ofWhole` the pixels are those of the whole picture, and the file is read to its end, so that
    /// one that ends too early is refused. Without, the window's edges are treated as the edges of a
    /// picture and what lies below it is not looked at: TensorFlow's `decode_and_crop_jpeg`.
    func read(
        _ window: PictureWindow,
        ofWhole: Bool,
        dct: DCTMethod,
        scanLimit: Int,
        scratch: inout Scratch
    ) throws(PictureError) -> PixelRows {
        var stored = CJPEGWindow()
        let wanted = CJPEGWindow(
            x: UInt32(window.x),
            y: UInt32(window.y),
            width: UInt32(window.width),
            height: UInt32(window.height)
        )
        let edges = ofWhole ? CJPEGEdgesOfWhole : CJPEGEdgesOfWindow
        let limit = Int32(scanLimit)
        guard unsafe cjpeg_start(decoder, wanted, edges, dct == .fast, limit, &stored) else {
            throw failure()
        }
        let stride = 3 * Int(stored.width)
        let pixels = unsafe try scratch.room(for: stride * window.height + PixelRows.slack)
        let bytes = unsafe pixels.assumingMemoryBound(to: UInt8.self)
        guard unsafe cjpeg_read(decoder, bytes, stride) else { throw failure() }
        let margin = 3 * (window.x - Int(stored.x))
        return unsafe PixelRows(window: window, stride: stride, start: bytes + margin)
    }

    /// Has four inks made three colours as Pillow does it, from here on.
    func makeColoursAsPillow() { unsafe cjpeg_choose_inks(decoder, CJPEGInksPillow) }

    /// Reads the coefficients of the opened file, to its end.
    func coefficients(scanLimit: Int) throws(PictureError) -> JPEGCoefficients {
        var colour = CJPEGColourOther
        var count: UInt32 = 0
        var descriptions = [CJPEGPlane](repeating: CJPEGPlane(), count: 4)
        let limit = Int32(scanLimit)
        guard unsafe cjpeg_read_coefficients(decoder, limit, &colour, &count, &descriptions) else {
            throw failure()
        }
        var planes: [JPEGCoefficients.Plane] = []
        for index in 0..<Int(count) {
            let plane = descriptions[index]
            let blocks = Int(plane.blocks_across) * Int(plane.blocks_down)
            var values = [Int16](repeating: 0, count: 64 * blocks)
            guard unsafe cjpeg_take_coefficients(decoder, UInt32(index), &values) else {
                throw failure()
            }
            planes.append(.init(description: plane, values: values))
        }
        return JPEGCoefficients(colour: colour, planes: planes)
    }

    private func failure() -> PictureError {
        .damaged(
            .jpeg,
            offset: unsafe cjpeg_offset(decoder),
            reason: unsafe String(cString: cjpeg_message(decoder))
        )
    }
}
