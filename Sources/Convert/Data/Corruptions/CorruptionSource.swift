public import Checkpoint

/// The pictures of a folder of class folders, by the bytes of their names.
///
///     <folder>/<class>/…/<picture>
///
/// Pictures are what the published generator takes for some: files with one of a few endings. Folders in class folders are
/// looked through, and their pictures belong to the class. What begins with a dot is passed over.
public struct CorruptionSource: Sendable {
    /// A picture that is to be corrupted.
    public struct Picture: Equatable, Sendable {
        /// The file.
        public let path: BytePath
        /// The name of the class's folder.
        public let className: ByteName
        /// The name of the file.
        public var name: ByteName { ByteName(path.bytes).lastComponent }
    }

    /// The folder, as it was named.
    public let folder: String
    /// The pictures, class by class, in the order of the names' bytes.
    public private(set) var pictures: [Picture] = []
    /// How many class folders have pictures.
    public private(set) var classes = 0
    /// How many of the pictures lie in folders inside class folders.
    public private(set) var nested = 0
    /// How many files and links in class folders are no pictures by their names.
    public private(set) var others = 0
    /// How many pictures lie beside the class folders, and are not taken.
    public private(set) var loose = 0

    /// The names of the class folders that have pictures, in the order of their labels where nothing else names them.
    public var classNames: [String] { ClassFolders.inOrder(Set(pictures.map(\.className))) }

    /// Whether all pictures are called PNGs.
    public var isAllPNG: Bool { pictures.allSatisfy { $0.name.ending == "png" } }

    /// Looks through a folder.
    ///
    /// - Throws: ``DataError/unreadableFolder(_:)``; ``DataError/noPictures(path:layout:expected:)``.
    public init(folder: String) throws(DataError) {
        self.folder = folder
        let root = BytePath(folder)
        for entry in try Self.entries(of: root) {
            guard entry.isFolder else {
                if Self.isPicture(entry.name) { loose += 1 }
                continue
            }
            let before = pictures.count
            try take(root.appending(entry.name), of: entry.name)
            if pictures.count > before { classes += 1 }
        }
        guard !pictures.isEmpty else {
            throw .noPictures(
                path: folder,
                layout: "corruptions",
                expected: "a folder for each class with its pictures"
            )
        }
    }

    private mutating func take(_ top: BytePath, of className: ByteName) throws(DataError) {
        var folders = [top]
        while let folder = folders.popLast() {
            for entry in try Self.entries(of: folder) {
                let path = folder.appending(entry.name)
                if entry.isFolder && !entry.isLink {
                    folders.append(path)
                } else if !entry.isFolder && Self.isPicture(entry.name) {
                    pictures.append(Picture(path: path, className: className))
                    if folder != top { nested += 1 }
                } else {
                    others += 1
                }
            }
        }
    }

    /// What lies in a folder: the one place where folders are listed.
    private static func entries(of folder: BytePath) throws(DataError) -> [BytePath.Entry] {
        do throws(CheckpointError) {
            return try folder.entries()
        } catch {
            throw .unreadableFolder("\(folder)")
        }
    }

    private static let endings: Set<String> = [
        "jpg", "jpeg", "png", "ppm", "bmp", "pgm", "gif",
    ]

    private static func isPicture(_ name: ByteName) -> Bool {
        name.ending.map { endings.contains($0) } ?? false
    }
}

extension ByteName {
    /// What stands behind the last point, in small letters; nil where there is none, or it is no plain text.
    var ending: String? {
        guard let point = bytes.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        return ByteName(bytes[(point + 1)...]).text?.lowercased()
    }

    /// The name with another ending.
    func ending(in ending: String) -> ByteName {
        let end = bytes.lastIndex(of: UInt8(ascii: ".")) ?? bytes.count
        return ByteName(bytes[..<end] + [UInt8(ascii: ".")] + Array(ending.utf8))
    }
}
