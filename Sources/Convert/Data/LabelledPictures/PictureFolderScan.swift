internal import Checkpoint
internal import Pictures

/// What lies in a folder of class folders.
///
///     <folder>/<class>/<picture>
///
/// What begins with a dot is passed over. A file is a picture by the ending of its name or, where that tells nothing, by its
/// first bytes.
struct PictureFolderScan: Sendable {
    /// A folder with the names of the pictures in it, in order.
    struct Found: Sendable {
        let name: String
        let pictures: [String]
    }

    /// The folder.
    let folder: String
    /// The folders with pictures in them, in the order of their names' bytes.
    private(set) var found: [Found] = []
    /// The folders without.
    private(set) var empty: [String] = []
    /// Files in class folders that are no pictures.
    private(set) var foreign: [String] = []
    /// Folders in class folders.
    private(set) var inner: [String] = []
    /// Pictures beside the class folders.
    private(set) var loose: [String] = []

    /// Looks at a folder, and at all folders in it.
    ///
    /// - Throws: ``DataError/missing(_:)``, ``DataError/unreadable(_:)``,
    ///   ``DataError/notText(_:_:)``.
    init(_ folder: String) throws(DataError) {
        self.folder = folder
        for entry in try Self.entries(of: folder) {
            guard entry.isFolder else {
                if Self.hasPictureEnding(entry.name) { loose.append(entry.name) }
                continue
            }
            let inside = try Self.entries(of: "\(folder)/\(entry.name)")
            let places = inside.map { "\(entry.name)/\($0.name)" }
            let isPicture = zip(inside, places).map { file, place in
                !file.isFolder && Self.isPicture(file.name, at: "\(folder)/\(place)")
            }
            let pictures = zip(inside, isPicture).filter(\.1).map(\.0.name)
            guard !pictures.isEmpty else {
                empty.append(entry.name)
                continue
            }
            found.append(Found(name: entry.name, pictures: pictures))
            for (index, file) in inside.enumerated() where !isPicture[index] {
                if file.isFolder {
                    inner.append(places[index])
                } else {
                    foreign.append(places[index])
                }
            }
        }
    }

    /// The names in a folder as texts.
    static func entries(
        of folder: String
    ) throws(DataError) -> [(name: String, isFolder: Bool)] {
        let found: [BytePath.Entry]
        do throws(CheckpointError) {
            found = try BytePath(folder).entries()
        } catch {
            guard case .unreadable(_, let reason) = error else { throw .unreadableFolder(folder) }
            throw reason == "No such file or directory"
                ? .missingFolder(folder) : .unreadableFolder(folder)
        }
        let unusable = found.filter { $0.name.text == nil }.map { "\($0.name)" }
        guard unusable.isEmpty else { throw .notText(folder, unusable) }
        return found.compactMap { entry in
            entry.name.text.map { ($0, entry.isFolder) }
        }
    }

    /// Where the first picture lies at some depth below a folder; nil where there is none, as far as that is looked at.
    static func firstFolderWithPictures(below folder: String, depth: Int = 4) -> String? {
        guard depth > 0, let entries = try? BytePath(folder).entries() else { return nil }
        let names = entries.prefix(1000).filter { $0.name.text != nil }
        if names.contains(where: { !$0.isFolder && hasPictureEnding($0.name.text ?? "") }) {
            return folder
        }
        for entry in names where entry.isFolder {
            let inner = "\(folder)/\(entry.name.text ?? "")"
            if let found = firstFolderWithPictures(below: inner, depth: depth - 1) { return found }
        }
        return nil
    }

    private static let pictureEndings: Set<String> = [
        "jpg", "jpeg", "jpe", "jfif", "jif", "png", "apng", "gif", "bmp", "dib", "webp", "tif",
        "tiff", "heic", "heif", "avif", "jp2", "j2k", "jxl", "ppm", "pgm", "pbm", "pnm", "tga",
    ]

    /// Whether a file's name says that it is a picture, also one of a kind that cannot be decoded here.
    static func hasPictureEnding(_ name: String) -> Bool {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
        return pictureEndings.contains(name[name.index(after: dot)...].lowercased())
    }

    private static func isPicture(_ name: String, at path: String) -> Bool {
        if hasPictureEnding(name) { return true }
        let format = try? MappedFile(path: path).withBytes { bytes in
            try? PictureFormat(sniffing: bytes)
        }
        return format.flatMap(\.self) != nil
    }
}
