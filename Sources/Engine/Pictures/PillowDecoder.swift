/// Decodes pictures as Pillow does, `open(file).convert('RGB')`, over either of the JPEG libraries.
///
/// Differs from ``PictureDecoder``, which decodes as TensorFlow does, in JPEGs of four inks and, with
/// ``JPEGVariant/ijg9``, in the colours of all JPEGs whose colour planes are halved. Use one for each thread: it is not
/// `Sendable`.
public final class PillowDecoder {
    private let variant: JPEGVariant
    private let jpeg: JPEG
    private let others: PictureDecoder
    private var scratch = Scratch()

    /// A decoder over a library.
    ///
    /// - Throws: ``PictureError/outOfMemory(byteCount:)``.
    public init(_ variant: JPEGVariant) throws(PictureError) {
        self.variant = variant
        jpeg = try JPEG()
        others = try PictureDecoder()
        jpeg.makeColoursAsPillow()
    }

    /// The pixels of a whole picture: a JPEG, PNG or single-framed GIF, told apart by its content.
    ///
    /// - Throws: ``PictureError``.
    public func decode(_ bytes: RawSpan) throws(PictureError) -> Picture {
        guard try PictureFormat(sniffing: bytes) == .jpeg else { return try others.decode(bytes) }
        return try unsafe bytes.withUnsafeBytes { buffer throws(PictureError) in
            let header = try unsafe jpeg.open(buffer)
            let size = header.size
            try PictureLimits.check(
                size,
                format: .jpeg,
                channels: header.channels,
                byteCount: buffer.count
            )
            let scans = PictureLimits.scans(of: size, byteCount: buffer.count)
            switch variant {
            case .turbo:
                return try jpeg.read(
                    PictureWindow(whole: size),
                    ofWhole: true,
                    dct: .accurate,
                    scanLimit: scans,
                    scratch: &scratch
                ).copy()
            case .ijg9: return try jpeg.coefficients(scanLimit: scans).picture(size)
            }
        }
    }
}
