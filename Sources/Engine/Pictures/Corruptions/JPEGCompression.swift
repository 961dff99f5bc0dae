import CPictures

/// A JPEG of low quality, and back.
struct JPEGCompression {
    private let quality: Int
    private let variant: JPEGVariant

    init(_ severity: Int, _ variant: JPEGVariant) {
        quality = [25, 18, 15, 10, 7][severity - 1]
        self.variant = variant
    }

    func apply(to picture: inout Picture, _ work: inout CorruptionWorkspace) {
        picture.compress(quality: quality, variant, &work)
    }
}

/// Whose arithmetic a JPEG's halved colour planes have; single pixels differ by up to 220 of 255.
public enum JPEGVariant: String, CaseIterable, Sendable {
    /// libjpeg-turbo and libjpeg 6b: what Linux distributions and Conda have, and Pillow's wheels since 2021.
    case turbo
    /// IJG's libjpeg 7 to 9: what Pillow's wheels of 2019 and 2020 have.
    case ijg9
}

extension Picture {
    /// Makes a JPEG of a picture and a picture of that, in place.
    ///
    /// No file is written, as its coding loses nothing.
    mutating func compress(
        quality: Int,
        _ variant: JPEGVariant,
        _ work: inout CorruptionWorkspace
    ) {
        var jpeg = PicturesJPEG(size: size, quality: quality, variant)
        let room = unsafe pictures_jpeg_scratch(&jpeg)
        work.shorts.makeRoom(for: unsafe pictures_jpeg_coefficients(&jpeg))
        work.bytes.makeRoom(for: room)
        unsafe pictures_jpeg_analyze(&jpeg, pixels, &work.shorts, &work.bytes)
        unsafe pictures_jpeg_synthesize(&jpeg, work.shorts, &pixels, &work.bytes)
    }

    /// The quantised coefficients of a picture, as `pictures_jpeg_analyze` orders them.
    func coefficients(quality: Int, _ variant: JPEGVariant) -> [Int16] {
        var jpeg = PicturesJPEG(size: size, quality: quality, variant)
        let count = unsafe pictures_jpeg_coefficients(&jpeg)
        var coefficients = [Int16](repeating: 0, count: count)
        var scratch = [UInt8](repeating: 0, count: unsafe pictures_jpeg_scratch(&jpeg))
        unsafe pictures_jpeg_analyze(&jpeg, pixels, &coefficients, &scratch)
        return coefficients
    }
}

extension PicturesJPEG {
    /// A picture that is to be compressed with IJG's tables of a quality of 1...100.
    init(size: PictureSize, quality: Int, _ variant: JPEGVariant) {
        self.init()
        width = size.width
        height = size.height
        self.variant = variant == .turbo ? PicturesJPEGTurbo : PicturesJPEGNine
        unsafe pictures_jpeg_set_quality(&self, Int32(quality))
    }
}
