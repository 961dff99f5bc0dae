internal import Base
internal import Checkpoint

/// Picture files, one after the other, with or without labels.
public struct PictureFiles: PictureSource {
    /// The paths, and the labels where there are any.
    let files: [(path: String, label: Int?)]
    private var position = 0

    /// Files without labels, in the order given.
    public init(paths: [String]) {
        files = paths.map { ($0, nil) }
    }

    /// Files with labels, in the order given.
    init(labelled files: [(path: String, label: Int)]) {
        self.files = files.map { ($0.path, $0.label) }
    }

    /// The pictures of class folders, class by class.
    public init(_ folders: ClassFolders) {
        files = folders.files.map { ($0.path, $0.label) }
    }

    /// How many there are, where that is known beforehand.
    public var count: Int? { files.count }

    /// The next picture; nil at the end.
    ///
    /// - Throws: ``CorruptPicture``.
    public mutating func next() throws -> LabelledPicture? {
        guard position < files.count else { return nil }
        let (path, label) = files[position]
        position += 1
        return try Self.picture(path, label: label)
    }

    /// SHA-256 of the names of the files and of their folders, and of the labels.
    public var fingerprint: String? {
        var fingerprint = Fingerprint()
        for file in files {
            fingerprint.add(file.path.split(separator: "/").suffix(2).joined(separator: "/"))
            fingerprint.add(file.label.map { "\($0)" } ?? "")
        }
        return fingerprint.text
    }

    /// Passes over a picture, which is not read.
    public mutating func skip() -> Bool {
        guard position < files.count else { return false }
        position += 1
        return true
    }

    /// The picture that a file holds.
    static func picture(_ path: String, label: Int?) throws(CorruptPicture) -> LabelledPicture {
        let origin = LabelledPicture.Origin(file: path)
        do throws(CheckpointError) {
            let bytes = try MappedFile(path: path).withBytes { OwnedBytes(copying: $0) }
            return LabelledPicture(
                bytes: bytes,
                label: label,
                name: ByteName(path).lastComponent,
                origin: origin
            )
        } catch {
            guard case .unreadable(_, let reason) = error else {
                throw CorruptPicture(origin: origin, reason: "\(error)")
            }
            throw CorruptPicture(
                origin: origin,
                reason: "cannot be read: \(SystemReason.reading(reason))"
            )
        }
    }
}
