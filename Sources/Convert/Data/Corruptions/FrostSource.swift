internal import Base
internal import Checkpoint
public import Pictures

/// Where the frost comes from, and whether it is the published one.
public struct FrostSource: Sendable {
    /// The photographs.
    public let photographs: FrostPhotographs
    /// What tells these photographs from others.
    let identity: String
    /// The files that are not the published ones.
    public let strangers: [String]

    /// How the SHA-256 of the published files begin, in order.
    private static let published = ["ff9f9078", "fe211a89", "2d0d50b4", "3f8b91ca", "5fc6a19d"]
    /// A file of more bytes is no photograph of frost.
    private static let mostBytes = 1 << 28

    /// The photographs in a folder.
    ///
    /// Their JPEGs are decoded by libjpeg-turbo, whatever decodes the other pictures: the published generator reads them by
    /// OpenCV.
    ///
    /// - Throws: ``DataError/noFrost(folder:_:)`` with all that are missing or damaged.
    public init(folder: String) throws(DataError) {
        var pictures: [Picture] = []
        var faults: [String] = []
        var strangers: [String] = []
        var digest = SHA256()
        for (name, published) in zip(FrostPhotographs.fileNames, Self.published) {
            do {
                let file = BytePath(folder).appending(ByteName(name))
                let bytes = try file.contents(most: Self.mostBytes)
                pictures.append(
                    try unsafe PillowDecoder(.turbo).decode(bytes.span.bytes)
                )
                unsafe digest.update(bytes.span.bytes)
                let isPublished = unsafe SHA256.hex(of: bytes.span.bytes).hasPrefix(published)
                if !isPublished { strangers.append(name) }
            } catch CheckpointError.unreadable(_, let reason) {
                faults.append("\(name): \(SystemReason.reading(reason))")
            } catch {
                faults.append("\(name): \(error)")
            }
        }
        guard faults.isEmpty else { throw .noFrost(folder: folder, faults) }
        photographs = FrostPhotographs(pictures)
        identity = SHA256.hex(digest.finish())
        self.strangers = strangers
    }

    /// Frost made by arithmetic, for pictures of a side.
    public init(proceduralFor side: Int) {
        photographs = .procedural(for: side)
        identity = "procedural"
        strangers = FrostPhotographs.fileNames
    }

    /// Whether it is made by arithmetic.
    public var isProcedural: Bool { identity == "procedural" }
}
