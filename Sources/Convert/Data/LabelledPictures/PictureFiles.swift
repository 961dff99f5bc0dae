internal import Base
internal import Foundation

/// Picture files, one after the other, with or without labels.
public struct PictureFiles: PictureSource {
    /// The paths, and the labels where there are any.
    let files: [(path: String, label: Int?)]
    /// The names of the classes in order, where each has a folder.
    let classes: [String]?
    private var position = 0

    /// Files without labels, in the order given.
    public init(paths: [String]) {
        files = paths.map { ($0, nil) }
        classes = nil
    }

    /// Files with labels, in the order given.
    init(labelled files: [(path: String, label: Int)]) {
        self.files = files.map { ($0.path, $0.label) }
        classes = nil
    }

    /// A folder with one folder of pictures for each class.
    ///
    /// The classes are numbered from `labelOffset` in the order of `classes`, or by name where none are given.
    ///
    /// - Parameters:
    ///   - folder: The path of the outer folder.
    ///   - classes: The names of the folders, in order.
    ///   - labelOffset: The label of the first class.
    /// - Throws: ``DataError``.
    public init(
        classFolders folder: String,
        classes: [String]?,
        labelOffset: Int
    ) throws(DataError) {
        let found = try Self.entries(of: folder).filter { Self.isFolder("\(folder)/\($0)") }
        guard !found.isEmpty else { throw .noClassFolders(folder) }
        let order = classes ?? found
        let known = Set(order)
        let unknown = found.filter { !known.contains($0) }
        guard unknown.isEmpty else { throw .unknownClasses(folder, unknown) }
        let there = Set(found)
        var files: [(path: String, label: Int?)] = []
        for (index, name) in order.enumerated() where there.contains(name) {
            for file in try Self.entries(of: "\(folder)/\(name)") {
                let path = "\(folder)/\(name)/\(file)"
                if !Self.isFolder(path) { files.append((path, labelOffset + index)) }
            }
        }
        self.files = files
        self.classes = order
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

    /// The picture that a file holds.
    static func picture(_ path: String, label: Int?) throws(CorruptPicture) -> LabelledPicture {
        let origin = LabelledPicture.Origin(file: path)
        guard !Self.isFolder(path), let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw CorruptPicture(origin: origin, reason: "cannot be read")
        }
        return LabelledPicture(
            bytes: OwnedBytes(copying: data.bytes),
            label: label,
            name: path.split(separator: "/").last.map(String.init),
            origin: origin
        )
    }

    /// The names in a folder that do not begin with a dot, in order.
    private static func entries(of folder: String) throws(DataError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            throw .unreadableFolder(folder)
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            && isFolder.boolValue
    }
}
