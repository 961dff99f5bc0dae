/// A file format of pictures, told by the first bytes of a file and never by its name.
public enum PictureFormat: String, Equatable, Sendable, CustomStringConvertible {
    /// JPEG: baseline, progressive or arithmetic; grey, colour or four inks.
    case jpeg
    /// PNG of any colour type and depth.
    case png
    /// GIF of a single frame.
    case gif

    /// The format that these bytes claim to be.
    ///
    /// - Throws: ``PictureError/empty`` and ``PictureError/unknownFormat(start:)``.
    public init(sniffing bytes: RawSpan) throws(PictureError) {
        let start = unsafe bytes.withUnsafeBytes { buffer in unsafe Array(buffer.prefix(8)) }
        switch start {
        case []: throw .empty
        case _ where start.starts(with: [0xFF, 0xD8, 0xFF]): self = .jpeg
        case [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]: self = .png
        case _ where start.starts(with: Array("GIF8".utf8)): self = .gif
        default: throw .unknownFormat(start: start)
        }
    }

    /// The usual spelling.
    public var description: String { rawValue.uppercased() }
}
