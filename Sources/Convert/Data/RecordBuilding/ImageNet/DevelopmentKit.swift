internal import Checkpoint
internal import Formats
internal import Foundation

/// What ImageNet's development kit knows: `meta.mat`, alone, in the kit's folder, or in its archive as downloaded.
///
///     ILSVRC2012_devkit_t12.tar.gz, or ILSVRC2012_devkit_t12/data/
///         meta.mat                                synsets: ILSVRC2012_ID, WNID, words, num_children
///         ILSVRC2012_validation_ground_truth.txt  the number of a synset for each picture
struct DevelopmentKit {
    /// The synsets by their numbers.
    let synsets: [Int: String]
    /// The synsets in words.
    let words: [String: String]
    /// The synsets that pictures have, in the order of the published classes: by name.
    let classes: [String]
    /// The numbers of the validation pictures' synsets, where the kit's archive holds them.
    let groundTruth: TextLines?
    /// The file that the synsets come from.
    let path: String

    private static let metadata = "meta.mat"
    private static let truth = "ILSVRC2012_validation_ground_truth.txt"
    private static let archive = "ILSVRC2012_devkit_t12.tar.gz"
    /// Far more than a kit has.
    private static let archiveLimit = 1 << 26

    /// The kit in or below a data set's folder, if it is there.
    ///
    /// - Throws: ``DataError``, `FormatError`, `CheckpointError`.
    static func found(in folder: String) throws -> (kit: DevelopmentKit, truth: String?)? {
        let folders = ["", "/ILSVRC2012_devkit_t12/data", "/ILSVRC2012_devkit_t12", "/devkit/data"]
        for place in folders.map({ folder + $0 }) {
            let path = "\(place)/\(metadata)"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            let truth = "\(place)/\(truth)"
            return (
                try DevelopmentKit(path: path),
                FileManager.default.fileExists(atPath: truth) ? truth : nil
            )
        }
        let path = "\(folder)/\(archive)"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return (try DevelopmentKit(path: path), path)
    }

    /// Whether a path is that of a kit's archive.
    static func isArchive(_ path: String) -> Bool {
        [".tar.gz", ".tgz"].contains { path.lowercased().hasSuffix($0) }
    }

    /// Reads `meta.mat`, or the archive of a kit.
    ///
    /// - Throws: ``DataError``, `FormatError`, `CheckpointError`.
    init(path: String) throws {
        let content: MATFile
        if Self.isArchive(path) {
            let files = try Self.files(ofArchive: path)
            guard let metadata = files[Self.metadata] else {
                throw DataError.missingInMAT(path: path, expected: "\(Self.metadata) in the archive")
            }
            self.path = "\(path)/\(Self.metadata)"
            content = try MATFile(metadata, path: self.path)
            groundTruth = try files[Self.truth].map {
                try TextLines($0, path: "\(path)/\(Self.truth)")
            }
        } else {
            self.path = path
            content = try MATFile(path: path)
            groundTruth = nil
        }
        guard case .structures(_, let fields)? = content.variables["synsets"],
            let numbers = fields["ILSVRC2012_ID"]?.map(\.integer),
            let names = fields["WNID"]?.map(\.text), numbers.count == names.count
        else {
            throw DataError.missingInMAT(
                path: self.path,
                expected: "a structure 'synsets' with fields 'ILSVRC2012_ID' and 'WNID'"
            )
        }
        let children = fields["num_children"]?.map(\.integer) ?? []
        let texts = fields["words"]?.map(\.text) ?? []
        var synsets: [Int: String] = [:]
        var words: [String: String] = [:]
        var classes: [ByteName] = []
        for (index, pair) in zip(numbers, names).enumerated() {
            guard let number = pair.0, let name = pair.1 else { continue }
            synsets[number] = name
            if texts.indices.contains(index), let text = texts[index] { words[name] = text }
            // Those above others in WordNet have no pictures.
            let isLeaf = children.indices.contains(index) ? children[index] == 0 : number <= 1000
            if isLeaf { classes.append(ByteName(name)) }
        }
        self.synsets = synsets
        self.words = words
        self.classes = classes.sorted().compactMap(\.text)
    }

    /// The two files of an archive that count.
    private static func files(ofArchive path: String) throws -> [String: [UInt8]] {
        let file: MappedFile
        do {
            file = try MappedFile(path: path)
        } catch {
            throw FileManager.default.fileExists(atPath: path)
                ? DataError.unreadable(path: path) : DataError.missing(path: path)
        }
        guard let bytes = try GzipFile.bytes(of: file, limit: archiveLimit) else {
            throw DataError.missingInMAT(
                path: path,
                expected: "ImageNet's development kit, which unpacks to less than \(archiveLimit) bytes"
            )
        }
        var found: [String: [UInt8]] = [:]
        for entry in try TarArchive(bytes, named: path).entries {
            guard let name = entry.name.lastComponent.text, [metadata, truth].contains(name) else {
                continue
            }
            found[name] = Array(bytes[entry.range])
        }
        return found
    }
}
