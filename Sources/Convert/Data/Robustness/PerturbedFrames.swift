internal import Base
internal import Checkpoint

/// The frames of videos, one after the other; ``LabelledPicture/place`` is the number of the video.
public struct PerturbedFrames: PictureSource {
    private let folders: PerturbedFolders
    private let videos: [Int]
    private var position = 0
    private var frame = 0

    /// A file of more bytes is no picture.
    private static let mostBytes = 1 << 30

    /// The frames of every so-manieth video, from one on.
    ///
    /// - Precondition: `0 <= part && part < parts`.
    public init(_ folders: PerturbedFolders, part: Int = 0, of parts: Int = 1, from start: Int = 0)
    {
        precondition(part >= 0 && part < parts, "part \(part) of \(parts)")
        self.folders = folders
        videos = (0..<folders.videoCount).filter { $0 >= start && $0 % parts == part }
    }

    /// How many frames there are.
    public var count: Int? { videos.reduce(0) { $0 + folders.videos[$1].frames.count } }

    /// SHA-256 of the names of all files.
    public var fingerprint: String? { folders.fingerprint }

    /// The next frame; nil at the end.
    ///
    /// - Throws: ``CorruptPicture``.
    public mutating func next() throws -> LabelledPicture? {
        while position < videos.count {
            let video = folders.videos[videos[position]]
            guard frame < video.frames.count else {
                position += 1
                frame = 0
                continue
            }
            let path = video.folder.appending(video.frames[frame])
            frame += 1
            let origin = LabelledPicture.Origin(file: "\(path)")
            let bytes: [UInt8]
            do throws(CheckpointError) {
                bytes = try path.contents(most: Self.mostBytes)
            } catch {
                throw CorruptPicture(origin: origin, reason: "cannot be read: \(error)")
            }
            var picture = LabelledPicture(
                bytes: unsafe OwnedBytes(copying: bytes.span.bytes),
                label: nil,
                name: ByteName(path.bytes).lastComponent,
                origin: origin
            )
            picture.place = videos[position]
            return picture
        }
        return nil
    }
}
