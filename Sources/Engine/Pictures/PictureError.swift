/// What can be wrong with a picture, or with the way it is asked to be prepared.
public enum PictureError: Error, Equatable, Sendable {
    /// There are no bytes.
    case empty
    /// The bytes begin like no format that is read.
    case unknownFormat(start: [UInt8])
    /// The bytes break the rules of their format, or end too early.
    ///
    /// `offset` is how many bytes had been taken in when it was noticed.
    case damaged(PictureFormat, offset: Int, reason: String)
    /// The stated extents are more than can be decoded, or more than so small a file can hold.
    case tooLarge(width: Int, height: Int, byteCount: Int)
    /// A GIF of several frames, which TensorFlow's picture decoder refuses as well.
    case animated
    /// A window that does not lie inside the picture.
    case windowOutside(PictureWindow, PictureSize)
    /// There is no memory for the pixels.
    case outOfMemory(byteCount: Int)
    /// A name of a preprocessing that is not one of the published ones.
    case unknownPreprocessing(String)
    /// A part of a preparation, by its flag, with a value that it cannot have.
    case impossiblePart(name: String, value: String, expected: String)
    /// A name of a DCT method that is not one of the published ones.
    case unknownDCTMethod(String)
    /// A picture size that no network here can want.
    case imageSizeOutOfRange(Int, ClosedRange<Int>)
    /// A picture of another size than that to which it should have been brought before.
    case otherSize(PictureSize, expected: Int)
}

extension PictureError: CustomStringConvertible {
    /// One sentence that a user can act on.
    public var description: String {
        switch self {
        case .empty:
            "expected a picture (JPEG, PNG or GIF), found no bytes"
        case .unknownFormat(let start):
            "expected a picture (JPEG, PNG or GIF), found bytes that begin with \(start)"
        case .damaged(let format, let offset, let reason):
            "damaged \(format) picture at byte \(offset): \(reason)"
        case .tooLarge(let width, let height, let byteCount):
            "a picture of \(width)x\(height) pixels in \(byteCount) bytes is too large to decode"
        case .animated:
            "a GIF of several frames, expected a single one"
        case .windowOutside(let window, let size):
            """
            a window of \(window.width)x\(window.height) pixels at \(window.x),\(window.y) \
            does not lie inside a picture of \(size.width)x\(size.height)
            """
        case .outOfMemory(let byteCount):
            "there is no memory for \(byteCount) bytes of pixels"
        case .unknownPreprocessing(let name):
            "unknown preprocessing type '\(name)', expected \(Preprocessing.knownNames)"
        case .impossiblePart(let name, let value, let expected):
            "--\(name)=\(value), expected \(expected)"
        case .unknownDCTMethod(let name):
            "unknown DCT method '\(name)', expected INTEGER_FAST or INTEGER_ACCURATE"
        case .imageSizeOutOfRange(let size, let range):
            "an image size of \(size) is not between \(range.lowerBound) and \(range.upperBound)"
        case .otherSize(let size, let expected):
            """
            a picture of \(size.width)x\(size.height) pixels, expected \(expected)x\(expected), as \
            corrupted pictures are not resized: --image-size says another size, \
            --preprocessing-type resizes nevertheless
            """
        }
    }
}
