import Pictures
import Testing

@Suite struct TrainingCropTests {
    private func crop(
        _ bytes: [UInt8],
        _ preprocessing: Preprocessing,
        _ crop: TrainingCrop,
        layout: PixelLayout = .nhwc
    ) throws -> [Float] {
        let decoder = try PictureDecoder()
        let count = 3 * preprocessing.imageSize * preprocessing.imageSize
        var output = [Float](repeating: .nan, count: count)
        var span = output.mutableSpan
        try unsafe decoder.prepareCrop(
            bytes.span.bytes,
            as: preprocessing,
            layout: layout,
            into: &span
        ) { _ in crop }
        return output
    }

    @Test("a training window equals TensorFlow's", arguments: PictureGoldens.files)
    func golden(file: String) throws {
        let golden = try #require(PictureGoldens.results[file]?["train_crop"])
        let places = try #require(golden.window)
        let size = try #require(golden.output)
        let window = PictureWindow(x: places[1], y: places[0], width: places[3], height: places[2])
        let preprocessing = try Preprocessing(name: "imagenet", imageSize: size)
        let bytes = try PictureGoldens.bytes(file)
        let values = try crop(bytes, preprocessing, TrainingCrop(window: window))
        #expect(PictureGoldens.hash(values) == golden.sha256)
    }

    @Test("mirroring the whole of a picture that keeps its size mirrors its values")
    func mirrored() throws {
        let bytes = try PictureGoldens.bytes("exact-256.jpg")
        let preprocessing = try Preprocessing(name: "imagenet", imageSize: 256)
        let window = PictureWindow(x: 0, y: 0, width: 256, height: 256)
        for layout in [PixelLayout.nhwc, .nchw] {
            let straight = try crop(
                bytes,
                preprocessing,
                TrainingCrop(window: window),
                layout: layout
            )
            let mirrored = try crop(
                bytes,
                preprocessing,
                TrainingCrop(window: window, isMirrored: true),
                layout: layout
            )
            let (x, rest) = layout == .nhwc ? (3, 1) : (1, 1)
            for index in stride(from: 0, to: straight.count, by: 997) {
                let column = index / x % 256
                let other = index + (255 - 2 * column) * x * rest
                #expect(straight[index] == mirrored[other])
            }
        }
    }

    @Test("mirroring comes before the resize")
    func mirrorThenResize() throws {
        let bytes = try PictureGoldens.bytes("small-upscaled.jpg")
        let picture = try PictureDecoder().decoded(bytes)
        let (width, height) = (picture.size.width, picture.size.height)
        let preprocessing = try Preprocessing(name: "imagenet", imageSize: 2 * width)
        let whole = PictureWindow(whole: picture.size)
        let values = try crop(bytes, preprocessing, TrainingCrop(window: whole, isMirrored: true))
        // Twice as wide: even places are pixels, odd ones the mean of two neighbours in mirrored order.
        for x in 0..<width - 1 {
            let pixel = Float(picture.pixels[3 * (width - 1 - x)])
            let next = Float(picture.pixels[3 * (width - 2 - x)])
            #expect(values[3 * 2 * x] == pixel - 123.68)
            #expect(values[3 * (2 * x + 1)] == pixel + (next - pixel) * 0.5 - 123.68)
        }
        #expect(height > 0)
    }

    @Test(
        "augmentation sees bytes and comes before the means",
        arguments: [PixelLayout.nhwc, .nchw]
    )
    func augmented(layout: PixelLayout) throws {
        let bytes = try PictureGoldens.bytes("small-upscaled.jpg")
        let preprocessing = try Preprocessing(name: "imagenet_096")
        let window = PictureWindow(x: 2, y: 3, width: 50, height: 40)
        let plain = try crop(bytes, preprocessing, TrainingCrop(window: window), layout: layout)
        let decoder = try PictureDecoder()
        for _ in 0..<2 {
            var seen = Picture(size: PictureSize(width: 0, height: 0), pixels: [])
            var output = [Float](repeating: .nan, count: plain.count)
            var span = output.mutableSpan
            try unsafe decoder.prepareCrop(
                bytes.span.bytes,
                as: preprocessing,
                layout: layout,
                into: &span
            ) { _ in
                TrainingCrop(window: window)
            } augment: { picture in
                seen = picture
                Augmentation.invert.apply(to: &picture)
            }
            #expect(seen.size == PictureSize(width: 96, height: 96))
            let means: [Float] = [123.68, 116.78, 103.94]
            for (place, byte) in seen.pixels.enumerated() {
                let (pixel, channel) = (place / 3, place % 3)
                let index = layout == .nhwc ? place : channel * 96 * 96 + pixel
                let cut = plain[index] + means[channel] - Float(byte)
                #expect(cut > -1e-3 && cut < 1.001)
                #expect(output[index] == Float(255 - byte) - means[channel])
            }
        }
    }

    @Test("a window decoded alone has the extents of the window; of a PNG, the whole picture comes")
    func alone() throws {
        let decoder = try PictureDecoder()
        let window = PictureWindow(x: 3, y: 5, width: 17, height: 9)
        let jpeg = try PictureGoldens.bytes("odd-422.jpg")
        let cut = try unsafe decoder.decode(jpeg.span.bytes, window: window)
        #expect(cut.size == PictureSize(width: 17, height: 9))
        let png = try PictureGoldens.bytes("really-png.jpg")
        let whole = try unsafe decoder.decode(png.span.bytes, window: window)
        #expect(whole.size == PictureSize(width: 300, height: 220))
    }

    @Test(
        "a window outside the picture is refused",
        arguments: [
            PictureWindow(x: -1, y: 0, width: 5, height: 5),
            PictureWindow(x: 0, y: 0, width: 258, height: 5),
            PictureWindow(x: 250, y: 0, width: 8, height: 5),
            PictureWindow(x: 0, y: 301, width: 1, height: 1),
            PictureWindow(x: 0, y: 0, width: 0, height: 5),
            PictureWindow(x: .max, y: .max, width: .max, height: .max),
        ]
    )
    func outside(window: PictureWindow) throws {
        let bytes = try PictureGoldens.bytes("odd-422.jpg")
        let size = PictureSize(width: 257, height: 301)
        let preprocessing = try Preprocessing(name: "imagenet_096")
        #expect(throws: PictureError.windowOutside(window, size)) {
            try crop(bytes, preprocessing, TrainingCrop(window: window))
        }
    }
}
