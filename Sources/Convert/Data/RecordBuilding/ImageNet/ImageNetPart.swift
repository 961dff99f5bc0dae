internal import Checkpoint
internal import Formats
internal import Foundation

/// One part of ImageNet, as it lies on disk.
///
///     <part>/<synset>/<picture>, or <part>/<synset>.tar, or pictures beside each other in <part>
///     <part>.tar, as it is downloaded, with <synset>.tar, <synset>/<picture> or pictures in it
///
/// Archives are read in place.
struct ImageNetPart {
    /// A picture's file.
    struct File {
        let name: String
        let path: String
        let place: ListedPicture.Place?
    }

    /// The folder or the archive.
    let path: String
    /// The pictures of each synset, in the order of the synsets' names.
    private(set) var found: [(synset: String, files: [File])] = []
    /// Pictures that lie in no synset's folder or archive.
    private(set) var loose: [File] = []
    /// Files that are no pictures.
    private(set) var foreign: [String] = []

    /// How many pictures there are.
    var count: Int { found.reduce(loose.count) { $0 + $1.files.count } }

    /// Looks at a folder or an archive.
    ///
    /// - Throws: ``DataError``, `FormatError`.
    init(_ path: String) throws {
        self.path = path
        if path.lowercased().hasSuffix(".tar") {
            try readArchive()
        } else {
            try readFolder()
        }
        found.sort { ByteName($0.synset) < ByteName($1.synset) }
    }

    private mutating func readFolder() throws {
        let scan = try PictureFolderScan(path)
        foreign = scan.foreign
        loose = scan.loose.map { File(name: $0, path: "\(path)/\($0)", place: nil) }
        for folder in scan.found {
            let files = folder.pictures.map {
                File(name: $0, path: "\(path)/\(folder.name)/\($0)", place: nil)
            }
            found.append((folder.name, files))
        }
        for entry in try PictureFolderScan.entries(of: path)
        where !entry.isFolder && entry.name.hasSuffix(".tar") {
            let archive = "\(path)/\(entry.name)"
            let file = try Self.open(archive)
            try add(TarArchive(file, named: archive), of: String(entry.name.dropLast(4)), archive)
        }
    }

    private mutating func readArchive() throws {
        let file = try Self.open(path)
        let archive = try TarArchive(file, named: path)
        foreign += archive.others.map { "\($0)" }
        var byFolder: [ByteName: [File]] = [:]
        for entry in archive.entries {
            let name = try Self.text(entry.name, in: path)
            let place = ListedPicture.Place(archive: path, range: entry.range)
            let last = String(name[(name.lastIndex(of: "/").map(name.index(after:)) ?? name.startIndex)...])
            guard !last.hasSuffix(".tar") else {
                let inner = try TarArchive(file, in: entry.range, named: "\(path)/\(name)")
                try add(inner, of: String(last.dropLast(4)), "\(path)/\(name)")
                continue
            }
            guard PictureFolderScan.hasPictureEnding(last) else {
                foreign.append(name)
                continue
            }
            let picture = File(name: last, path: "\(path)/\(name)", place: place)
            let folders = name.split(separator: "/").dropLast()
            // `val/x.JPEG` lies in no synset's folder, `n01440764/x.JPEG` does.
            if let folder = folders.last, ClassNames.isSynset(ByteName(folder)) || folders.count > 1 {
                byFolder[ByteName(folder), default: []].append(picture)
            } else {
                loose.append(picture)
            }
        }
        for (name, files) in byFolder {
            found.append((name.text ?? "", files.sorted { ByteName($0.name) < ByteName($1.name) }))
        }
        loose.sort { ByteName($0.name) < ByteName($1.name) }
    }

    /// Takes the pictures of a synset's own archive.
    private mutating func add(_ archive: TarArchive, of synset: String, _ path: String) throws {
        foreign += archive.others.map { "\(path)/\($0)" }
        let outer = path.hasPrefix(self.path + "/") && self.path.hasSuffix(".tar") ? self.path : path
        var files: [File] = []
        for entry in archive.entries {
            let name = try Self.text(entry.name.lastComponent, in: path)
            guard PictureFolderScan.hasPictureEnding(name) else {
                foreign.append("\(path)/\(name)")
                continue
            }
            files.append(
                File(
                    name: name,
                    path: "\(path)/\(name)",
                    place: .init(archive: outer, range: entry.range)
                )
            )
        }
        guard !found.contains(where: { ByteName($0.synset) == ByteName(synset) }) else {
            throw DataError.unused(
                path: path,
                reason: "the pictures of \(ByteName(synset)) lie in a folder too; take one of both away"
            )
        }
        files.sort { ByteName($0.name) < ByteName($1.name) }
        if !files.isEmpty { found.append((synset, files)) }
    }

    private static func open(_ path: String) throws(DataError) -> MappedFile {
        do throws(CheckpointError) {
            return try MappedFile(path: path)
        } catch {
            throw FileManager.default.fileExists(atPath: path)
                ? .unreadable(path: path) : .missing(path: path)
        }
    }

    private static func text(_ name: ByteName, in path: String) throws(DataError) -> String {
        guard let text = name.text else { throw .notText(path, ["\(name)"]) }
        return text
    }
}
