/// The photographs of frost from which the corruption cuts its parts.
public struct FrostPhotographs: Sendable {
    /// What the photographs are called, in order; the published generator never takes its sixth.
    public static let fileNames = [
        "frost1.png", "frost2.png", "frost3.png", "frost4.jpg", "frost5.jpg",
    ]

    /// As many pictures as there are names.
    let pictures: [Picture]

    /// Photographs that were decoded (their JPEGs, as OpenCV does it, with libjpeg-turbo).
    ///
    /// - Precondition: there are as many as ``fileNames``.
    public init(_ pictures: [Picture]) {
        precondition(
            pictures.count == Self.fileNames.count,
            "\(pictures.count) photographs, expected \(Self.fileNames.count)"
        )
        self.pictures = pictures
    }

    /// Throws unless every photograph is larger than a picture, both ways.
    ///
    /// - Throws: ``FrostError/tooSmall(name:photograph:picture:)``.
    public func check(for size: PictureSize) throws(FrostError) {
        for (name, picture) in zip(Self.fileNames, pictures)
        where picture.size.width <= size.width || picture.size.height <= size.height {
            throw .tooSmall(name: name, photograph: picture.size, picture: size)
        }
    }
}

/// Why there can be no frost.
public enum FrostError: Error, Equatable, Sendable {
    /// No photographs were given.
    case noPhotographs
    /// A photograph is not larger than the picture.
    case tooSmall(name: String, photograph: PictureSize, picture: PictureSize)
}

extension FrostError: CustomStringConvertible {
    /// One sentence that a user can act on.
    public var description: String {
        switch self {
        case .noPhotographs: "frost needs photographs, and none were given"
        case .tooSmall(let name, let photograph, let picture):
            """
            \(name) has \(photograph.width)x\(photograph.height) pixels, expected more than \
            \(picture.width)x\(picture.height) both ways
            """
        }
    }
}
