internal import Base
internal import Checkpoint

/// The pictures of ``CorruptedFolders``, part by part, class by class, in the order of the names' bytes.
public struct CorruptedPictures: PictureSource {
    private let folders: CorruptedFolders
    private let labels: [ByteName: Int]
    private let recordOffset: Int
    private let keys: ExampleKeys
    private var limit: Int
    private var nextPart = 0
    private var current: Current?

    /// The part that is being read.
    private enum Current {
        case files([(path: BytePath, label: Int)], position: Int)
        case records(PictureRecords, left: Int)
    }

    /// A file of more bytes is no picture.
    private static let mostBytes = 1 << 30

    /// The pictures with their labels.
    ///
    /// - Parameters:
    ///   - folders: Where they lie.
    ///   - names: The names of the classes in order.
    ///   - labelOffset: The label of the first name.
    ///   - recordOffset: What is added to the labels in records.
    ///   - keys: Where records keep picture and label.
    ///   - limit: How many pictures of each part there are to be.
    /// - Throws: ``DataError`` for class folders that are called like no class.
    public init(
        _ folders: CorruptedFolders,
        names: ClassNames,
        labelOffset: Int,
        recordOffset: Int = 0,
        keys: ExampleKeys = ExampleKeys(),
        limit: Int = .max
    ) throws(DataError) {
        self.folders = folders
        self.recordOffset = recordOffset
        self.keys = keys
        self.limit = limit
        let places = try ClassFolders.places(of: folders.classNames, in: names, folders.folder)
        labels = Dictionary(
            uniqueKeysWithValues: zip(folders.classNames, places).map { name, place in
                (ByteName(name), labelOffset + place)
            }
        )
    }

    /// The labels of the class folders.
    public var folderLabels: [Int] { labels.values.sorted() }

    /// The first pictures of each part, from the start.
    public func limited(to count: Int) -> CorruptedPictures {
        var pictures = self
        pictures.limit = count
        (pictures.nextPart, pictures.current) = (0, nil)
        return pictures
    }

    /// How many there are, where that is known beforehand.
    public var count: Int? {
        folders.isCounted ? folders.parts.reduce(0) { $0 + min($1.count, limit) } : nil
    }

    /// SHA-256 of the names of all files, and of the sizes of record files.
    public var fingerprint: String? { folders.fingerprint }

    /// The next picture; nil at the end.
    ///
    /// - Throws: ``CorruptPicture``; ``DataError/changedFolder(_:)``; `CheckpointError`.
    public mutating func next() throws -> LabelledPicture? {
        while try open() {
            guard var picture = try take() else {
                current = nil
                continue
            }
            picture.part = folders.parts[nextPart - 1].kind.number
            return picture
        }
        return nil
    }

    /// Passes over a picture; a file is not read for that.
    public mutating func skip() throws -> Bool {
        while try open() {
            switch current {
            case .files(let files, let position) where position < files.count:
                current = .files(files, position: position + 1)
                return true
            case .records(var records, let left) where left > 0:
                let isThere = try records.skip()
                current = .records(records, left: left - 1)
                if isThere { return true }
            default: break
            }
            current = nil
        }
        return false
    }

    private mutating func take() throws -> LabelledPicture? {
        switch current {
        case .files(let files, let position) where position < files.count:
            current = .files(files, position: position + 1)
            return try Self.picture(files[position].path, files[position].label)
        case .records(var records, let left) where left > 0:
            defer { current = .records(records, left: left - 1) }
            return try records.next()
        default: return nil
        }
    }

    private static func picture(
        _ path: BytePath,
        _ label: Int
    ) throws(CorruptPicture) -> LabelledPicture {
        let origin = LabelledPicture.Origin(file: "\(path)")
        do throws(CheckpointError) {
            let bytes = try path.contents(most: mostBytes)
            return LabelledPicture(
                bytes: unsafe OwnedBytes(copying: bytes.span.bytes),
                label: label,
                name: ByteName(path.bytes).lastComponent,
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

    /// Opens the next part where none is open; false where there is none.
    private mutating func open() throws -> Bool {
        guard current == nil else { return true }
        guard nextPart < folders.parts.count else { return false }
        let part = folders.parts[nextPart]
        nextPart += 1
        guard part.records.isEmpty else {
            current = .records(
                PictureRecords(files: part.records, labelOffset: recordOffset, keys: keys),
                left: limit
            )
            return true
        }
        var files: [(path: BytePath, label: Int)] = []
        files.reserveCapacity(part.count)
        for entry in try CorruptedFolders.entries(of: part.folder) where entry.isFolder {
            let folder = part.folder.appending(entry.name)
            let names = try CorruptedFolders.files(in: folder)
            guard !names.isEmpty else { continue }
            guard let label = labels[entry.name] else {
                throw DataError.changedFolder("\(part.folder)")
            }
            for name in names { files.append((folder.appending(name), label)) }
        }
        // Places and shares go by the number that was counted at the start.
        guard files.count == part.count else { throw DataError.changedFolder("\(part.folder)") }
        current = .files(Array(files.prefix(limit)), position: 0)
        return true
    }
}
